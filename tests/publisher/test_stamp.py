"""A specimen is cut once; what goes into its slots is never read again."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from publisher.stamping.stamp import BEGIN, END, TOKENS, Before, Mould, NoShell, Page, Shell, squeeze, stamp
from tests.publisher.fake import ROOT

SPECIMEN = (
    "<html><head><title>mbtitlemb - site</title>\n   <meta content='mbdescmb'>\n"
    "   <link href='visit/mbnamemb.html'></head>\n"
    f"<body>{BEGIN}<h1>mbtitlemb</h1>{END}   <footer>mbtitlemb</footer></body></html>"
)
SHELL = Shell.cut(SPECIMEN)
MOULD = Mould.of(SHELL, lambda data: f"<p>{html.escape(data['text'])}</p>", "template 1")


def page(name: str, text: str = "text", title: str = "title", mould: Mould = MOULD) -> Page:
    return Page(f"visit/{name}.html", title, "description", {"text": text}, mould)


def test_every_slot_is_filled_and_no_token_is_left() -> None:
    stamped = page("A-1", "body", "a title").bytes().decode()
    assert "<title>a title - site</title>" in stamped and "<footer>a title</footer>" in stamped
    assert "visit/A-1.html" in stamped and "<p>body</p>" in stamped and "description" in stamped
    assert not any(token in stamped for token in (*TOKENS, BEGIN, END))


@given(
    some.text(max_size=40), some.sampled_from([*TOKENS, BEGIN, END, "<script>", "</title>", "&amp;", "'\""])
)
def test_a_title_is_escaped_and_never_read_again(text: str, hostile: str) -> None:
    title = text + hostile
    stamped = page("A-1", title, title).bytes().decode("utf-8", "surrogatepass")
    assert stamped.count(html.escape(title)) >= 2
    assert stamped.count("<title>") == 1 and "<script>" not in stamped


@pytest.mark.parametrize("specimen", ["", BEGIN, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + END])
def test_a_specimen_needs_both_markers_once_and_in_order(specimen: str) -> None:
    with pytest.raises(NoShell, match="once each"):
        Shell.cut(specimen)


def test_squeezing_leaves_what_must_stay_as_it_is() -> None:
    kept = "<pre>\n   a\n</pre><script>\n  // b\n</script><textarea>\n  c</textarea>"
    assert squeeze(f"<p>\n    d\n\n  </p>{kept}") == f"<p>\nd\n</p>{kept}"


@given(some.text(some.sampled_from("a<> \t\n\r\x0b\x1c\x85\u2028\u3000"), max_size=30))
def test_squeezing_takes_all_blanks_round_the_ends_of_lines(text: str) -> None:
    assert squeeze(text) == re.sub(r"\s*\n\s*", "\n", text)


def test_a_page_that_did_not_change_is_the_same_file_as_before(tmp_path: Path) -> None:
    first = stamp([page("A-1"), page("A-2")], tmp_path / "1")
    again = stamp([page("A-1"), page("A-2", "new")], tmp_path / "2", Before(tmp_path / "1", first.digests))
    assert again.written == ["visit/A-2.html"]
    old, new = ((tmp_path / n / "visit/A-1.html").stat().st_ino for n in "12")
    assert old == new
    assert (tmp_path / "1/visit/A-2.html").read_bytes() != (tmp_path / "2/visit/A-2.html").read_bytes()


def test_a_page_that_is_no_longer_there_is_absent(tmp_path: Path) -> None:
    first = stamp([page("A-1"), page("A-2")], tmp_path / "1")
    stamp([page("A-1")], tmp_path / "2", Before(tmp_path / "1", first.digests))
    assert [path.name for path in (tmp_path / "2/visit").iterdir()] == ["A-1.html"]


def test_a_page_whose_old_file_is_gone_is_written_again(tmp_path: Path) -> None:
    first = stamp([page("A-1")], tmp_path / "1")
    (tmp_path / "1/visit/A-1.html").unlink()
    again = stamp([page("A-1")], tmp_path / "2", Before(tmp_path / "1", first.digests))
    assert again.written == ["visit/A-1.html"] and (tmp_path / "2/visit/A-1.html").is_file()


def test_stamping_never_writes_over_a_file(tmp_path: Path) -> None:
    stamp([page("A-1")], tmp_path)
    with pytest.raises(FileExistsError):
        stamp([page("A-1", "new")], tmp_path)


other_shell = Shell.cut(SPECIMEN.replace("footer", "aside"))


@pytest.mark.parametrize(
    "changed",
    [
        page("A-2"),
        page("A-1", "other"),
        page("A-1", title="other"),
        page("A-1", mould=Mould.of(SHELL, MOULD.render, "template 2")),
        page("A-1", mould=Mould.of(other_shell, MOULD.render, "template 1")),
    ],
    ids=["name", "data", "title", "template", "shell"],
)
def test_the_digest_changes_with_anything_that_decides_bytes(changed: Page) -> None:
    assert changed.digest() != page("A-1").digest()


@given(
    some.dictionaries(
        some.text(max_size=5), some.lists(some.text(max_size=5) | some.integers() | some.none())
    )
)
def test_the_same_data_gives_the_same_digest(data: dict[str, Any]) -> None:
    pages = [Page("a.html", "t", "d", dict(data), MOULD) for _ in range(2)]
    assert pages[0].digest() == pages[1].digest()


FILLING = """
import resource, signal, sys
from publisher.stamping.stamp import write

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
write(sys.argv[1], b"x" * 100)
"""


def test_a_page_that_the_disk_takes_only_in_part_is_an_error(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILLING, tmp_path / "a.html"], cwd=ROOT, capture_output=True)
    assert done.returncode and b"OSError" in done.stderr
