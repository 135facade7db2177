"""What a station is measured by: chain, rota and standard, and never by how many came.

The seed says so: 「而不仅仅看牌子、看摆设、看墙上挂的制度、看代表去了多少人次」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

Answers = Mapping[str, Any]
_HEADS = re.compile(
    r"人次|人数|人头|客流|到访量|来访量|接待量|签到|打卡|参观|几个人|多少人|head.?count|visitors?|footfall",
    re.I,
)
_MONTH = {"H1": (6, 30), "H2": (12, 31), "Q1": (3, 31), "Q2": (6, 30), "Q3": (9, 30), "Q4": (12, 31)}


def names_heads(text: str) -> str | None:
    """The words in an indicator that count heads; None where it counts none.

    >>> names_heads("全年接待人次"), names_heads("给上湾村的回话上墙")
    ('人次', None)
    """
    found = _HEADS.search(text)
    return found[0] if found else None


def weights(indicators: Iterable[Answers]) -> int | None:
    """What the weights come to; None where nobody gave any. Some without a weight are as good as 0.

    >>> weights([{"weight": 60}, {"weight": 30}]), weights([{}])
    (90, None)
    """
    given = [each["weight"] for each in indicators if "weight" in each]
    return sum(given) if given else None


def ends(period: str) -> date:
    """The last day of a period.

    >>> str(ends("2026")), str(ends("2026-H1")), str(ends("2026-Q3"))
    ('2026-12-31', '2026-06-30', '2026-09-30')
    """
    month, day = _MONTH[period[5:]] if len(period) > 4 else (12, 31)
    return date(int(period[:4]), month, day)
