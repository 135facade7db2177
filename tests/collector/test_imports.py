"""Record files and tables on their way into a ledger and out again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.imports import Report, export, import_path
from ledger.forms import load_forms
from ledger.problems import Problems
from ledger.records import parse_record, record_yaml
from ledger.store import OfficeRecord, Record, Store, open_ledger
from ledger.takedowns import Takedowns
from ledger.words import load_words

OFFICE = "answers: {name: 办公室, organ_kind: other}\n"
CONTENT = Path(__file__).parents[2] / "content"
FORMS = load_forms(CONTENT)

MAPPING = """
kind: grid
source: register
fields:
  name: 名称
  level: 层级
  households: 户数
  residents: 人数
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home", FORMS) as opened:
        yield opened


def put(folder: Path, where: str, text: str) -> Path:
    path = folder / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def grid(name: str, **more: Any) -> str:
    return record_yaml("grid", {"name": name, "level": "village", **more})


def kept(store: Store, kind: str = "grid") -> list[Record]:
    with open_ledger(store.home) as ledger:
        return list(ledger.records(kind))


def counts(report: Report) -> dict[str, int]:
    assert sum(report.counts.values()) == report.read
    return dict(report.counts)


def refused(store: Store, path: Path, mapping: Path | None = None) -> str:
    before = store.position
    with pytest.raises(Problems) as error:
        import_path(store, FORMS, path, mapping)
    assert store.position == before, "nothing is kept of what cannot be read"
    return str(error.value)


# -- record files


def test_a_folder_is_accepted_once_and_then_replayed(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "records/grid/hekou.yaml", grid("河口村"))
    put(tmp_path, "records/grid/hekou-01.yaml", grid("河口村第一网格", within="hekou"))
    put(tmp_path, "records/README.md", "what lies here")
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"accepted": 2}
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"replayed": 2}
    assert {record.name for record in kept(store)} == {"hekou", "hekou-01"}


def test_a_changed_file_takes_the_place_of_the_old_record_under_its_code(
    store: Store, tmp_path: Path
) -> None:
    path = put(tmp_path, "records/grid/hekou.yaml", grid("河口村"))
    import_path(store, FORMS, path)
    before = kept(store)[0]
    put(tmp_path, "records/grid/hekou.yaml", grid("河口新村"))
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}
    after = kept(store)[0]
    assert (after.code, after.replaces, after.answers["name"]) == (before.code, before.id, "河口新村")
    with open_ledger(store.home) as ledger:
        assert [record.answers["name"] for record in ledger.history(before.code)] == ["河口村", "河口新村"]


def test_a_removed_file_is_reported_and_stays_in_the_ledger(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "records/grid/hekou.yaml", grid("河口村"))
    put(tmp_path, "records/organ/office.yaml", OFFICE)
    import_path(store, FORMS, tmp_path / "records")
    (tmp_path / "records/grid/hekou.yaml").unlink()
    report = import_path(store, FORMS, tmp_path / "records")
    assert report.gone == ("grid/hekou",) and len(kept(store)) == 1
    assert "grid/hekou" in report.text(load_words(CONTENT), "en")
    assert import_path(store, FORMS, tmp_path / "records/organ").gone == ()
    assert import_path(store, FORMS, tmp_path / "records/grid").gone == ("grid/hekou",)


def test_one_record_file_says_nothing_of_those_beside_it(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "records/grid/hekou.yaml", grid("河口村"))
    import_path(store, FORMS, path)
    other = put(tmp_path, "records/grid/other.yaml", grid("另一村"))
    assert import_path(store, FORMS, other).gone == ()


def test_answers_that_the_form_refuses_are_kept_aside_with_line_and_reason(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "records/grid/hekou.yaml", grid("河口村", households=10, residents=3))
    put(tmp_path, "records/grid/good.yaml", grid("好村"))
    report = import_path(store, FORMS, tmp_path / "records")
    assert counts(report) == {"accepted": 1, "quarantined": 1}
    (aside,) = report.set_aside
    assert aside.where.endswith("hekou.yaml:6") and aside.row == 2
    assert aside.reasons(load_words(CONTENT)) == ["常住人口不会少于常住户数，请核对这两个数。"]
    again = import_path(store, FORMS, tmp_path / "records")
    assert counts(again) == {"replayed": 2} and len(again.set_aside) == 1


