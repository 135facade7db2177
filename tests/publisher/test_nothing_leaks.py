"""A canary in every field that is not public, of every kind; then every byte of a release is searched for it.

The same search is run against builds that are broken on purpose, and must find something there.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from sqlite_utils import Database

from ledger import approvals
from ledger.fields import Field
from ledger.forms import Form, load_forms
from ledger.takedowns import Takedowns
from ledger.ties import tied_to
from ledger.why import Why
from publisher import release
from publisher.out import extract, leaving, public_db, tables
from publisher.out.corrected import Version, corrections
from publisher.out.selfcheck import Leak, plainly_inside, search
from publisher.search import pagefind, written
from publisher.search.bundles import Bundle
from publisher.search.entries import Entry
from tests.publisher.fake import AS_OF, CONTENT, FEW, FakeLedger, small_congress

OPEN = ("full", "reviewed")


@dataclass
class Canaries:
    """Texts that stand nowhere but in answers that may not leave as they are."""

    texts: list[str] = field(default_factory=list)

    def sing(self, shape: str = "金丝雀{}号") -> str:
        text = shape.format(f"{7919 * (len(self.texts) + 1):07d}")
        self.texts.append(text)
        return text

    def answer(self, asked: Field, *, shut: bool = False) -> Any:
        """An answer that fits a field, a canary wherever it may not leave as it is."""
        private = shut or asked.publish not in OPEN
        many = asked.schema["type"] == "array"
        if asked.each:
            return [{name: self.answer(each, shut=private) for name, each in asked.each.items()}]
        if asked.choices or asked.refers_to:
            value: Any = next(iter(asked.choices), "nothing-there")
            return [value] if many else value
        match asked.type:
            case "date":
                return f"20{60 + len(self.texts) % 30}-07-{self._day()}" if private else "2026-03-02"
            case "boolean":
                return True
            case "integer" | "money" | "number":
                return int(self.sing("9{}")) if private else 1234
        value = self.sing() if private else "大家都可以看的话"
        return [value] if many else value

    def _day(self) -> str:
        return f"{len(self.texts) % 28 + 1:02d}"


def answers_with(canaries: Canaries, form: Form, **fixed: Any) -> dict[str, Any]:
    return {name: canaries.answer(asked) for name, asked in form.fields.items()} | fixed


def filled(forms: Mapping[str, Form]) -> tuple[FakeLedger, Canaries]:
    """A ledger with a record of every kind, a withheld one, a held one and one that waits for approval.

    What is withheld together with a suggestion stands three times: beside an open one, a confidential one
    and one that is not there.
    """
    ledger, canaries = FakeLedger(), Canaries()
    for form in forms.values():
        for _ in range(3):
            ledger.file(form, answers_with(canaries, form), author="DB-2026-001A")
    suggestion = forms["suggestion"]
    texts = {
        name: canaries.sing()
        for name, asked in suggestion.fields.items()
        if asked.type in ("string", "long") and name not in suggestion.keep_when_withheld
    }
    private = answers_with(canaries, suggestion, **texts, confidentiality="privacy")
    shut = ledger.file(suggestion, private, name="private").code
    public = ledger.file(suggestion, answers_with(canaries, suggestion), name="public").code
    for form in tied(forms):
        ledger.file(form, tied_answers(canaries, form, public), author="DB-2026-001A")
        for ref in (shut, "private", "JY-2026-0000"):
            answers = tied_answers(canaries, form, ref, shut=True)
            ledger.file(form, answers, author="DB-2026-001A")
    for form in forms.values():
        corrected(ledger, canaries, form)
    held = canaries.sing("{}的电话是 13800138000")
    ledger.file(forms["visit"], answers_with(canaries, forms["visit"], summary=held))
    ledger.file(forms["visit"], answers_with(canaries, forms["visit"], residents_said=canaries.sing()))
    return ledger, canaries


def corrected(ledger: FakeLedger, canaries: Canaries, form: Form) -> None:
    """Of a kind: a record whose old values are other canaries, one mended for privacy, and one taken down.

    Both of these were public from the first letter to the last, with a canary in every field.
    """
    author = "DB-2026-001A"
    first = ledger.file(form, answers_with(canaries, form), author=author)
    ledger.file(form, answers_with(canaries, form), code=first.code, author=author, why=Why("typo"))
    whole = {name: canaries.answer(asked, shut=True) for name, asked in form.fields.items()}
    private = ledger.file(form, opened_up(form, whole), author=author)
    for why in (Why("typo", canaries.sing()), Why("privacy", canaries.sing())):
        answers = opened_up(form, answers_with(canaries, form))
        if why.reason == "typo":
            answers = opened_up(form, {n: canaries.answer(a, shut=True) for n, a in form.fields.items()})
        ledger.file(form, answers, code=private.code, author=author, why=why)
    if form.kind != "takedown":
        whole = {name: canaries.answer(asked, shut=True) for name, asked in form.fields.items()}
        ledger.take_down(ledger.file(form, opened_up(form, whole), author=author), "privacy")


def opened_up(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    """The same answers where every condition of the sample's forms holds."""
    return answers | ({"confidentiality": "public"} if form.kind == "suggestion" else {})


