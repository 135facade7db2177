"""The office erases at a citizen's word, to the last byte, and the author's phone hears of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from collector import erasing
from collector.commands import main
from collector.office import Office, perform
from collector.state import Collector
from ledger.doctor import examine
from ledger.drafts import Drafts
from ledger.forms import load_forms
from ledger.store import Store, now_ms, open_ledger
from tests.collector.phone import ROOT, Phone, id_of, small_congress

ANSWERS = {"visited_on": "2026-03-05", "grid": "liuhe-03", "people": 3, "phone": "CANARY-13800138000"}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The small congress with the form of erasures."""
    content = small_congress(tmp_path)
    shutil.copy(ROOT / "content/forms/erasure.yaml", content / "forms")
    visit = content / "forms/visit.yaml"
    text = visit.read_text("utf-8")
    visit.write_text(
        text.replace("maxLength: 20}\n", "maxLength: 20}\n    forget_after: 180 days\n"), "utf-8"
    )
    return content


def erase(office: Office, *args: str, **more: Any) -> dict[str, Any]:
    given = {"what": args[0], "fields": list(args[1:]), "reason": "asked", **more}
    return perform(office, {"command": "erase", "lang": "zh", "args": given})


def canaries(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file() and b"CANARY" in path.read_bytes()}


def test_one_command_erases_drafts_included_and_says_what_still_holds_it(
    phone: Phone, office: Office, store: Store, collector: Collector
) -> None:
    record = phone.record(store.current["visit"], ANSWERS)
    (result,) = phone.results([record])
    assert result["state"] == "accepted", result
    text = json.dumps({"replaces": id_of(record), "typed": {"phone": "CANARY"}})
    draft = json.dumps({"n": 1, "text": text}).encode()
    assert phone.signed("PUT", "/draft/01890000-0000-7000-8000-000000000001", draft).status_code == 200
    assert {"ledger.db-wal", "drafts.db-wal"} <= canaries(store.home)
    done = erase(office, result["code"], "电话")
    assert done["ok"], done
    said = [office.words.say(key, "zh", **params) for key, params in erasing.told(done["result"], "zh")]
    assert done["result"]["drafts"] == 1 and result["code"] in said[0] and "备份" in "".join(said)
    assert canaries(store.home) == set()
    assert examine(store.home).faults == ()
    again = erase(office, result["code"], "phone")
    assert (again["result"]["state"], again["result"]["code"]) == ("replayed", done["result"]["code"])
    assert store.position == done_position(store)


def done_position(store: Store) -> int:
    with open_ledger(store.home) as ledger:
        return max(ledger.erasures)


def test_the_authors_phone_hears_of_it_once_and_the_same_record_sent_again_brings_nothing_back(
    phone: Phone, office: Office, store: Store
) -> None:
    record = phone.record(store.current["visit"], ANSWERS)
    (result,) = phone.results([record])
    before = phone.get("/pull?cursor=").json()
    assert before["erased"] == [] and before["records"][0]["answers"]["phone"]
    erase(office, result["code"], "phone")
    news = phone.get(f"/pull?cursor={before['cursor']}").json()
    assert [(each["id"], each["field"], each["reason"]) for each in news["erased"]] == [
        (id_of(record), "phone", "asked")
    ]
    assert phone.get(f"/pull?cursor={news['cursor']}").json()["erased"] == []
    whole = phone.get("/pull?cursor=").json()
    assert "phone" not in whole["records"][0]["answers"] and len(whole["erased"]) == 1
    assert phone.results([record])[0]["state"] == "replayed"
    with open_ledger(store.home) as ledger:
        assert "phone" not in ledger.answers(result["position"])


def test_another_persons_phone_hears_nothing(
    new_phone: Callable[..., Phone], office: Office, store: Store
) -> None:
    one, two = new_phone("d1"), new_phone("d2")
    (result,) = one.results([one.record(store.current["visit"], ANSWERS)])
    erase(office, result["code"], "phone")
    assert two.get("/pull?cursor=").json()["erased"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("ZF-2026-0000", "phone"), "ZF-2026-0000"),
        (("{code}", "nonsense"), "nonsense"),
        (("{code}",), "photos"),
    ],
)
def test_what_cannot_be_erased_is_refused_and_changes_nothing(
    phone: Phone, office: Office, store: Store, args: tuple[str, ...], said: str
) -> None:
    (result,) = phone.results([phone.record(store.current["visit"], ANSWERS)])
    position = store.position
    answer = erase(office, *(each.format(code=result["code"]) for each in args))
    assert not answer["ok"] and answer["exit"] == 3 and said in answer["problem"], answer
    assert store.position == position