def test_a_mended_file_is_accepted(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "records/grid/hekou.yaml", grid("河口村", households=10, residents=3))
    import_path(store, FORMS, path)
    put(tmp_path, "records/grid/hekou.yaml", grid("河口村", households=10, residents=30))
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}


def test_a_telephone_number_in_a_text_is_not_set_aside_here(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "records/grid/hekou.yaml", grid("河口村", covers="电话 13800138000"))
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}


def test_a_field_left_empty_is_not_answered(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "records/grid/a.yaml", "answers:\n  name: 河口村\n  level: village\n  covers:\n")
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}
    assert kept(store)[0].answers == {"name": "河口村", "level": "village"}


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        ("records/grid/a.yaml", "answers: [", "records/grid/a.yaml"),
        ("records/grid/a.yaml", "name: 河口村", "answers"),
        ("records/village/a.yaml", "answers: {name: x}", "no form 'village'"),
        ("records/grid/河口.yaml", "answers: {name: 河口村, level: village}", "cannot be a record's name"),
        ("records/grid/a.yml", "answers: {}", "is not a record file"),
        ("records/list.txt", "x", "is not a record file"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_import(
    store: Store, tmp_path: Path, where: str, text: str, expected: str
) -> None:
    put(tmp_path, "records/grid/good.yaml", grid("好村"))
    put(tmp_path, where, text)
    assert expected in refused(store, tmp_path / "records")


def test_all_files_that_cannot_be_read_are_named_at_once(store: Store, tmp_path: Path) -> None:
    for n in range(3):
        put(tmp_path, f"records/grid/a{n}.yaml", "answers: [")
    assert len(refused(store, tmp_path / "records").splitlines()) >= 3


# -- copies


def test_copies_of_everything_replay_and_are_private(store: Store, tmp_path: Path) -> None:
    import_path(store, FORMS, CONTENT / "records")
    store.office_append([OfficeRecord("grid", {"name": "河口村", "level": "village"})])
    with open_ledger(store.home) as ledger:
        written = export(ledger, FORMS, "all", tmp_path / "out")
        again = export(ledger, FORMS, "all", tmp_path / "out")
    assert written == again
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in written)
    report = import_path(store, FORMS, tmp_path / "out")
    assert counts(report) == {"replayed": len(written)} and report.gone == ()


def test_a_changed_copy_corrects_the_record_that_its_code_names(store: Store, tmp_path: Path) -> None:
    (outcome,) = store.office_append([OfficeRecord("grid", {"name": "河口村", "level": "village"})])
    assert outcome.code
    with open_ledger(store.home) as ledger:
        (path,) = export(ledger, FORMS, outcome.code.lower(), tmp_path)
    assert path == tmp_path / "grid" / f"{outcome.code}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("河口村", "河口新村"), encoding="utf-8")
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}
    assert counts(import_path(store, FORMS, path)) == {"replayed": 1}
    assert [(each.code, each.answers["name"]) for each in kept(store)] == [(outcome.code, "河口新村")]
    path.write_text(path.read_text(encoding="utf-8").replace("village", "town"), encoding="utf-8")
    assert counts(import_path(store, FORMS, path)) == {"quarantined": 1}
    assert counts(import_path(store, FORMS, path)) == {"replayed": 1}, "a bad copy is kept once"


def test_a_copy_under_another_name_is_refused(store: Store, tmp_path: Path) -> None:
    import_path(store, FORMS, put(tmp_path, "records/grid/hekou.yaml", grid("河口村")))
    text = record_yaml("grid", {"name": "河口村", "level": "village"}, kept(store)[0].code)
    assert "grid/hekou" in refused(store, put(tmp_path, "records/grid/other.yaml", text))


