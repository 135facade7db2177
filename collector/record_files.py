"""Record files in and out: which files of a folder are records, what they answer, copies of what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Of
from pathlib import Path
from typing import Any

from ledger.files import write_whole
from ledger.forms import Form
from ledger.problems import Problem, Problems
from ledger.records import RecordFile, read_record, record_yaml
from ledger.store import Ledger, Record
from ledger.strict_yaml import shown

COPIES = "copies"  # the import source of files that name the record they correct by its code
READ_BESIDE = ("README.md", "README.zh.md")


def find_files(folder: Path, forms: Of[str, Form]) -> list[Path]:
    """Every record file under a folder such as content/records, or under the folder of one kind."""
    found, problems = look_for_files(folder, forms)
    if problems:
        raise Problems(problems)
    return found


def look_for_files(folder: Path, forms: Of[str, Form]) -> tuple[list[Path], list[Problem]]:
    """The same, beside what lies there and is no record file."""
    if folder.name in forms:
        inside, problems = [folder], []
    else:
        there = [each for each in sorted(folder.iterdir()) if not _ignored(each)]
        inside = [each for each in there if each.is_dir()]
        problems = [_strange(each) for each in there if not each.is_dir()]
    found: list[Path] = []
    for each in (each for kind in inside for each in sorted(kind.iterdir()) if not _ignored(each)):
        if each.suffix == ".yaml" and each.is_file():
            found.append(each)
        else:
            problems.append(_strange(each))
    return found, problems


def read_files(paths: Iterable[Path], forms: Of[str, Form]) -> list[RecordFile]:
    """Every file, or the Problems of all of them at once."""
    files, problems = try_files(paths, forms)
    if problems:
        raise Problems(problems)
    return files


def try_files(paths: Iterable[Path], forms: Of[str, Form]) -> tuple[list[RecordFile], list[Problem]]:
    """The files that can be read and are of a known kind, and what is wrong with the others."""
    files: list[RecordFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            file = read_record(path)
        except Problems as found:
            problems += found.problems
            continue
        if file.kind not in forms:
            there = ", ".join(sorted(forms))
            problems.append(
                file.source.problem(("kind",), f"there is no form '{file.kind}'. There are: {there}.")
            )
            continue
        files.append(file)
    return files, problems


def answers_in(file: RecordFile) -> dict[str, Any]:
    """What a file answers; a field left empty (`place:`) is not answered."""
    answers: dict[str, Any] = answered(dict(file.answers))
    return answers


def line_of(file: RecordFile, at: str) -> int:
    """The line on which the answer stands that a JSON Pointer names."""
    return file.source.line(("answers", *steps_of(at)))


def steps_of(at: str) -> tuple[str | int, ...]:
    """A JSON Pointer as a path.

    >>> steps_of("/totals/1/option")
    ('totals', 1, 'option')
    """
    steps = [step.replace("~1", "/").replace("~0", "~") for step in at.split("/")[1:]]
    return tuple(int(step) if step.isdigit() else step for step in steps)


def export(ledger: Ledger, forms: Of[str, Form], what: str, out: Path) -> list[Path]:
    """Copy records out as the files that import accepts: 'all', those of a kind, or one by its code.

    The copies hold everything, private fields too, so only their owner may read them. Where a file is already
    there and says something else, nothing is written.
    """
    found = [(out / name, text) for name, text in copies(ledger, forms, what).items()]
    write(found)
    return [path for path, _ in found]


def copies(ledger: Ledger, forms: Of[str, Form], what: str) -> dict[str, str]:
    """The same as texts, by the path that each has among the others: `visit/ZF-2026-7KQ4.yaml`."""
    return {_place(record): _copy(record, forms) for record in _wanted(ledger, forms, what)}


def write(found: Sequence[tuple[Path, str]]) -> None:
    """Write files that only their owner may read; none at all where one is there and says something else."""
    what_to_do = "is there already and says something else. Move it away, or choose another folder."
    if problems := [
        Problem(shown(path), "", what_to_do)
        for path, text in found
        if path.exists() and path.read_bytes() != text.encode()
    ]:
        raise Problems(problems)
    for path, text in found:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text.encode(), synced=False)


def _wanted(ledger: Ledger, forms: Of[str, Form], what: str) -> Sequence[Record]:
    kinds = ledger.kinds()
    if what == "all":
        return [record for kind in kinds for record in ledger.records(kind)]
    if what in forms or what in kinds:
        return list(ledger.records(what))
    if record := ledger.record(what.upper()):
        return [record]
    known = ", ".join(sorted(forms))
    problem = Problem(
        what, "", f"is neither a code of this ledger nor a kind. Give 'all', a code, or: {known}."
    )
    raise Problems([problem])


def _place(record: Record) -> str:
    return f"{record.kind}/{record.name or record.code}.yaml"


def _copy(record: Record, forms: Of[str, Form]) -> str:
    return record_yaml(record.kind, record.answers, record.code, forms.get(record.kind))


def answered(value: Any) -> Any:
    """Without what is written down as not answered."""
    if isinstance(value, dict):
        return {key: answered(each) for key, each in value.items() if each is not None}
    return [answered(each) for each in value] if isinstance(value, list) else value


def _ignored(path: Path) -> bool:
    return path.name.startswith(".") or path.name in READ_BESIDE


def _strange(path: Path) -> Problem:
    what = "is not a record file. Records lie at <kind>/<name>.yaml; move this elsewhere."
    return Problem(shown(path), "", what)