def tied(forms: Mapping[str, Form]) -> list[Form]:
    """The kinds whose records are withheld together with a suggestion."""
    return [form for form in forms.values() if tied_to(form) == "suggestion"]


def tied_answers(canaries: Canaries, form: Form, ref: str, shut: bool = False) -> dict[str, Any]:
    """Answers that name a suggestion; with `shut`, a canary in all that may not stay public."""
    kept = form.keep_when_withheld
    answers = {
        name: canaries.answer(asked, shut=shut and name not in kept) for name, asked in form.fields.items()
    }
    return answers | {str(form.withheld_with): ref}


@contextmanager
def opened(ledger: FakeLedger) -> Iterator[FakeLedger]:
    yield ledger


def built(
    place: Path, name: str, monkeypatch: pytest.MonkeyPatch, content: Path = CONTENT
) -> tuple[Path, Canaries]:
    """A whole release of all the sample's forms, or of few, over the ledger full of canaries."""
    ledger, canaries = filled(load_forms(content))
    monkeypatch.setattr(public_db, "open_ledger", lambda home: opened(ledger))
    (place / name / "home").mkdir(parents=True)
    site = place / f"{name}-site"
    release.build(content, place / name / "home", site, AS_OF)
    return site, canaries


def found(site: Path, canaries: Canaries) -> list[tuple[str, str]]:
    """Every canary that stands in any byte of any file, private ones of dates and numbers included."""
    files = [path for path in site.rglob("*") if path.is_file()]
    assert any(path.name == "public.db" for path in files) and any(path.suffix == ".html" for path in files)
    read = {path: path.read_bytes() for path in files}
    packed = {path: gzip.decompress(data) for path, data in read.items() if data.startswith(b"\x1f\x8b")}
    texts = re.compile(b"|".join(re.escape(text.encode()) for text in sorted(canaries.texts, reverse=True)))
    return [
        (path.name, hit.decode()) for path, data in (read | packed).items() for hit in texts.findall(data)
    ]


@pytest.fixture(scope="module")
def little(place: Path) -> Path:
    """Kinds with every sort of canary, for builds that only have to be stopped."""
    return small_congress(place / "little", *FEW, "opinion", "organ", "suggestion", "admission")


def without_selfcheck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "search", lambda *_: [])


def test_no_canary_stands_in_any_byte_of_a_release(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, canaries = built(place, "sound", monkeypatch)
    assert len(canaries.texts) > 30
    assert found(site, canaries) == []


def test_a_build_that_forgets_what_is_withheld_together_is_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving.Tie, "holds_back", lambda *_: False)
    without_selfcheck(monkeypatch)
    site, canaries = built(place, "untied", monkeypatch)
    names = {name for name, _ in found(site, canaries)}
    assert "public.db" in names and any(name.endswith(".html") for name in names)