def test_a_copy_in_another_ledger_is_a_record_of_its_own(store: Store, tmp_path: Path) -> None:
    text = record_yaml("grid", {"name": "河口村", "level": "village"}, "WG-2025-7KQ4")
    path = put(tmp_path, "records/grid/WG-2025-7KQ4.yaml", text)
    assert counts(import_path(store, FORMS, path)) == {"accepted": 1}
    assert kept(store)[0].code != "WG-2025-7KQ4"


def test_a_copy_never_overwrites_what_a_clerk_is_writing(store: Store, tmp_path: Path) -> None:
    import_path(store, FORMS, put(tmp_path, "records/grid/hekou.yaml", grid("河口村")))
    mine = put(tmp_path, "out/grid/hekou.yaml", "answers: {name: 正在改}\n")
    with open_ledger(store.home) as ledger, pytest.raises(Problems, match="says something else"):
        export(ledger, FORMS, "grid", tmp_path / "out")
    assert "正在改" in mine.read_text(encoding="utf-8")


def test_a_copy_of_what_is_not_there_is_said_in_words(store: Store, tmp_path: Path) -> None:
    with (
        open_ledger(store.home) as ledger,
        pytest.raises(Problems, match="neither a code of this ledger nor a kind"),
    ):
        export(ledger, FORMS, "visits", tmp_path / "out")


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=200)
values = st.recursive(
    texts
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["name", "covers", "households", "older_field"]), values))
def test_a_copy_never_loses_a_value(answers: dict[str, Any]) -> None:
    text = record_yaml("grid", answers, "WG-2026-7KQ4", FORMS["grid"])
    assert dict(parse_record(text, "hekou.yaml", "grid").answers) == answers


# -- tables

CSV = "名称,层级,户数,人数\n河口村,村社区,10,30\n河口村,村社区,10,30\n上游村,村社区,10,3\n"


def test_every_row_is_accounted_for_and_two_alike_are_two(store: Store, tmp_path: Path) -> None:
    mapping = put(tmp_path, "m.yaml", MAPPING)
    path = put(tmp_path, "register.csv", CSV)
    report = import_path(store, FORMS, path, mapping)
    assert counts(report) == {"accepted": 2, "quarantined": 1}
    assert [(each.row, each.where.rsplit(":", 1)[1]) for each in report.set_aside] == [(4, "4")]
    again = import_path(store, FORMS, path, mapping)
    assert counts(again) == {"replayed": 3} and len(again.set_aside) == 1
    assert len(kept(store)) == 2


def test_the_order_of_rows_does_not_matter(store: Store, tmp_path: Path) -> None:
    mapping = put(tmp_path, "m.yaml", MAPPING)
    header, *rows = CSV.splitlines()
    import_path(store, FORMS, put(tmp_path, "register.csv", CSV), mapping)
    turned = put(tmp_path, "turned.csv", "\n".join([header, *reversed(rows)]) + "\n")
    assert counts(import_path(store, FORMS, turned, mapping)) == {"replayed": 3}


def test_a_changed_row_is_new_and_the_earlier_one_is_named(store: Store, tmp_path: Path) -> None:
    mapping = put(tmp_path, "m.yaml", MAPPING)
    import_path(store, FORMS, put(tmp_path, "register.csv", CSV), mapping)
    path = put(tmp_path, "register.csv", CSV.replace("10,3\n", "10,31\n").replace("河口村", "河口新村", 1))
    report = import_path(store, FORMS, path, mapping)
    assert counts(report) == {"accepted": 2, "replayed": 1}
    assert len(report.gone) == 1 and report.gone[0] in {record.code for record in kept(store)}


def test_a_change_of_the_mapping_corrects_the_same_rows(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "register.csv", CSV)
    import_path(store, FORMS, path, put(tmp_path, "m.yaml", MAPPING))
    first = {record.code for record in kept(store)}
    better = MAPPING.replace("name: 名称", "name: {column: 名称, values: {河口村: 河口新村}}")
    report = import_path(store, FORMS, path, put(tmp_path, "m.yaml", better))
    assert counts(report) == {"accepted": 2, "replayed": 1}
    assert {(record.code, record.answers["name"]) for record in kept(store)} == {
        (c, "河口新村") for c in first
    }


