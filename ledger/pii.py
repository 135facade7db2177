"""What looks like personal data in a text: the second barrier before anything is published.

Identity numbers, telephones, bank cards, mail addresses and number plates of mainland China, however they are
spaced, in full-width or Chinese digits too. Dates, money, public codes, document and order numbers are left
alone: a find holds a record back, so a false one costs a clerk's time. tests/cases/pii.yaml holds both sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

Kind = Literal["id_number", "bank_card", "phone", "email", "plate"]


@dataclass(frozen=True)
class Hit:
    """One find: what it looks like, where it stands (characters), and how it may be shown to the clerk."""

    kind: Kind
    start: int
    end: int
    shown: str


# One character for one, so that places in the plain text are places in the text as written.
_PLAIN = str.maketrans(
    {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys(map(chr, (0x3000, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F)), " ")
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_NUMERALS = str.maketrans("零〇○一二三四五六七八九幺两", "00012345678912")
_NUMERAL_RUN = re.compile("[零〇○一二三四五六七八九幺两]{11,}")
_WORTH_A_LOOK = re.compile(r"@|(?:[0-9][ .()·-]{0,3}){7}|[0-9]{4}[A-Z0-9]|[A-Z][ .·-]?[A-Z0-9]{5}")

_SEPARATOR = "(?: - |[ .·-]{0,2})"
_ID = re.compile(rf"(?<![0-9A-Za-z])[1-9](?:{_SEPARATOR}[0-9]){{16}}{_SEPARATOR}[0-9Xx](?![0-9A-Za-z])")
_NAMED_ID = re.compile(
    r"(?:身[份分][证證]|证件)[^0-9A-Za-z]{0,9}([1-9][0-9]{14}(?:[0-9]{2}[0-9Xx])?)(?![0-9])"
    r"|(?:护照|通行证)[^0-9A-Za-z]{0,9}([A-Za-z]{1,2}[0-9]{7,8})(?![0-9])"
)
_CARD = re.compile(
    r"(?<![0-9A-Za-z.])"
    r"(?:[0-9]{16,19}|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{1,3})?|[0-9]{6}[ -][0-9]{10,13})"
    r"(?![0-9A-Za-z])(?![ -][0-9])"
)
_NAMED_CARD = re.compile(
    r"(?:卡[号號]|[账帐帳][号户號戶]|银行卡)[^0-9A-Za-z]{0,9}([0-9](?:[ -]?[0-9]){14,20})(?![0-9])"
)
_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9]{{2}}\.)(?:(?:\+|00)?86[ -]?)?"
    rf"(1[3-9](?:{_SEPARATOR}[0-9]){{9}})(?![0-9])(?!\.[0-9])"
)
_LANDLINE = re.compile(
    r"(?<![0-9.])(?:(?:\+|00)86[ -]?\(?0?|\(?0)(10|2[0-9]|[3-9][0-9]{2})\)?(?: - |[ -]{0,2})"
    r"([2-8][0-9]{6,7}|[2-8][0-9]{2,3}[ -][0-9]{4})(?![0-9])"
)
_LOCAL = re.compile(
    r"(?:[电電][话話]|座机|固话|联系方式|致电|拨打|[Tt][Ee][Ll])[^0-9A-Za-z]{0,6}"
    r"([2-8][0-9]{6,7}|[2-8][0-9]{3}[ -][0-9]{4})(?![0-9])"
)
_ABROAD = re.compile(
    r"\+(?!86)[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9](?:[ -]?[0-9]){5,12}(?![0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ .·-]?"
    "(?=[A-Z]*[0-9])[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9-])"
)
_MONEY_AFTER = re.compile(r" ?(?:元|万|亿|吨|公斤|斤|亩|立方|平方|公里|千瓦)")
_NUMBER_BEFORE = re.compile(r"(?:[编单订案文批票]号|代码|流水号?|订单|序号|[¥￥$€])[ :：为是]{0,2}$")
_PROVINCES = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
_CARDS_OF_16 = ("4", "51", "52", "53", "54", "55", "35", "60")


def find_pii(text: str) -> list[Hit]:
    """Everything in a text that looks like personal data, in order, without overlaps.

    >>> [(hit.kind, hit.shown) for hit in find_pii("请联系王某，１３８ ００１３ ８０００。")]
    [('phone', '１３８…００')]
    >>> find_pii("2026-03-02 花费 12345678.90 元，编号 ZF-2026-7KQ4，青人办〔2026〕12号")
    []
    """
    if _UNSEEN.search(text):
        seen = [place for place, letter in enumerate(text) if not _UNSEEN.match(letter)]
        hits = find_pii("".join(text[place] for place in seen))
        return [Hit(hit.kind, seen[hit.start], seen[hit.end - 1] + 1, hit.shown) for hit in hits]
    plain = _NUMERAL_RUN.sub(lambda run: run[0].translate(_NUMERALS), text.translate(_PLAIN))
    if not _WORTH_A_LOOK.search(plain):
        return []
    taken: list[Hit] = []
    for kind, start, end in _candidates(plain):
        if all(end <= hit.start or start >= hit.end for hit in taken):
            taken.append(Hit(kind, start, end, f"{text[start : start + 3]}…{text[end - 2 : end]}"))
    return sorted(taken, key=lambda hit: hit.start)


Candidate = tuple[Kind, int, int]


def _candidates(text: str) -> Iterator[Candidate]:
    """Every find, the more telling kinds first."""
    for find in _NAMED_ID.finditer(text):
        yield "id_number", *find.span(find.lastindex or 0)
    for find in _ID.finditer(text):
        if _is_id(_digits(find[0]), find[0]):
            yield "id_number", *find.span()
    for find in _NAMED_CARD.finditer(text):
        yield "bank_card", *find.span(1)
    for find in _CARD.finditer(text):
        if _is_card(_digits(find[0])) and not _is_other_number(text, find):
            yield "bank_card", *find.span()
    for find in _EMAIL.finditer(text):
        yield "email", *find.span()
    yield from _phones(text)
    for find in _PLATE.finditer(text):
        yield "plate", *find.span()


def _phones(text: str) -> Iterator[Candidate]:
    for find in _MOBILE.finditer(text):
        if _spaced_as_mobile(find[1]) and not _is_other_number(text, find):
            yield "phone", *find.span()
    for find in _LANDLINE.finditer(text):
        if _is_landline(find[1], find[2]) and not _is_other_number(text, find):
            yield "phone", *find.span()
    for find in _ABROAD.finditer(text):
        if _is_abroad(find[0]):
            yield "phone", *find.span()
    for find in _LOCAL.finditer(text):
        if not _is_day(_digits(find[1])):
            yield "phone", *find.span(1)


def _digits(text: str) -> str:
    return re.sub("[^0-9Xx]", "", text).upper()


def _is_id(number: str, written: str) -> bool:
    """A province and a birthday in it; where the check digit is wrong, the birthday of somebody grown.

    Work orders are numbered region, day, serial: that looks like the number of somebody born that day.
    """
    if int(number[:2]) not in _PROVINCES or not _is_day(number[6:14]):
        return False
    correct = ric.calc_check_digit(number) == number[-1]
    return correct or (written.isalnum() and int(number[6:10]) < 2016)


def _is_day(digits: str) -> bool:
    """Whether eight digits are a day from 1900 to 2099."""
    try:
        return (
            len(digits) == 8 and 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
        )
    except ValueError:
        return False


def _is_card(number: str) -> bool:
    known = number.startswith(("62", "9558")) or (len(number) == 16 and number.startswith(_CARDS_OF_16))
    return known and bool(luhn.is_valid(number))


def _spaced_as_mobile(number: str) -> bool:
    """138 0013 8000, 138-00138000, 1380013 8000; but not a row of small numbers, and not two years."""
    groups = [len(list(run)) for digit, run in groupby(number, str.isdigit) if digit]
    years = groups[0] == 4 and number.startswith("19")
    return len(groups) <= 4 and min(groups) >= 3 and not years


def _is_landline(area: str, local: str) -> bool:
    if re.match("(?:19|20)[0-9]{2}[ -]", local):
        return False
    try:
        number = phonenumbers.parse(f"0{area}{_digits(local)}", "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_abroad(written: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written))
    except phonenumbers.NumberParseException:
        return False


def _is_other_number(text: str, find: re.Match[str]) -> bool:
    """Money or a quantity by what follows, a number of something by what stands before."""
    before = text[max(find.start() - 6, 0) : find.start()]
    return bool(_MONEY_AFTER.match(text, find.end()) or _NUMBER_BEFORE.search(before))
