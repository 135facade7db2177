"""The recount for anyone: python -m ledger.rules.ballot FILE.

Exit codes: 0 a verdict; 3 it cannot be verified, with the reason; 2 unreadable, with line and reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from unicodedata import category

from ledger.problems import Problems
from ledger.rules.ballot import (
    BASES,
    Ballot,
    OptionTotals,
    Verdict,
    base_size,
    decide,
    needed,
    quorum,
    seated,
)  # fmt: skip
from ledger.rules.ballot_files import BallotFile, read_ballot_file

EXITS = {"verdict": 0, "unreadable": 2, "cannot_be_verified": 3}
PEOPLE = ("seats", "roster", "present")
SHEETS = ("issued", "returned", "valid", "invalid", "blank")
GROUPS = ("selected", "recommended", "tied", "outvoted", "failed")
WORDS = {
    "selected": "选定 selected",
    "recommended": "推荐 recommended",
    "tied": "票数相等 tied at the cut",
    "outvoted": "过半未入选 outvoted",
    "failed": "未过半 failed",
    "unknown": "未定 not decided",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, recount, print; gives the exit code."""
    given = _parser().parse_args(arguments)
    report = recount(Path(given.file), given.roster, given.present, given.base, given.seats)
    if given.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    elif report["status"] == "unreadable":
        for fault in report["faults"]:
            print(_shown(fault["said"]), file=sys.stderr)
    else:
        for line in _lines(report):
            print(_shown(line))
    return EXITS[report["status"]]


def recount(
    path: Path,
    roster: int | None = None,
    present: int | None = None,
    base: str | None = None,
    seats: int | None = None,
) -> dict[str, Any]:
    """The report on one file, as `--json` prints it (tests/cases/recount.schema.json).

    What the caller states goes before what the file states, and a note says so where they differ.
    """
    try:
        file = read_ballot_file(path, seats=seats)
    except Problems as found:
        faults = [
            {"line": _line(each.where), "at": each.at, "what": each.what, "said": str(each)}
            for each in found.problems
        ]
        return {"file": path.name, "status": "unreadable", "faults": faults}
    stated: dict[str, Any] = {"roster": roster, "present": present, "base": base, "seats": seats}
    given = {name: value for name, value in stated.items() if value is not None}
    ballot = seated(replace(file.ballot, **given))
    notes = (*file.notes, *_overruled(file, given))
    return _report(path.name, replace(file, notes=notes), ballot, decide(ballot, file.totals))


def _overruled(file: BallotFile, given: dict[str, Any]) -> Iterator[str]:
    """What the caller states otherwise than the file does."""
    for name, value in given.items():
        theirs = getattr(file.ballot, name)
        unsaid = theirs is None or (name == "base" and file.kind != "totals") or name == "seats"
        if not unsaid and theirs != value:
            yield f"{name} {value} is stated by the caller; the file says {theirs}"


def _report(name: str, file: BallotFile, ballot: Ballot, verdict: Verdict) -> dict[str, Any]:
    verified = verdict.verifiable and not file.doubts
    if not verified:
        verdict = Verdict("not_verified", findings=verdict.findings)
    stated = {key: getattr(ballot, key) for key in ("form", "body", "base", "strict", *PEOPLE)}
    least = None if ballot.roster is None else quorum(ballot.roster, ballot.body)
    decided = {key: list(getattr(verdict, key)) for key in GROUPS}
    return {
        "file": name,
        "kind": file.kind,
        "status": "verdict" if verified else "cannot_be_verified",
        "reasons": [*file.doubts, *verdict.reasons],
        "ballot": {**stated, "threshold": str(ballot.threshold), "quorum": least},
        "totals": {key: getattr(file.totals, key) for key in SHEETS},
        "options": [_option(each, file, ballot, verdict) for each in file.totals.options],
        "verdict": {"outcome": verdict.outcome, **decided, "seats_left": verdict.seats_left},
        "rules": [
            {"rule": each.rule, "state": each.state, "why": each.why, "article": each.article}
            for each in verdict.findings
        ],
        "notes": list(file.notes),
    }


