"""The recount for anyone: python -m ledger.rules.ballot FILE.

Exit codes: 0 a verdict; 3 it cannot be verified, with the reason; 2 unreadable, with line and reason.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from unicodedata import category

from ledger.problems import Problem, Problems
from ledger.rules.ballot.files import BallotFile, read_ballot_file
from ledger.rules.ballot.motions import Motion, motions, together
from ledger.rules.ballot.records import share
from ledger.rules.ballot.verdict import (
    BASES,
    BODIES,
    QUORUM,
    Ballot,
    Finding,
    OptionTotals,
    Verdict,
    base_size,
    decide,
    needed,
    quorum,
    seated,
)  # fmt: skip

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = vars(_parser().parse_args(arguments))
    path, as_json = Path(given.pop("file")), given.pop("json")
    gc.disable()  # a count makes many small things and no rings of them
    try:
        report = recount(path, **given)
    finally:
        gc.enable()
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    elif report["status"] == "unreadable":
        for fault in report["faults"]:
            print(_shown(fault["said"]), file=sys.stderr)
    else:
        for line in _lines(report):
            print(_shown(line))
    return EXITS[report["status"]]


def recount(path: Path, **stated: Any) -> dict[str, Any]:
    """The report on one file, as `--json` prints it (tests/cases/recount.schema.json).

    What the caller states (roster, present, base, seats, body, threshold, strict, quorum) goes before what
    the file states, and a note says so where they differ.
    """
    given = {name: value for name, value in stated.items() if value is not None}
    try:
        file = read_ballot_file(path, seats=given.get("seats"))
    except Problems as found:
        return {"file": path.name, "status": "unreadable", "faults": list(map(_fault, found.problems))}
    ballot = seated(replace(file.ballot, **given))
    file = replace(file, notes=(*file.notes, *_overruled(file, given), *_own_quorum(ballot)))
    if ballot.each_alone and file.totals.options:
        return _roll_call(path.name, file, ballot)
    return _report(path.name, file, ballot, decide(ballot, file.totals))


def _fault(each: Problem) -> dict[str, Any]:
    return {"line": _line(each.where), "at": each.at, "what": each.what, "said": str(each)}


def _overruled(file: BallotFile, given: dict[str, Any]) -> Iterator[str]:
    """What the caller states otherwise than the file does."""
    for name, value in given.items():
        theirs = getattr(file.ballot, name)
        if name in file.said and theirs != value:
            yield f"{name} {value} is stated by the caller; the file says {theirs}"


def _own_quorum(ballot: Ballot) -> Iterator[str]:
    """That a quorum is not the law's: its article does not set it."""
    by_law = QUORUM[ballot.body][1] if ballot.body in QUORUM else None
    if ballot.quorum not in (None, by_law):
        law = f"the law's is {by_law}" if by_law else "no article sets one"
        yield f"the quorum of {ballot.quorum} is of a rule of its own; {law}"


def _roll_call(name: str, file: BallotFile, ballot: Ballot) -> dict[str, Any]:
    """Named votes: each motion has a verdict of its own, and one that has none takes it from no other."""
    judged = motions(ballot, file.totals)
    report = _report(name, file, ballot, together(judged))
    report["motions"] = [_motion(each, verified=not file.doubts) for each in judged]
    if report["status"] == "verdict":
        report["reasons"] = [
            f"{each['option']}: {why}" for each in report["motions"] for why in each["reasons"]
        ]
    return report


def _motion(each: Motion, *, verified: bool) -> dict[str, Any]:
    verdict = each.verdict
    return {
        "option": each.totals.option,
        "status": "verdict" if verified and verdict.verifiable else "cannot_be_verified",
        "outcome": verdict.outcome if verified else "not_verified",
        "reasons": list(verdict.reasons),
        "rules": _rules(verdict.findings),
    }


def _rules(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {"rule": each.rule, "state": each.state, "why": each.why, "article": each.article}
        for each in findings
    ]


