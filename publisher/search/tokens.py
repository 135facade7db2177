"""A text as words of the index, so that any two characters in a row are found.

An index of Chinese words finds what its dictionary takes for a word, and the browser's dictionary is another.
Here every two neighbouring characters are one word of the index, spelt in Latin letters so that no program
takes them apart again; words of plain letters and digits stay as they are. assets/searching.js asks in the
same spelling (tests/cases/search.json holds both to it).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

LONGEST = 40  # letters of a word: longer ones are no words
_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARK = "ω"  # begins what is spelt: Pagefind also takes for a hit what a word begins with, such as a lone "b"


def plain(text: str) -> str:
    """A text as it is compared: wide and narrow, great and small letters are the same.

    >>> plain("ＪＹ-2026 Ⅲ")
    'jy-2026 iii'
    """
    return unicodedata.normalize("NFKC", text).lower()


def tokens(text: str) -> list[str]:
    """The words under which a text is found.

    >>> tokens("修3号楼")
    ['ωbeha', '3', 'ωbfutbnyq']
    """
    return [token for run in _RUN.findall(plain(text)) for token in _of_run(run)]


def of_code(code: str) -> list[str]:
    """The words under which a code is found: the whole of it, and what follows the year.

    >>> of_code("JY-2026-7KQ4")
    ['jy20267kq4', '7kq4']
    """
    parts = plain(code).split("-")
    return ["".join(parts), parts[-1]]


def _of_run(run: str) -> list[str]:
    if run.isascii():
        return [run[:LONGEST]]
    spelt = [_spelt(character) for character in run]
    return [_MARK + word for word in [one + other for one, other in pairwise(spelt)] or spelt]


def _spelt(character: str) -> str:
    """Four letters for any character there is."""
    n, letters = ord(character), ""
    for _ in range(4):
        n, at = divmod(n, 26)
        letters = _LETTERS[at] + letters
    return letters