def test_a_build_that_tells_what_was_taken_away_for_privacy_is_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "corrections", forgetful)
    without_selfcheck(monkeypatch)
    site, canaries = built(place, "private", monkeypatch)
    names = {name for name, _ in found(site, canaries)}
    assert "public.db" in names and "corrections.html" in names


def forgetful(versions: Sequence[Version], *rest: Any) -> Any:
    """As if nobody had said that a correction was for privacy."""
    return corrections([replace(each, why=None) for each in versions], *rest)


def test_a_build_that_forgets_what_was_taken_down_is_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Takedowns, "__contains__", lambda *_: False)
    without_selfcheck(monkeypatch)
    assert found(*built(place, "standing", monkeypatch))


def tell_what_was_private(monkeypatch: pytest.MonkeyPatch, *_: Canaries) -> None:
    """As if the old values of every correction were told."""
    monkeypatch.setattr(extract, "corrections", forgetful)


def test_every_kind_about_suggestions_sings_in_the_ledger_full_of_canaries() -> None:
    forms = load_forms(CONTENT)
    ledger, canaries = filled(forms)
    for form in tied(forms):
        texts = [text for record in ledger.records(form.kind) for text in leaving.nothing(record).inside]
        has_text = any(each.type in ("string", "long", "group") for each in form.fields.values())
        assert bool(set(texts) & set(canaries.texts)) == has_text, form.kind


