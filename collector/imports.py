"""What the office brings in: record files, and rows of foreign tables. All that is read is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Of
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from collector.import_order import when
from collector.mapping import Fault, answers_of, fit, read_mapping
from collector.record_files import COPIES, answered, answers_in, export, find_files, line_of, read_files
from collector.tables import KINDS, read_table
from ledger.approvals import KIND as APPROVAL
from ledger.entries import RECORDS, references
from ledger.forms import Form
from ledger.problems import Problem, Problems
from ledger.records import AnswerProblem, RecordFile, pointer
from ledger.references import Reference
from ledger.store import OfficeRecord, Outcome, Record, Store, open_ledger
from ledger.strict_yaml import shown
from ledger.takedowns import KIND as TAKEDOWN
from ledger.takedowns import WITHDRAW
from ledger.words import Words

TAKEN_DOWN = "taken down"  # the import source of takedowns that stand in a record's own file
APPROVED = "approved"  # and of approvals
__all__ = ["Report", "SetAside", "export", "import_path"]

STATES = ("accepted", "replayed", "branch", "quarantined")


@dataclass(frozen=True)
class SetAside:
    """A row that is kept in the ledger but not accepted: where each fault stands, its number, and why."""

    places: tuple[str, ...]
    row: int
    problems: tuple[AnswerProblem, ...]

    @property
    def where(self) -> str:
        """Where its first fault stands."""
        return self.places[0]

    def reasons(self, words: Words, lang: str = "zh") -> list[str]:
        """Each reason in words."""
        return [words.say(each.key, lang, **each.params) for each in self.problems]

    def lines(self, words: Words, lang: str = "zh") -> list[str]:
        """Each reason with the place where it stands."""
        return [f"{at}: {why}" for at, why in zip(self.places, self.reasons(words, lang), strict=True)]


@dataclass(frozen=True)
class Report:
    """What became of everything that was read; the counts by state add up to `read`.

    `set_aside` also names what an earlier import had set aside and is no better now; it counts as replayed.
    """

    source: str
    read: int
    counts: Of[str, int]
    set_aside: tuple[SetAside, ...] = ()
    gone: tuple[str, ...] = ()

    def with_more(self, more: Report) -> Report:
        """This and what was filed after it as one."""
        counts = Counter(self.counts) + Counter(more.counts)
        return replace(
            self, read=self.read + more.read, counts=counts, set_aside=self.set_aside + more.set_aside
        )

    def text(self, words: Words, lang: str = "zh") -> str:
        """The whole report as lines for a person."""
        states = {state: self.counts.get(state, 0) for state in STATES}
        lines = [words.say("import.summary", lang, read=self.read, **states)]
        if self.set_aside:
            lines.append(words.say("import.set_aside", lang, number=len(self.set_aside)))
        for each in self.set_aside:
            lines += each.lines(words, lang)
        return "\n".join(lines + [words.say("import.gone", lang, name=name) for name in self.gone])


class Read(NamedTuple):
    """One thing that was read: its number, where an answer of it stands, and the record to file.

    `settled` is what became of it where that is known already; `faults` are cells that could not be read.
    `before` are its earlier versions, to be filed right before it.
    """

    number: int
    place: Callable[[str], str]
    record: OfficeRecord
    settled: Outcome | None = None
    faults: tuple[Fault, ...] = ()
    before: tuple[Read, ...] = ()


def import_path(store: Store, forms: Of[str, Form], path: Path, mapping: Path | None = None) -> Report:
    """Bring in a folder of record files, one record file, or a table with its mapping.

    A file that cannot be read raises Problems, and nothing is kept. What can be read but is refused by its
    form is kept aside with its reasons, and is in the report.
    """
    if path.is_dir():
        return _import_records(store, forms, find_files(path, forms), whole=path)
    if path.suffix.lower() == ".yaml":
        return _import_records(store, forms, [path])
    if path.suffix.lower() not in KINDS:
        kinds = ", ".join((".yaml", *KINDS))
        raise _fault(path, f"is nothing this command reads. Give a folder, or a file of one of: {kinds}.")
    if mapping is None:
        raise _fault(path, "needs a mapping, which says what column is what field. See docs/import.md.")
    return _import_table(store, forms, path, mapping)


def _import_records(
    store: Store, forms: Of[str, Form], paths: Sequence[Path], whole: Path | None = None
) -> Report:
    return bring_in(store, forms, read_files(paths, forms), whole)


def bring_in(
    store: Store,
    forms: Of[str, Form],
    files: Sequence[RecordFile],
    whole: Path | None = None,
    there: frozenset[tuple[str, str]] = frozenset(),
) -> Report:
    """File records that were read. They may name each other, and those that are `there` all the same."""
    with open_ledger(store.home) as ledger:
        by_code = {file.code: ledger.record(file.code) for file in files if file.code}
        named = [(kind, record.name) for kind in forms for record in ledger.records(kind) if record.name]
    pairs = [(file, by_code[file.code] if file.code else None) for file in files]
    if misplaced := [each for file, kept in pairs for each in _misplaced(file, kept)]:
        raise Problems(misplaced)
    known = _known(store) if any(file.earlier for file in files) else frozenset()
    read = [_read_file(n, file, kept, known) for n, (file, kept) in enumerate(pairs, 1)]
    gone: list[str] = []
    if whole is not None:
        asked_for = [whole.name] if whole.name in forms else list(forms)
        here = {(file.kind, file.name) for file in files}
        gone = [f"{kind}/{name}" for kind, name in named if kind in asked_for and (kind, name) not in here]
    told = sorted(read, key=lambda each: when(each.record.kind, each.record.answers))
    order = [each for last in _in_order(told, forms) for each in (*last.before, last)]
    report = _filed(store, RECORDS, order, gone, there)
    said = [*_said_of_records(store, forms, files)]
    return report.with_more(_filed(store, RECORDS, said, ())) if said else report


def _said_of_records(store: Store, forms: Of[str, Form], files: Sequence[RecordFile]) -> Iterator[Read]:
    """What files say of the records they are now: approved as they stand, or taken down. Each once."""
    asked = [file for file in files if file.taken_down or file.approved]
    if not asked:
        return
    with open_ledger(store.home) as ledger:
        there = {
            (record.kind, name): record
            for kind in {file.kind for file in asked}
            for record in ledger.records(kind)
            for name in (record.name, record.code)
        }
    for n, file in enumerate(asked, 1):
        if kept := there.get((file.kind, file.code or file.name)):
            if file.approved and kept.answers == answers_in(file):
                yield Read(n, _at(_where(file, "approved")), _approval(file, kept, forms[kept.kind]))
            if file.taken_down:
                yield Read(n, _at(_where(file, "taken_down")), _takedown(file, kept))


def _approval(file: RecordFile, kept: Record, form: Form) -> OfficeRecord:
    answers = {"record": kept.code, "entry": kept.digest, "form": form.version, "decision": "approve"}
    return OfficeRecord(APPROVAL, answers, (APPROVED, APPROVAL, f"{kept.kind}/{kept.digest}"))


def _takedown(file: RecordFile, kept: Record) -> OfficeRecord:
    answers = {"record": kept.code, "decision": WITHDRAW, **(file.taken_down or {})}
    return OfficeRecord(TAKEDOWN, answers, (TAKEN_DOWN, TAKEDOWN, f"{file.kind}/{file.code or file.name}"))


def _where(file: RecordFile, word: str) -> str:
    return f"{file.source.path}:{file.source.line((word,))}"


def _in_order(read: Sequence[Read], forms: Of[str, Form]) -> list[Read]:
    """What others refer to comes first: a record is compared with those it names. A ring stays as it is."""
    place = {name: n for n, each in enumerate(read) for name in each.record.names()}
    needs = [
        [place[named.kind, named.name] for named in _named(each, forms) if (named.kind, named.name) in place]
        for each in read
    ]
    placed: dict[int, None] = {}
    for start in range(len(read)):
        waiting, begun = [start], {start}
        while waiting:
            first = [n for n in needs[waiting[-1]] if n not in placed and n not in begun]
            if first:
                waiting.append(first[0])
                begun.add(first[0])
            else:
                placed.setdefault(waiting.pop())
    return [read[n] for n in placed]


def _named(each: Read, forms: Of[str, Form]) -> list[Reference]:
    return references(forms[each.record.kind], each.record.answers)


def _misplaced(file: RecordFile, kept: Record | None) -> list[Problem]:
    """A file that says it is a record which stands under another name or kind."""
    if kept is None or (kept.kind, kept.name or file.name) == (file.kind, file.name):
        return []
    right = f"{kept.kind}/{kept.name or kept.code}"
    what = f"{kept.code} is {right}. Put the file there, or take the code out."
    return [file.source.problem(("code",), what)]


def _read_file(
    number: int, file: RecordFile, kept: Record | None, known: frozenset[tuple[str, str]] = frozenset()
) -> Read:
    """A record file. One that was copied out of the ledger corrects what stands there now.

    Its earlier versions are filed with it the first time: once the record is `known`, they are in the ledger.
    """
    answers, key, replaces = answers_in(file), (RECORDS, file.kind, file.name), None
    settled = None
    if kept is not None:
        replaces = kept.id
        if kept.name is None:
            key = (COPIES, file.kind, f"{kept.code}/{kept.id}")
        if kept.answers == answers:
            settled = Outcome(kept.id, kept.digest, "replayed", kept.code, kept.position, (), "accepted")

    def place(at: str) -> str:
        return f"{file.source.path}:{line_of(file, at)}"

    record = OfficeRecord(file.kind, answers, key, replaces=replaces, why=file.why)
    new = kept is None and (file.kind, file.name) not in known
    before = [
        OfficeRecord(file.kind, answered(each.answers), key, why=each.why) for each in file.earlier if new
    ]
    return Read(number, place, record, settled, before=tuple(Read(number, place, each) for each in before))


def _import_table(store: Store, forms: Of[str, Form], path: Path, mapping_path: Path) -> Report:
    mapping = read_mapping(mapping_path, forms)
    table = read_table(path, mapping.layout)
    fit(mapping, table)
    seen: Counter[str] = Counter()
    read: list[Read] = []
    for row in table.rows:
        digest = mapping.digest(row)
        seen[digest] += 1
        answers, faults = answers_of(mapping, forms[mapping.kind], row)
        key = (mapping.source, mapping.kind, f"{digest}/{seen[digest]}")
        record = OfficeRecord(mapping.kind, answers, key)
        read.append(Read(row.number, _at(f"{shown(path)}:{row.number}"), record, faults=faults))
    here = {each.record.import_key[2] for each in read if each.record.import_key}
    before = _accepted_from(store, mapping.source, mapping.kind)
    return _filed(store, mapping.source, read, [code for name, code in before.items() if name not in here])


def _known(store: Store) -> frozenset[tuple[str, str]]:
    """Kind and name of everything that was ever filed from record files, accepted or not."""
    asked = "SELECT kind, name FROM import_key WHERE source = ?"
    rows = store.do(lambda held: held.db.execute(asked, (RECORDS,)).fetchall()).result()
    return frozenset((str(kind), str(name)) for kind, name in rows)


def _at(where: str) -> Callable[[str], str]:
    return lambda _: where


def _accepted_from(store: Store, source: str, kind: str) -> dict[str, str]:
    """The code of everything accepted from a source so far, by its import name."""
    asked = (
        "SELECT name, code FROM import_key WHERE source = ? AND kind = ? AND code IS NOT NULL ORDER BY code"
    )
    rows = store.do(lambda held: held.db.execute(asked, (source, kind)).fetchall()).result()
    return {str(name): str(code) for name, code in rows}


def _filed(
    store: Store,
    source: str,
    read: Sequence[Read],
    gone: Iterable[str],
    there: frozenset[tuple[str, str]] = frozenset(),
) -> Report:
    """File what is not settled yet, and account for all of it."""
    filed = iter(store.office_append([each.record for each in read if each.settled is None], there))
    outcomes = [each.settled or next(filed) for each in read]
    aside = []
    for each, outcome in zip(read, outcomes, strict=True):
        if outcome.stored == "quarantined":
            problems = _reasons(each.faults, outcome.problems)
            places = tuple(each.place(problem.pointer) for problem in problems)
            aside.append(SetAside(places, each.number, problems))
    counts = Counter(outcome.state for outcome in outcomes)
    aside.sort(key=lambda each: each.row)
    return Report(source, len(read), counts, tuple(aside), tuple(gone))


def _reasons(faults: Sequence[Fault], problems: Sequence[AnswerProblem]) -> tuple[AnswerProblem, ...]:
    """What the mapping could not read says more than what the form then says of the same answer."""
    said = {at: AnswerProblem(at, each.key, each.params) for each in faults if (at := pointer([each.field]))}
    return (*said.values(), *(each for each in problems if each.pointer not in said))


def _fault(path: Path, what: str) -> Problems:
    return Problems([Problem(shown(path), "", what)])