def _option(each: OptionTotals, file: BallotFile, ballot: Ballot, verdict: Verdict) -> dict[str, Any]:
    size = base_size(ballot, file.totals, each)
    return {
        "option": each.option,
        "subject": each.subject,
        "approve": each.approve,
        "oppose": each.oppose,
        "abstain": each.abstain,
        "points": float(each.points) if isinstance(each.points, Fraction) else each.points,
        "marked": each.marked,
        "base": size,
        "needed": None if size is None else needed(size, ballot.threshold, ballot.strict),
        "result": next((group for group in GROUPS if each.option in getattr(verdict, group)), "unknown"),
    }


# -- said to a person --


def _lines(report: dict[str, Any]) -> Iterator[str]:
    ballot, totals = report["ballot"], report["totals"]
    told = {name: "?" if number is None else number for name, number in {**ballot, **totals}.items()}
    yield f"{report['file']}: {report['kind']}, {ballot['form']}"
    yield f"全体 roster {told['roster']} · 到会 present {told['present']} · 名额 seats {told['seats']}"
    if report["kind"] != "named":
        counts = (
            "发出 issued {issued} · 收回 returned {returned} = 有效 valid {valid} + 无效 invalid {invalid}"
        )
        yield f"{counts.format(**told)} · 空白 blank {told['blank']}"
    for each in report["options"]:
        numbers = f"赞成 {each['approve']} 反对 {each['oppose']} 弃权 {each['abstain']}"
        numbers += f" 分 points {each['points']}" if each["points"] else ""
        need = "" if each["needed"] is None else f" (≥ {each['needed']} of {each['base']})"
        title = f"{each['option']} {each['subject']}".strip()
        yield f"  {title}: {numbers}{need}: {WORDS[each['result']]}"
    for rule in report["rules"]:
        source = "" if rule["rule"] == "arithmetic" else f" [{rule['article']}]"
        yield f"{rule['rule']} {rule['state']}: {rule['why']}{source}"
    yield from (f"note: {each}" for each in report["notes"])
    yield _conclusion(report)


def _shown(line: str) -> str:
    """A line for a terminal: a file's own control and direction characters do nothing there."""
    return "".join(" " if category(letter) in ("Cc", "Cf", "Zl", "Zp") else letter for letter in line)


def _conclusion(report: dict[str, Any]) -> str:
    verdict, reasons = report["verdict"], "; ".join(report["reasons"])
    if report["status"] == "cannot_be_verified":
        return f"不能核实 cannot be verified: {reasons}"
    if verdict["outcome"] == "void":
        return f"无效 void: {reasons}"
    chosen = [*verdict["selected"], *verdict["recommended"]]
    word = WORDS["recommended" if verdict["outcome"] == "recommended" else "selected"]
    tied = f"; 再次投票 re-vote among {', '.join(verdict['tied'])}" if verdict["tied"] else ""
    return f"{word}: {', '.join(chosen) or '无 none'}{tied}"


def _line(where: str) -> int | None:
    number = where.rpartition(":")[2]
    return int(number) if ":" in where and number.isdigit() else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.rules.ballot",
        description="Recount a ballot: .pb, ballots, named votes or totals (docs/ballots.md).",
        epilog="Exit 0: a verdict. 3: cannot be verified. 2: unreadable. Reason and line are printed.",
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--roster", type=_count, metavar="N", help="all deputies 全体代表")
    parser.add_argument("--present", type=_count, metavar="N", help="deputies present 到会")
    parser.add_argument("--base", choices=BASES, help="of whom the majority is counted (default: all)")
    parser.add_argument("--seats", type=_positive, metavar="K", help="how many may be chosen 名额")
    parser.add_argument("--json", action="store_true", help="print JSON (tests/cases/recount.schema.json)")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of zero or more")
    return int(text)


def _positive(text: str) -> int:
    number = _count(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one seat")
    return number