def test_a_build_that_lets_everything_out_is_found(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_everything_out(monkeypatch)
    without_selfcheck(monkeypatch)
    assert found(*built(place, "open", monkeypatch))


def test_a_build_that_copies_and_then_deletes_is_found(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_then_delete(monkeypatch)
    without_selfcheck(monkeypatch)
    site, canaries = built(place, "copied", monkeypatch)
    assert {name for name, _ in found(site, canaries)} == {"public.db", "public.db.gz"}


@pytest.mark.parametrize(
    "sabotage",
    [
        "let_everything_out",
        "copy_then_delete",
        "print_what_is_held",
        "tell_what_was_private",
        "search_what_stays",
        "index_what_stays",
    ],
)
def test_the_selfcheck_stops_a_broken_build_and_the_old_release_stays(
    sabotage: str, little: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as sound:
        site, _ = built(place, sabotage, sound, little)
    served = (site / "current").resolve()
    ledger, canaries = filled(load_forms(little))
    ledger.file(load_forms(little)["grid"], {"name": "新网格", "level": "grid"})
    monkeypatch.setattr(public_db, "open_ledger", lambda home: opened(ledger))
    globals()[sabotage](monkeypatch, canaries)
    with pytest.raises(Leak, match="the old one is still served"):
        release.build(little, place / sabotage / "home", site, AS_OF)
    assert (site / "current").resolve() == served
    assert [path.name for path in (site / "releases").iterdir()] == [served.name]


def search_what_stays(monkeypatch: pytest.MonkeyPatch, canaries: Canaries) -> None:
    """As if the search were told of fields that have no column."""
    told = [Entry("note", "BT-2026-001A", "便条", "2026-03-02", text) for text in canaries.texts]
    monkeypatch.setattr(written, "entries", lambda public, lang: told)
    monkeypatch.setattr(written, "labels_of", lambda public, lang: {"note": "便条"})


def index_what_stays(monkeypatch: pytest.MonkeyPatch, canaries: Canaries) -> None:
    """As if only the words of such fields were indexed, in packed files, and their text given to nobody."""
    numbers = " ".join(text for text in canaries.texts if text.isdigit())
    assert numbers
    record = pagefind.Record("note/BT-2026-001A.html", "", numbers)
    monkeypatch.setattr(Bundle, "_record", lambda self, entry: replace(record, url=entry.path))


def let_everything_out(monkeypatch: pytest.MonkeyPatch, *_: Canaries) -> None:
    """As if a policy that nobody wrote meant `full`."""
    monkeypatch.setattr(leaving, "leave", lambda policy, value, **_: value)
    monkeypatch.setattr(tables, "columns_of", lambda form: [f for f in form.fields.values() if not f.each])
    monkeypatch.setattr("publisher.reading.public.Asked.public", property(lambda self: True))


def copy_then_delete(monkeypatch: pytest.MonkeyPatch, *_: Canaries) -> None:
    """As if the whole ledger were copied and the private rows deleted afterwards."""
    copied: list[dict[str, str]] = []
    honest = public_db.write_public_db

    def noted(path: Path, extracted: Any, forms: Any, stand: Any) -> None:
        copied[:] = [{"text": text} for text in sorted(extracted.inside)]
        honest(path, extracted, forms, stand)

    def deleted(path: Path) -> str:
        db = Database(path)
        db.execute("PRAGMA secure_delete = OFF")  # Debian's SQLite wipes what is deleted; others do not
        db.table("everything").insert_all(copied)
        db.table("everything").drop()
        db.conn.close()
        return ""

    monkeypatch.setattr(release, "write_public_db", noted)
    monkeypatch.setattr(release, "seal", deleted)


def print_what_is_held(monkeypatch: pytest.MonkeyPatch, *_: Canaries) -> None:
    """As if the texts of held records stood in the release for the clerk."""
    honest = release.write_data

    def told(data: Path, content: Any, extracted: Any, *more: Any) -> Any:
        (data / "held.json").write_text("\n".join(sorted(extracted.inside)), "utf-8")
        return honest(data, content, extracted, *more)

    monkeypatch.setattr(release, "write_data", told)


def test_a_text_that_is_public_elsewhere_does_not_stop_a_build(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("石桥镇供水站 20260302", "utf-8")
    inside = ["石桥镇供水站", "供水站", "20260302", "秘密的话"]
    assert search(tmp_path, inside, ["公开：石桥镇供水站".encode(), b"20260302"]) == []
    assert [each.length for each in search(tmp_path, inside, [b"20260302"])] == [len("石桥镇供水站".encode())]


def test_a_short_word_inside_a_digest_is_no_leak(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('"sha256-abC4xyzuvw"', "utf-8")
    assert search(tmp_path, ["C4xy"], []) == []
    (tmp_path / "b.json").write_text('"C4xy"', "utf-8")
    assert [each.path for each in search(tmp_path, ["C4xy"], [])] == ["b.json"]


@pytest.mark.parametrize(
    "text", ["<b>号 & 他说“好”</b>", '他说"不行"', "第一行很长\n第二行也很长", "转义的'话'"]
)
def test_a_text_is_found_however_a_file_spells_it(text: str, tmp_path: Path) -> None:
    import html
    import json

    written = (text, html.escape(text), json.dumps(text), text.splitlines()[-1], str(escape(text)))
    written += (json.dumps([text], ensure_ascii=False),)
    for n, spelt in enumerate(written):
        (tmp_path / f"{n}.txt").write_text(spelt, "utf-8")
    assert {each.path for each in search(tmp_path, [text], [])} == {f"{n}.txt" for n in range(len(written))}


def test_the_last_look_does_not_ask_those_who_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    let_everything_out(monkeypatch)
    visit = load_forms(CONTENT)["visit"]
    assert "13800138000" in set(plainly_inside({"contact_phone": "13800138000"}, [visit]))


def test_small_congress_is_what_the_tests_build(tmp_path: Path) -> None:
    assert load_forms(small_congress(tmp_path / "content")).keys() == load_forms(CONTENT).keys()
    assert approvals.KIND in load_forms(CONTENT)
