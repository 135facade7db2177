"""What may leave of a value: deny by default, one word a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

Policy = Literal["never", "counted", "reviewed", "village", "surname", "month", "full"]

POLICIES: tuple[Policy, ...] = get_args(Policy)
"""From strict to open."""

_COMPOUND = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 夏侯 端木 轩辕 百里 东郭 南宫 "
    "西门 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 万俟 闻人 赫连 澹台 呼延 左丘 "
    "梁丘 公羊 谷梁 拓跋 独孤 南门 第五 即墨 达奚 褚师 歐陽 司馬 上官 諸葛 東方 尉遲 公孫 長孫 鍾離 "
    "鮮于 萬俟 聞人 赫連 澹臺 呼延 獨孤 夏侯 完颜 完顏 纳兰 納蘭 叶赫 葉赫"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


def stricter(a: Policy, b: Policy) -> Policy:
    """The stricter of the policy a value was filed under and today's.

    >>> stricter("full", "month")
    'month'
    """
    return min(a, b, key=POLICIES.index)


def leave(
    policy: Policy,
    value: Any,
    *,
    approved: bool = False,
    village_of: Callable[[str], str | None] | None = None,
) -> Any:
    """What may leave of one value; None when nothing may.

    >>> leave("surname", "欧阳海"), leave("month", "2026-03-02"), leave("never", "13800138000")
    ('欧阳某某', '2026-03', None)
    """
    match policy:
        case "full":
            return value
        case "reviewed":
            return value if approved else None
        case "month":
            return _each(month, value)
        case "surname":
            return _each(surname, value)
        case "village" if village_of is not None:
            villages = _each(village_of, value)
            return list(dict.fromkeys(villages)) if isinstance(villages, list) else villages
    return None


def month(value: str) -> str | None:
    """The month of a date; nothing where it is not one.

    >>> month("2026-03-02")
    '2026-03'
    """
    return (
        value[:7]
        if len(value) >= 7 and value[4] == "-" and value[:4].isdigit() and value[5:7].isdigit()
        else None
    )


def surname(value: str) -> str | None:
    """A person by surname, with a fixed tail, so that even the length of the name stays.

    >>> surname("张三"), surname("欧阳海"), surname("Smith")
    ('张某某', '欧阳某某', '某某')
    """
    name = value.strip()
    if not name:
        return None
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2] + "某某"
    return (name[0] if _is_han(name[0]) and "·" not in name else "") + "某某"


def _is_han(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U000323af"


def _each(coarsen: Callable[[str], str | None], value: Any) -> Any:
    if isinstance(value, list):
        kept = [part for each in value if isinstance(each, str) and (part := coarsen(each)) is not None]
        return kept or None
    return coarsen(value) if isinstance(value, str) else None
