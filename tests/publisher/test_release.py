"""A release is whole or not there: built aside, put in place at once, the same from the same inputs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from jinja2 import Environment

from ledger.filing import OfficeRecord
from ledger.problems import Problems
from ledger.store import open_ledger
from ledger.words import load_words
from publisher import release
from publisher.pages import writing
from publisher.release import build, current, read_manifest
from tests.publisher.fake import AS_OF, FEW, ROOT, few, file_records, small_congress, visit


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


BUILD = """
import sys
from datetime import date
from pathlib import Path
from publisher.release import build

content, home, site = map(Path, sys.argv[1:4])
build(content, home, site, date.fromisoformat(sys.argv[4]), "clean" in sys.argv)
"""


def building(home: Path, site: Path, *asked: str) -> subprocess.Popen[bytes]:
    """A build in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", BUILD, few(), home, site, *asked], cwd=ROOT)


@pytest.fixture
def site(place: Path, request: pytest.FixtureRequest) -> Path:
    return place / str(request.node.name)


def test_a_first_build_makes_a_whole_release(home: Path, site: Path) -> None:
    made = build(few(), home, site, AS_OF)
    assert (site / "current").resolve() == made.path and os.readlink(
        site / "current"
    ) == f"releases/{made.id}"
    assert {"public.db", "metadata.json", "settings.json", "inspect-data.json"} <= set(
        os.listdir(made.path / "data")
    )
    manifest = read_manifest(made.path)
    assert manifest.id == made.id and manifest.position == 3 and made.pages_written == made.pages_total > 10
    assert manifest.records and (made.path / "www/online_home.html").is_file()
    for code, path in manifest.records.items():
        assert code in (made.path / "www" / path).read_text("utf-8")


def test_nothing_changed_means_nothing_done(home: Path, site: Path) -> None:
    made = build(few(), home, site, AS_OF)
    before = tree(site)
    again = build(few(), home, site, AS_OF)
    assert (again.id, again.path, again.pages_written) == (made.id, made.path, 0)
    assert again.pages_total == made.pages_total and tree(site) == before


def test_an_incremental_build_equals_a_clean_one_byte_for_byte(home: Path, place: Path, site: Path) -> None:
    build(few(), home, site, AS_OF)
    more = [visit("c", summary="新桥通了。"), visit("a", summary="修路灯，改过。", visited_on="2026-03-06")]
    file_records(home, few(), more)
    step = build(few(), home, site, AS_OF + timedelta(days=1))
    clean = build(few(), home, place / "clean", AS_OF + timedelta(days=1))
    assert 0 < step.pages_written < clean.pages_written == clean.pages_total
    assert step.id == clean.id and tree(step.path) == tree(clean.path)
    again = build(few(), home, site, AS_OF + timedelta(days=1), clean=True)
    assert again.id == step.id and again.path != step.path and tree(again.path) == tree(clean.path)


