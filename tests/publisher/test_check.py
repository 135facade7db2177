"""`check` says everything a build would meet, and writes nothing."""

from __future__ import annotations

from pathlib import Path

from publisher.release import check
from tests.publisher.fake import CONTENT, FEW, few, file_records, small_congress, visit


def test_a_sound_congress_has_no_problems(home: Path) -> None:
    before = {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert check(CONTENT, home) == []
    assert {name: (home / name).read_bytes() for name in before if (home / name).is_file()} | before == before


def test_before_the_first_record_there_are_none_either(tmp_path: Path) -> None:
    assert check(CONTENT, tmp_path) == []


def test_faults_in_content_are_said_all_at_once(home: Path, tmp_path: Path) -> None:
    content = small_congress(tmp_path / "content", *FEW)
    (content / "forms/visit.yaml").write_text("kind: visit\n", "utf-8")
    (content / "templates/home.html").write_text('{{ "site.nowhere"|say }}\n', "utf-8")
    said = [str(problem) for problem in check(content, home)]
    assert any("forms/visit.yaml" in each for each in said)
    assert any("templates/home.html:1" in each and "site.nowhere" in each for each in said)


def test_a_word_a_page_and_a_template_are_looked_at_together(home: Path, tmp_path: Path) -> None:
    content = small_congress(tmp_path / "content", *FEW)
    (content / "pages/about.md").write_text("# 这是什么\n\n[不在](nowhere.md)\n", "utf-8")
    template = content / "templates/record.html"
    template.write_text(template.read_text("utf-8") + "{{ nobody }}", "utf-8")
    where = [problem.where.partition(":")[0] for problem in check(content, home)]
    assert where == ["content/pages/about.md", "content/templates/record.html"]


def test_a_record_that_would_be_held_is_named_with_field_and_reason(home: Path) -> None:
    file_records(home, few(), [visit("c", summary="请打 13900139000 找我")])
    (problem,) = check(few(), home)
    assert problem.where == "ledger" and problem.at.endswith(" summary") and "phone" in problem.what
    assert "13900139000" not in str(problem)