def test_a_clerks_phone_cannot_erase_it_is_the_offices_own_key_that_does(
    new_phone: Callable[..., Phone], office: Office, store: Store
) -> None:
    deputy, clerk = new_phone("d1"), new_phone("某办事员", "clerk")
    (result,) = deputy.results([deputy.record(store.current["visit"], ANSWERS)])
    asked = {"record": result["code"], "fields": ["phone"], "reason": "asked"}
    (refused,) = clerk.results([clerk.record(store.current["erasure"], asked)])
    assert refused["state"] == "quarantined" and "collector erase" in refused["problems"][0]["say"]["zh"]
    with open_ledger(store.home) as ledger:
        assert "phone" in ledger.answers(result["position"])


def test_what_was_kept_aside_is_erased_by_its_own_id(
    phone: Phone, new_phone: Callable[..., Phone], office: Office, store: Store
) -> None:
    record = phone.record(store.current["visit"], {**ANSWERS, "grid": "nowhere"})
    (result,) = phone.results([record])
    assert result["state"] == "quarantined"
    done = erase(office, id_of(record), "phone")
    assert done["ok"], done
    assert canaries(store.home) == set() and examine(store.home).faults == ()


def test_the_command_works_on_the_lock_and_says_it_in_plain_words(
    phone: Phone,
    store: Store,
    content: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (result,) = phone.results([phone.record(store.current["visit"], ANSWERS)])
    store.close()
    for name, value in (("HOME", store.home), ("CONTENT", content), ("SITE", tmp_path / "site")):
        monkeypatch.setenv(f"MINGBAI_{name}", str(value))
    assert main(["--lang", "zh", "erase", result["code"], "phone"]) == 2
    assert main(["--lang", "zh", "erase", result["code"], "phone", "--reason", "asked"]) == 0
    said = capsys.readouterr().out
    assert result["code"] in said and "build.py" in said and "doctor" in said
    assert main(["--lang", "zh", "erase", "--again"]) == 0 and "0 项" in capsys.readouterr().out
    assert canaries(store.home) == set() and examine(store.home).faults == ()


def test_the_server_erases_by_itself_what_was_to_be_kept_for_a_time_only(
    phone: Phone, store: Store, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.results([phone.record(store.current["visit"], ANSWERS)])
    erasing.forget(collector)
    assert canaries(store.home)
    monkeypatch.setattr(erasing, "now_ms", lambda: now_ms() + 181 * 24 * 3600 * 1000)
    erasing.forget(collector)
    assert canaries(store.home) == set() and examine(store.home).faults == ()


def test_a_ledger_of_an_older_program_learns_to_erase(content: Path, tmp_path: Path) -> None:
    home, forms = tmp_path / "older", load_forms(content)
    Store.open(home, forms).close()
    db = apsw.Connection(str(home / "ledger.db"))
    db.execute(
        "DROP TRIGGER disclosure_is_never_deleted; DROP TABLE erased;"
        " CREATE TRIGGER disclosure_is_never_deleted BEFORE DELETE ON disclosure"
        " BEGIN SELECT RAISE (ABORT, 'a disclosure is never deleted'); END"
    )
    db.close()
    with open_ledger(home) as ledger:  # read before any writer has opened it
        assert ledger.gone.last() == 0 and list(ledger.records("visit")) == []
    with Store.open(home, forms) as store:
        sql = store.db.execute("SELECT sql FROM sqlite_schema WHERE name = 'disclosure_is_never_deleted'")
        assert "erased" in str(sql.fetchone())


def test_drafts_about_other_records_stay(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    for id, text in (("a", "about X"), ("b", "about Y"), ("X", "itself")):
        drafts.save("p", id, 1, text, "d", 0)
    drafts.close()
    assert erasing.forget_drafts(tmp_path, {"X"}) == 2
    assert [each.id for each in Drafts(tmp_path).of("p")] == ["b"]