def _report(name: str, file: BallotFile, ballot: Ballot, verdict: Verdict) -> dict[str, Any]:
    verified = verdict.verifiable and not file.doubts
    if not verified:
        verdict = Verdict("not_verified", findings=verdict.findings)
    stated = {key: getattr(ballot, key) for key in ("form", "body", "base", "strict", *PEOPLE)}
    least = None if ballot.roster is None else quorum(ballot.roster, ballot.body, ballot.quorum)
    of_all = ballot.quorum or (QUORUM[ballot.body][1] if ballot.body in QUORUM else None)
    decided = {key: list(getattr(verdict, key)) for key in GROUPS}
    return {
        "file": name,
        "kind": file.kind,
        "status": "verdict" if verified else "cannot_be_verified",
        "reasons": [*file.doubts, *verdict.reasons],
        "ballot": {
            **stated,
            "threshold": str(ballot.threshold),
            "quorum_share": None if of_all is None else str(of_all),
            "quorum": least,
        },
        "totals": {key: getattr(file.totals, key) for key in SHEETS},
        "options": [_option(each, file, ballot, verdict) for each in file.totals.options],
        "verdict": {"outcome": verdict.outcome, **decided, "seats_left": verdict.seats_left},
        "rules": _rules(verdict.findings),
        "refused": list(map(_fault, file.refused)),
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
    blocks = {each["option"]: each for each in report.get("motions", ())}
    if len(blocks) < 2:
        blocks = {}
    for each in report["options"]:
        yield f"  {_counts(each)}: {WORDS[each['result']]}"
        if block := blocks.get(each["option"]):
            yield from (f"    {line}" for line in (*_rule_lines(block), _concluded(block, each)))
    if not blocks:
        yield from _rule_lines(report)
    yield from (f"refused: {each['said']}" for each in report["refused"])
    yield from (f"note: {each}" for each in report["notes"])
    yield _conclusion(report)


def _counts(each: dict[str, Any]) -> str:
    numbers = f"赞成 {each['approve']} 反对 {each['oppose']} 弃权 {each['abstain']}"
    numbers += f" 分 points {each['points']}" if each["points"] else ""
    need = "" if each["needed"] is None else f" (≥ {each['needed']} of {each['base']})"
    return f"{each['option']} {each['subject']}".strip() + f": {numbers}{need}"


def _rule_lines(judged: dict[str, Any]) -> Iterator[str]:
    for rule in judged["rules"]:
        source = "" if rule["rule"] == "arithmetic" else f" [{rule['article']}]"
        yield f"{rule['rule']} {rule['state']}: {rule['why']}{source}"


def _concluded(motion: dict[str, Any], each: dict[str, Any]) -> str:
    """The last line of one motion's block."""
    reasons = "; ".join(motion["reasons"])
    if motion["status"] == "cannot_be_verified":
        return f"不能核实 cannot be verified: {reasons}"
    return f"无效 void: {reasons}" if motion["outcome"] == "void" else WORDS[each["result"]]


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
    return f"{word}: {', '.join(chosen) or '无 none'}{tied}" + "".join(_left_out(report))


def _left_out(report: dict[str, Any]) -> Iterator[str]:
    """The motions of a roll call that no decision was found for."""
    if len(report.get("motions", ())) < 2:
        return
    for outcome, word in (("void", "无效 void"), ("not_verified", "不能核实 cannot be verified")):
        if found := [each["option"] for each in report["motions"] if each["outcome"] == outcome]:
            yield f"; {word}: {', '.join(found)}"


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
    parser.add_argument("--body", choices=BODIES, help="who voted (default: congress)")
    parser.add_argument("--threshold", type=_share, metavar="T", help="what a majority is (default: 1/2)")
    at_least = "reaching the threshold is enough (default: more than it)"
    parser.add_argument("--at-least", dest="strict", action="store_const", const=False, help=at_least)
    share_of = "of all must be present (default: the law's for the body)"
    parser.add_argument("--quorum", type=_share, metavar="Q", help=share_of)
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


def _share(text: str) -> Fraction:
    found = share(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no share: write 1/2 or 2/3")
    return found
