"""A box of the second copy: only the paper opens it, and only as it was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger.backup
from ledger.backup.box import POINT, Opening, Sealing, open_box, seal
from ledger.backup.line import BrokenLine, Head, LaterLine, read_line, write_line
from ledger.keys import new_key
from ledger.sealed import NotSealed
from ledger.signature import spki
from tests.ledger.samples import ROOT

KEY = new_key()
PUBLIC = spki(KEY.public_key())
HEAD = Head("ledger", "epoch", 1, 3, "chain", "before", {"device": "digest"})


@given(data=st.binary(max_size=200), said=st.binary(max_size=20))
def test_what_is_sealed_is_opened_with_the_paper(data: bytes, said: bytes) -> None:
    assert open_box(seal(data, PUBLIC, said), KEY, said) == data


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_flipped_anywhere_is_noticed(at: float, bit: int) -> None:
    box = bytearray(seal(b"secret", PUBLIC, b"said"))
    box[int(len(box) * at)] ^= 1 << bit
    with pytest.raises(NotSealed):
        open_box(bytes(box), KEY, b"said")


def test_another_paper_and_other_words_beside_it_open_nothing() -> None:
    box = seal(b"secret", PUBLIC, b"said")
    for key, said in ((new_key(), b"said"), (KEY, b"otherwise")):
        with pytest.raises(NotSealed):
            open_box(box, key, said)
    assert seal(b"secret", PUBLIC, b"said") != box


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0,), (1,), (0, 1, 1)])
def test_chunks_out_of_order_twice_or_cut_off_are_noticed(order: tuple[int, ...]) -> None:
    sealing = Sealing(PUBLIC, b"said")
    chunks = [sealing.chunk(b"one", False), sealing.chunk(b"two", True)]
    opening = Opening(KEY, sealing.point, b"said")
    with pytest.raises(NotSealed):
        for n, which in enumerate(order, 1):
            opening.chunk(chunks[which], n == len(order))
    assert len(sealing.point) == POINT


def test_a_line_reads_back_and_says_nothing_but_its_head() -> None:
    raw = write_line(HEAD, {"entry": "柳河村"}, PUBLIC)
    line = read_line(raw.rstrip(b"\n"))
    assert line.head == HEAD and line.content(KEY) == {"entry": "柳河村"}
    assert raw.count(b"\n") == 1 and "柳河村".encode() not in raw


def test_a_head_that_was_altered_opens_nothing() -> None:
    raw = write_line(HEAD, {}, PUBLIC).replace(b'"to":3', b'"to":4').rstrip(b"\n")
    with pytest.raises(NotSealed):
        read_line(raw).content(KEY)


@given(st.binary(max_size=60) | st.just(b'{"v":1}') | st.just(b'{"v":1,"ledger":3}') | st.just(b"[]"))
def test_what_is_no_line_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(BrokenLine):
        read_line(raw)


def test_a_line_of_a_later_program_is_left_alone() -> None:
    with pytest.raises(LaterLine):
        read_line(b'{"v":2}')


def test_the_package_lists_its_files_a_line_each() -> None:
    listed = re.findall(r"^([a-z_]+) {2,}\S", ledger.backup.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in (ROOT / "ledger/backup").glob("*.py")} - {"__init__"}
    assert sorted(listed) == sorted(there)