def test_json_csv_and_excel_say_the_same(store: Store, tmp_path: Path) -> None:
    mapping = put(tmp_path, "m.yaml", MAPPING)
    rows = [line.split(",") for line in CSV.splitlines()]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "register.xlsx")
    objects = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    put(tmp_path, "register.json", json.dumps(objects))
    for name in ("register.csv", "register.json", "register.xlsx"):
        put(tmp_path, "m.yaml", MAPPING.replace("source: register", f"source: {name}"))
        put(tmp_path, "register.csv", CSV)
        assert counts(import_path(store, FORMS, tmp_path / name, mapping)) == {
            "accepted": 2,
            "quarantined": 1,
        }
    assert len({json.dumps(record.answers, sort_keys=True) for record in kept(store)}) == 1


def test_a_table_needs_a_mapping_and_a_known_kind_of_file(store: Store, tmp_path: Path) -> None:
    assert "needs a mapping" in refused(store, put(tmp_path, "register.csv", CSV))
    assert "nothing this command reads" in refused(store, put(tmp_path, "register.pdf", "%PDF"))
    assert "cannot be read" in refused(store, tmp_path / "missing.csv", put(tmp_path, "m.yaml", MAPPING))


def test_a_row_with_more_cells_than_the_header_is_kept_aside_whole(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "register.csv", "名称,层级,户数,人数\n河口村,村社区,1,250,300\n")
    report = import_path(store, FORMS, path, put(tmp_path, "m.yaml", MAPPING))
    assert counts(report) == {"quarantined": 1}
    assert any("300" in reason for reason in report.set_aside[0].reasons(load_words(CONTENT)))


def test_what_no_ledger_can_hold_is_kept_aside_and_not_lost(store: Store, tmp_path: Path) -> None:
    row = '{"名称": "\\ud800村", "层级": "village", "户数": 99999999999999999999, "人数": 1e400}'
    path = put(tmp_path, "register.json", f"[{row}]")
    report = import_path(store, FORMS, path, put(tmp_path, "m.yaml", MAPPING))
    assert counts(report) == {"quarantined": 1}
    assert {problem.pointer for problem in report.set_aside[0].problems} >= {
        "/name",
        "/households",
        "/residents",
    }


# -- earlier versions, and what is taken down --


def village(*, earlier: str = "", why: str = "", down: str = "") -> str:
    return f"{why}answers: {{name: 柳河村, level: village, households: 80, residents: 215}}\n{earlier}{down}"


EARLIER = "earlier:\n- answers: {households: 8, residents: null}\n- {answers: {households: 70}, why: typo}\n"


def versions(store: Store) -> list[tuple[Any, Any, Any]]:
    """Households, residents and the reason of every version in the ledger, the oldest first."""
    with open_ledger(store.home) as ledger:
        (record,) = ledger.records("grid")
        return [
            (
                each.answers.get("households"),
                each.answers.get("residents"),
                each.why.reason if each.why else None,
            )
            for each in ledger.history(record.code)
        ]


def test_a_file_with_earlier_versions_is_filed_once_as_they_were_and_then_as_it_stands(
    store: Store, tmp_path: Path
) -> None:
    file = village(earlier=EARLIER, why="why: known_more\n")
    put(tmp_path, "records/grid/liuhe.yaml", file)
    first = import_path(store, FORMS, tmp_path / "records")
    assert counts(first) == {"accepted": 3} and first.read == 3
    assert versions(store) == [(8, None, None), (70, 215, "typo"), (80, 215, "known_more")]
    again = import_path(store, FORMS, tmp_path / "records")
    assert counts(again) == {"replayed": 1} and len(versions(store)) == 3
    put(tmp_path, "records/grid/liuhe.yaml", file.replace("households: 80", "households: 81"))
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"accepted": 1}
    assert [households for households, _, _ in versions(store)] == [8, 70, 80, 81]


