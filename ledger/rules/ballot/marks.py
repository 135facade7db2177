"""The words in which a mark or a vote is written, in Chinese and English; no other is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ledger.rules.ballot.records import plain, whole


def _words(mark: str, *written: str) -> dict[str, str]:
    return {word.strip(): mark for line in written for word in line.split(",")}


MARKS = {
    **_words("approve", "approve,approved,yes,y,aye,yea,for,in favour,in favor,support,√,✓,✔,○,〇,o"),
    **_words("approve", "赞成,赞成票,贊成,贊成票,同意,支持"),
    **_words("oppose", "oppose,opposed,no,n,nay,against,×,✗,✘"),
    **_words("oppose", "反对,反对票,反對,反對票,不同意,不赞成,不贊成"),
    **_words("abstain", "abstain,abstained,abstention,abstaining,弃权,弃权票,棄權,棄權票"),
}
"""What a sheet may be marked with."""
VOTES = {
    **MARKS,
    **_words("approve", "+,guilty,content"),
    **_words("oppose", "-,−,not guilty,not content"),
    **_words("abstain", "present,未表决,未按表决器"),  # there, and on neither side
    **_words("absent", "absent,excused,not voting,did not vote,didn't vote,nv,no vote recorded"),
    **_words("absent", "non voting,nonvoting,not present,paired"),
    **_words("absent", "缺席,未到会,未出席,请假,請假,未投票,未投,没有投票"),
}
"""What a named vote may say."""
SIGNS = frozenset("+-−")
LETTERS = frozenset("ynax")
UNSURE = frozenset("0ax")
"""Words that only the others of a file explain (`meant`)."""
INVALID = frozenset(("invalid", "spoilt", "spoiled", "无效"))

SHEET_COLUMNS = {
    "ballot": ("sheet", "选票", "票号"),
    "option": ("candidate", "选项", "项目", "候选项目"),
    "mark": ("标记", "选择"),
}
VOTE_COLUMNS = {
    "voter": ("voter_id", "deputy", "member", "投票人", "代表", "委员", "姓名"),
    "option": ("motion", "议案", "事项", "议题", "选项", "项目"),
    "vote": ("position", "表决", "表决意见", "投票"),
}
TOTAL_COLUMNS = {
    "form": ("票决方式", "表决方式"),
    "option": ("序号", "编号", "选项"),
    "subject": ("事项", "项目", "名称"),
    "approve": ("赞成", "赞成票", "同意", "得票"),
    "oppose": ("反对", "反对票", "不同意"),
    "abstain": ("弃权", "弃权票"),
    "seats": ("名额", "应选"),
    "roster": ("全体", "全体代表"),
    "present": ("到会", "出席"),
    "issued": ("发出",),
    "returned": ("收回",),
    "valid": ("有效", "有效票"),
    "invalid": ("无效", "无效票"),
    "blank": ("空白", "空白票"),
}
"""Other names of the columns; the first of them that is there counts, where its own name is not."""


def vote_of(word: str) -> str | None:
    """What a named vote says: approve, oppose, abstain, absent, or None where its word is not known.

    >>> vote_of("Yea"), vote_of(" DID_NOT_VOTE"), vote_of("棄權"), vote_of("-"), vote_of("maybe")
    ('approve', 'absent', 'abstain', 'oppose', None)
    """
    return _meant(word, VOTES)


@lru_cache(maxsize=4096)
def mark_of(word: str) -> str | None:
    """What a mark on a sheet says: approve, oppose, abstain, a whole number, or None.

    >>> mark_of("In_Favour"), mark_of("×"), mark_of("3.0"), mark_of("absent"), mark_of("x")
    ('approve', 'oppose', '3', None, None)
    """
    number = whole(word)
    return _meant(word, MARKS) if number is None else str(number)


def _meant(word: str, known: Mapping[str, str]) -> str | None:
    told = plain(word).lower().replace("’", "'")
    return known.get(told) or known.get(" ".join(told.replace("_", " ").replace("-", " ").split()))


def meant(words: Iterable[str]) -> dict[str, str]:
    """What 0, A and X mean among these words: 0 beside + and -, A beside X in the letters of the United
    Nations. Whichever is not told may mean more than one thing.

    >>> meant(["+", "0", "-"]), meant(["1", "0"])
    ({'0': 'abstain'}, {})
    >>> meant(["Y", "N", "A", "X"]), meant(["Y", "N", "A"])
    ({'a': 'abstain', 'x': 'absent'}, {})

    The trap: in a column of 1 and 0, a 0 may be against, abstaining or away; without an X, A may be absent.
    """
    said = {plain(word).lower() for word in words}
    if "0" in said:
        others = said - SIGNS - {"0"}
        beside = said & SIGNS and all(vote_of(word) == "absent" for word in others)
        return {"0": "abstain"} if beside else {}
    return {"a": "abstain", "x": "absent"} if {"a", "x"} <= said <= LETTERS else {}