def test_a_build_compiles_no_template_that_one_before_it_compiled(
    home: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(few(), home, site, AS_OF)
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", None)
        again = build(few(), home, site, AS_OF, clean=True)
    assert tree(again.path) == tree(first.path)


def test_unchanged_pages_and_assets_are_the_same_files_as_before(home: Path, site: Path) -> None:
    first = build(few(), home, site, AS_OF)
    file_records(home, few(), [visit("c", summary="新桥通了。")])
    second = build(few(), home, site, AS_OF)
    old, new = read_manifest(first.path), read_manifest(second.path)
    same = [path for path in old.records.values() if path.startswith("visit/")]
    assert same and all(
        (first.path / "www" / path).stat().st_ino == (second.path / "www" / path).stat().st_ino
        for path in same
    )
    assert set(new.records) - set(old.records) and "about.html" in new.files
    assert (first.path / "www/about.html").stat().st_ino == (second.path / "www/about.html").stat().st_ino


def test_a_second_release_takes_only_the_room_of_what_is_new(home: Path, site: Path) -> None:
    first = build(few(), home, site, AS_OF)
    file_records(home, few(), [visit("c", summary="新桥通了。")])
    second = build(few(), home, site, AS_OF)
    sizes = [path.stat() for path in (second.path / "www").rglob("*") if path.is_file()]
    own = sum(each.st_size for each in sizes if each.st_nlink == 1)
    assert first.path != second.path and own < 0.35 * sum(each.st_size for each in sizes)


def test_a_build_says_how_long_each_stage_took(home: Path, site: Path) -> None:
    made = build(few(), home, site, AS_OF)
    assert {"ledger", "rows", "full text", "records", "lists", "last look", "in place"} <= set(made.stages)
    assert 0.5 * made.seconds < sum(made.stages.values()) <= made.seconds
    assert not build(few(), home, site, AS_OF).stages


def test_a_changed_template_word_or_page_changes_what_it_decides(home: Path, place: Path, site: Path) -> None:
    content = small_congress(place / "changing", *FEW)
    first = build(content, home, site, AS_OF)
    template = content / "templates/record.html"
    template.write_text(template.read_text("utf-8").replace("<h1>", '<h1 class="x">'), "utf-8")
    second = build(content, home, site, AS_OF)
    old, new = read_manifest(first.path).pages, read_manifest(second.path).pages
    assert second.id != first.id and all(old[path] != new[path] for path in new if path.endswith(".html"))
    about = content / "pages/about.md"
    about.write_text(about.read_text("utf-8") + "\n再加一句。\n", "utf-8")
    third = build(content, home, site, AS_OF)
    assert "再加一句" in (third.path / "www/about.html").read_text("utf-8")
    assert third.pages_written < third.pages_total


def test_the_day_the_content_the_addresses_and_the_ledger_each_name_another_release(
    home: Path, place: Path, site: Path
) -> None:
    other = small_congress(place / "named", *FEW)
    (other / "pages/about.md").write_text("# 别的\n", "utf-8")
    named = [build(few(), home, site, AS_OF).id, build(few(), home, site, date(2027, 1, 1)).id]
    named += [build(other, home, site, AS_OF).id]
    moved = {"www": "https://www.example", "collect": "https://c.example", "data": "https://data.example"}
    last = build(few(), home, site, AS_OF, addresses=moved)
    assert 'href="https://data.example/public' in (last.path / "www/index.html").read_text("utf-8")
    file_records(home, few(), [visit("c")])
    named += [last.id, build(few(), home, site, AS_OF).id]
    assert len(set(named)) == 5


def test_faults_in_content_stop_a_build_all_at_once_and_the_old_site_stays(
    home: Path, place: Path, site: Path
) -> None:
    content = small_congress(place / "faulty", *FEW)
    served = build(content, home, site, AS_OF).path
    (content / "forms/visit.yaml").write_text("kind: visit\n", "utf-8")
    (content / "words/site.yaml").write_text("site.name: {zh: 只有一种}\n", "utf-8")
    (content / "templates/list.html").write_text("{% if %}\n", "utf-8")
    with pytest.raises(Problems) as found:
        build(content, home, site, AS_OF)
    where = " ".join(problem.where for problem in found.value.problems)
    assert all(name in where for name in ("forms/visit.yaml", "words/site.yaml", "templates/list.html:1"))
    assert (site / "current").resolve() == served


def test_a_broken_link_in_an_authored_page_is_a_problem_of_that_page(
    home: Path, place: Path, site: Path
) -> None:
    content = small_congress(place / "broken-link", *FEW)
    (content / "pages/about.md").write_text("# 这是什么\n\n[不在](nowhere.md)\n", "utf-8")
    with pytest.raises(Problems) as found:
        build(content, home, site, AS_OF)
    assert [problem.where for problem in found.value.problems] == ["content/pages/about.md"]
    assert not (site / "current").exists()


def test_a_template_that_names_what_is_not_given_is_a_problem_with_its_line(
    home: Path, place: Path, site: Path
) -> None:
    content = small_congress(place / "undefined", *FEW)
    template = content / "templates/record.html"
    template.write_text("<p>一</p>\n{{ nobody }}\n" + template.read_text("utf-8"), "utf-8")
    with pytest.raises(Problems, match="nobody") as found:
        build(content, home, site, AS_OF)
    assert found.value.problems[0].where == "content/templates/record.html:2"


def test_a_held_record_goes_to_the_clerk_and_not_to_the_site(home: Path, site: Path) -> None:
    file_records(home, few(), [visit("c", summary="请打 13900139000 找我")])
    made = build(few(), home, site, AS_OF)
    path = home / "held.json"
    told = json.loads(path.read_text("utf-8"))
    assert made.held == read_manifest(made.path).held == 1
    assert told["release"] == made.id and told["held"][0]["field"] == "summary"
    assert told["held"][0]["reason"] == "pii.phone" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"13900139000" not in b"".join([path.read_bytes(), *tree(site).values()])
    assert told["held"][0]["code"] not in read_manifest(made.path).records


def test_without_a_ledger_the_site_is_there_and_empty(tmp_path: Path, site: Path) -> None:
    (tmp_path / "nothing").mkdir()
    made = build(few(), tmp_path / "nothing", site, AS_OF)
    assert read_manifest(made.path).records == {}
    assert "还没有公开的记录" in (made.path / "www/visit/index.html").read_text("utf-8")


@pytest.mark.parametrize("delay", [0.6, 1.2, 1.8, 2.4])
def test_a_build_that_is_killed_leaves_what_was_served(home: Path, place: Path, delay: float) -> None:
    site = place / f"killed-{delay}"
    served = build(few(), home, site, AS_OF)
    before = tree(served.path)
    file_records(home, few(), [visit(f"v-{n}", summary="新桥通了。") for n in range(200)])
    process = building(home, site, "2026-11-22", "clean")
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = (site / "current").resolve()
    manifest = read_manifest(there)
    assert there == served.path or manifest.as_of == "2026-11-22"
    assert all((there / "www" / path).is_file() for path in [*manifest.pages, *manifest.records.values()])
    assert tree(served.path) == before
    build(few(), home, site, date(2026, 11, 22))
    assert not list((site / "releases").glob(".new-*"))


def test_a_failure_in_the_middle_leaves_nothing_behind(
    home: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = build(few(), home, site, AS_OF)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_copy_authored", full)
    with pytest.raises(OSError, match="No space"):
        build(few(), home, site, AS_OF, clean=True)
    assert (site / "current").resolve() == served.path
    assert [path.name for path in (site / "releases").iterdir()] == [served.id]


def test_two_builds_at_once_take_turns(home: Path, place: Path) -> None:
    site = place / "turns"
    both = [building(home, site, day) for day in ("2026-11-01", "2026-11-02")]
    assert [process.wait() for process in both] == [0, 0]
    assert len(list((site / "releases").iterdir())) == 2 and current(site) is not None


def test_the_last_twenty_releases_are_kept_and_the_served_one_always(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(25):
        folder = site / "releases" / f"r{n:02d}"
        folder.mkdir(parents=True)
        os.utime(folder, (n, n))
    release.swap(site, site / "releases/r00")
    release._prune(site)
    left = sorted(path.name for path in (site / "releases").iterdir())
    assert left == ["r00", *(f"r{n:02d}" for n in range(5, 25))]


@pytest.mark.full
@pytest.mark.parametrize("builds", [25])
def test_after_many_builds_twenty_releases_are_left_and_the_rest_is_known(
    builds: int, home: Path, place: Path
) -> None:
    site = place / "many"
    made = [build(few(), home, site, AS_OF + timedelta(n)).id for n in range(builds)]
    left = {path.name for path in (site / "releases").iterdir() if not path.name.startswith(".")}
    assert left == set(made[-release.KEEP :]) and len(set(made)) == builds
    assert {path.stem for path in (site / "past").glob("*.json")} == set(made[: -release.KEEP])
    served = current(site)
    assert served is not None and served[0].name == made[-1] and (served[0] / "www/index.html").is_file()


def test_a_plain_mkdocs_build_does_not_touch_what_is_served(home: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    for name in ("publisher", "ledger", "content"):
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__", "records"))
    shutil.copy(ROOT / "mkdocs.yml", house)
    made = build(house / "content", home, house / "site", AS_OF)
    before = tree(house / "site")
    subprocess.run(
        [Path(sys.executable).with_name("mkdocs"), "build", "--quiet"],
        cwd=house,
        check=True,
        capture_output=True,
    )
    assert (house / ".build/www/visit/index.html").is_file()
    assert tree(house / "site") == before and (house / "site/current").resolve() == made.path


def test_a_stricter_form_takes_pages_away(home: Path, place: Path, site: Path) -> None:
    content = small_congress(place / "stricter", *FEW)
    first = build(content, home, site, AS_OF)
    path = content / "forms/visit.yaml"
    path.write_text(
        path.read_text("utf-8").replace("about: grid\n", "about: grid\ngate: review\n", 1), "utf-8"
    )
    second = build(content, home, site, AS_OF)
    gone = {path for path in read_manifest(first.path).records.values() if path.startswith("visit/")}
    assert len(gone) == 2
    assert not any((second.path / "www" / path).exists() for path in gone)


def test_what_other_kinds_of_records_say_is_carried_over(home: Path, site: Path) -> None:
    station = OfficeRecord(
        "station",
        {
            "name": "柳河村联络站",
            "station_kind": "liaison_station",
            "level": "village_community",
            "grid": "liuhe",
            "reception": [{"day": "每月 20 日", "opens": "09:00", "closes": "11:00"}],
        },
        ("records", "station", "liuhe-station"),
    )
    file_records(home, few(), [station])
    made = build(few(), home, site, AS_OF)
    (page,) = (made.path / "www/station").glob("ZD-*.html")
    text = page.read_text("utf-8")
    assert "每月 20\u00a0日" in text and "09:00" in text and ">柳河村</a>" in text


def test_the_time_of_a_file_does_not_tell_when_its_record_came(home: Path, site: Path) -> None:
    build(few(), home, site, AS_OF)
    file_records(home, few(), [visit("c", summary="新桥通了。")])
    second = build(few(), home, site, AS_OF)
    times = {path.stat().st_mtime_ns for path in second.path.rglob("*") if path.is_file()}
    assert len(times) == 1


def test_the_clerks_queue_is_told_again_after_a_build_that_was_killed_before_it(
    home: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(few(), home, site, AS_OF)
    file_records(home, few(), [visit("c", summary="请打 13900139000 找我")])
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(release, "write_held", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        build(few(), home, site, AS_OF)
    made = build(few(), home, site, AS_OF)
    told = json.loads((home / "held.json").read_text("utf-8"))
    assert told["release"] == made.id and len(told["held"]) == made.held == 1


def test_a_word_of_datasette_in_a_template_is_said_anew_when_it_changes(
    home: Path, place: Path, site: Path
) -> None:
    content = small_congress(place / "data-words", *FEW)
    template, words = content / "templates/record.html", content / "words/data.yaml"
    template.write_text(template.read_text("utf-8") + '<p>{{ "data.database"|say }}</p>\n', "utf-8")
    build(content, home, site, AS_OF)
    old = load_words(content).say("data.database")
    words.write_text(words.read_text("utf-8").replace(old, "别的说法"), "utf-8")
    step, clean = build(content, home, site, AS_OF), build(content, home, place / "data-words-clean", AS_OF)
    assert tree(step.path) == tree(clean.path)


def test_a_file_of_the_theme_that_is_gone_from_the_last_release_is_copied_again(
    home: Path, site: Path
) -> None:
    first = build(few(), home, site, AS_OF)
    (first.path / "www/about.html").unlink()
    file_records(home, few(), [visit("c")])
    assert (build(few(), home, site, AS_OF).path / "www/about.html").is_file()


def test_a_private_line_that_lists_choices_as_a_page_does_stops_nothing(home: Path, site: Path) -> None:
    said = visit("c", topics=["roads", "water"], notes="道路交通、饮水水利\n别的话")
    file_records(home, few(), [said])
    assert len(read_manifest(build(few(), home, site, AS_OF).path).records) == 4


def test_an_approval_lets_the_reviewed_words_out_and_stops_nothing(home: Path, site: Path) -> None:
    file_records(home, few(), [visit("c", residents_said="路灯不亮，晚上怕摔跤。")])
    with open_ledger(home) as ledger:
        record = list(ledger.records("visit"))[-1]
    answers = {"record": record.code, "entry": record.digest, "form": record.form, "decision": "approve"}
    page = f"www/visit/{record.code}.html"
    before = build(few(), home, site, AS_OF)
    file_records(home, few(), [OfficeRecord("approval", answers)])
    after = build(few(), home, site, AS_OF)
    assert "晚上怕摔跤" not in (before.path / page).read_text("utf-8")
    assert "晚上怕摔跤" in (after.path / page).read_text("utf-8")


FILLING = """
import resource, signal, sys
from argparse import Namespace

import build

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(build.plainly(build.build, Namespace(port=None, clean=True)))
"""


def test_a_full_disk_is_said_in_a_line_and_the_site_stays(home: Path, site: Path) -> None:
    served = build(few(), home, site, AS_OF)
    where = {"MINGBAI_CONTENT": few(), "MINGBAI_HOME": home, "MINGBAI_SITE": site}
    environment = {**os.environ, **{name: str(path) for name, path in where.items()}}
    done = subprocess.run(
        [sys.executable, "-c", FILLING], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, "Traceback" in done.stderr) == (4, False) and "disk" in done.stderr
    assert (site / "current").resolve() == served.path
    assert [path.name for path in (site / "releases").iterdir()] == [served.id]