def test_a_record_that_was_there_before_its_file_told_of_earlier_versions_gets_none(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "records/grid/liuhe.yaml", village())
    import_path(store, FORMS, tmp_path / "records")
    put(tmp_path, "records/grid/liuhe.yaml", village(earlier=EARLIER))
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"replayed": 1}
    assert len(versions(store)) == 1


def test_a_file_takes_its_record_down_once_and_a_clerk_may_put_it_back(store: Store, tmp_path: Path) -> None:
    put(
        tmp_path,
        "records/grid/liuhe.yaml",
        village(down="taken_down: {reason: privacy, explanation: 能认出是哪一户。}\n"),
    )
    put(tmp_path, "records/grid/hekou.yaml", village())
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"accepted": 3}
    (down,) = kept(store, "takedown")
    with open_ledger(store.home) as ledger:
        code = {record.name: record.code for record in ledger.records("grid")}["liuhe"]
        assert down.answers == {
            "record": code, "decision": "withdraw", "reason": "privacy", "explanation": "能认出是哪一户。",
        }  # fmt: skip
        assert set(Takedowns.read(ledger.records("takedown")).by_record) == {code}
    store.office_append([OfficeRecord("takedown", {"record": code, "decision": "restore"})])
    again = import_path(store, FORMS, tmp_path / "records")
    assert counts(again) == {"replayed": 3} and again.gone == ()
    assert Takedowns.read(kept(store, "takedown")).by_record == {}


def test_a_file_approves_its_record_as_it_stands_there_and_a_later_one_only_if_it_says_so(
    store: Store, tmp_path: Path
) -> None:
    def approved() -> list[tuple[str, str]]:
        with open_ledger(store.home) as ledger:
            return [(each.answers["entry"], each.answers["decision"]) for each in ledger.records("approval")]

    put(tmp_path, "records/grid/liuhe.yaml", village(down="approved: true\n"))
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"accepted": 2}
    (first,) = kept(store, "grid")
    assert approved() == [(first.digest, "approve")]
    assert counts(import_path(store, FORMS, tmp_path / "records")) == {"replayed": 2}
    put(tmp_path, "records/grid/liuhe.yaml", village().replace("柳河", "柳溪"))
    import_path(store, FORMS, tmp_path / "records")
    (second,) = kept(store, "grid")
    assert second.digest != first.digest and approved() == [(first.digest, "approve")]


def test_a_reason_that_the_form_of_takedowns_does_not_know_is_named_with_its_line(
    store: Store, tmp_path: Path
) -> None:
    where = put(tmp_path, "records/grid/liuhe.yaml", village(down="taken_down: no_such_reason\n"))
    report = import_path(store, FORMS, tmp_path / "records")
    assert counts(report) == {"accepted": 1, "quarantined": 1}
    assert [each.where for each in report.set_aside] == [f"{where}:2"]
    assert Takedowns.read(kept(store, "takedown")).by_record == {}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("earlier: {households: 3}\n", "earlier: is not a list of earlier versions"),
        ("earlier: [{households: 3}]\n", "is not a list of earlier versions"),
        ("earlier: [{answers: {households: 3}, code: ZF-2026-7KQ4}]\n", "is not a list of earlier versions"),
        ("earlier: [{answers: {households: 3}, why: because}]\n", "is not why a record is corrected"),
        ("taken_down: {explanation: 只有说明}\n", "taken_down: does not say why"),
        ("taken_down: [privacy]\n", "taken_down: does not say why"),
        ("takendown: privacy\n", "is not known here"),
        ("approved: clerk\n", "approved: is neither true nor false"),
    ],
)
def test_what_is_no_earlier_version_or_no_reason_stops_the_import(
    store: Store, tmp_path: Path, more: str, said: str
) -> None:
    put(tmp_path, "records/grid/liuhe.yaml", village() + more)
    with pytest.raises(Problems) as found:
        import_path(store, FORMS, tmp_path / "records")
    assert said in str(found.value) and "liuhe.yaml:2" in str(found.value)
    assert kept(store) == []
