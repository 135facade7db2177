"""Every page is valid HTML, its ids are unique, its headings in order, and every link leads somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from html5lib.constants import E

from tests.publisher.whole import every_sort, sample_release

TAG = re.compile(r"<(h[1-6])\b|\s(?:id)=\"([^\"]*)\"|\s(?:href|src)=\"([^\"]*)\"")
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.S)


@pytest.fixture(scope="module")
def www(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_release(tmp_path_factory.mktemp("html")) / "www"


def faults(name: str, text: str) -> list[str]:
    """What a parser finds wrong, with file and line."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    parser.parse(text)
    return [f"{name}:{line}: {E[code] % what}" for (line, _), code, what in parser.errors]


def test_every_sort_of_page_is_valid_html(www: Path) -> None:
    found = [fault for path in every_sort(www) for fault in faults(path, (www / path).read_text("utf-8"))]
    assert found == []


def test_a_fault_is_told_with_file_and_line() -> None:
    broken = "<!doctype html><html lang=zh><head><title>x</title></head>\n<body><p>a</b></p></body></html>"
    (fault,) = faults("page.html", broken)
    assert fault.startswith("page.html:2: ")


def parts(text: str) -> tuple[list[int], list[str], list[str]]:
    """The levels of the headings, the ids, the addresses."""
    found = TAG.findall(UNSEEN.sub("", text))
    return (
        [int(head[1]) for head, _, _ in found if head],
        [id for _, id, _ in found if id],
        [address for _, _, address in found if address],
    )


@pytest.fixture(scope="module")
def pages(www: Path) -> dict[str, tuple[list[int], list[str], list[str]]]:
    """Every page of the site, taken apart."""
    paths = sorted(www.rglob("*.html"))
    return {path.relative_to(www).as_posix(): parts(path.read_text("utf-8")) for path in paths}


Pages = dict[str, tuple[list[int], list[str], list[str]]]


def test_no_id_stands_twice_on_a_page(pages: Pages) -> None:
    twice = {
        path: more
        for path, (_, ids, _) in pages.items()
        if (more := [id for id, n in Counter(ids).items() if n > 1])
    }
    assert twice == {}


def skipped(levels: list[int]) -> bool:
    """Whether a page does not begin with the first level, has two of those, or leaves one out."""
    return levels[:1] != [1] or levels.count(1) != 1 or any(b > a + 1 for a, b in pairwise(levels))


def test_every_page_has_one_title_and_leaves_no_level_of_heading_out(pages: Pages) -> None:
    assert [path for path, (levels, _, _) in pages.items() if skipped(levels)] == []
    assert skipped([1, 3]) and skipped([2]) and skipped([1, 2, 1]) and not skipped([1, 2, 3, 2])


def lost(www: Path, pages: Pages) -> Iterator[str]:
    """Every link inside the site that leads nowhere, with the page it stands on."""
    there = cache(lambda path: (www / path).is_file())
    for path, (_, _, addresses) in pages.items():
        for address in addresses:
            split = urlsplit(address)
            if split.scheme or split.netloc:
                continue
            target = unquote(split.path)
            whole = target.lstrip("/") if path == "404.html" else _joined(path, target) if target else path
            at = f"{whole}/index.html".lstrip("/") if whole in ("", ".") or whole.endswith("/") else whole
            placed = not split.fragment or at not in pages or unquote(split.fragment) in pages[at][1]
            if not there(at) or not placed:
                yield f"{path}: {address}"


def _joined(path: str, target: str) -> str:
    kept: list[str] = path.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            kept.pop()
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def test_every_link_and_every_place_it_names_is_there(www: Path, pages: Pages) -> None:
    assert list(lost(www, pages)) == []
    broken = {"a.html": ([1], [], ["b.html", "index.html#nowhere", "../a.html"[3:] + "#x"])}
    assert len(list(lost(www, pages | broken))) == 3
