"""Must a ballot, its counts and its result agree? What only shows when they lie side by side.

The arithmetic of one record stands in its form; what is a lamp on a page (too few seats contested, no quorum)
refuses nothing. Here stands what would make the ledger contradict itself. Articles as in `ballot_terms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Kept, Others, Rule, Writer
from ledger.rules.ballot import tally
from ledger.rules.ballot.conduct import frozen_before

ASKED = frozenset({("ballot", "cycle"), ("tally_count", "ballot"), ("ballot_result", "ballot")})

_NAMES = {
    "issued": {"zh": "发出", "en": "issued"},
    "returned": {"zh": "收回", "en": "returned"},
    "valid": {"zh": "有效", "en": "valid"},
    "invalid": {"zh": "无效", "en": "invalid"},
    "blank": {"zh": "空白", "en": "blank"},
    "approve": {"zh": "赞成", "en": "approve"},
    "oppose": {"zh": "反对", "en": "oppose"},
    "abstain": {"zh": "弃权", "en": "abstain"},
    "points": {"zh": "排序得分", "en": "points"},
}

_TERMS = {
    "voted_on": {"zh": "投票日期", "en": "Voted on"},
    "body_kind": {"zh": "谁来投票", "en": "Who votes"},
    "ballot_form": {"zh": "怎么填票", "en": "How sheets are marked"},
    "seats": {"zh": "选几项", "en": "Seats"},
    "base": {"zh": "过半数按谁算", "en": "Base of the majority"},
    "threshold": {"zh": "要达到几分之几", "en": "Threshold"},
    "strict": {"zh": "要超过才算", "en": "More than the threshold"},
    "tie_rule": {"zh": "末位同票怎么办", "en": "A tie at the cut"},
    "list_frozen_on": {"zh": "名单定下日期", "en": "List frozen on"},
    "round": {"zh": "第几轮", "en": "Round"},
    "revote_of": {"zh": "接着哪一次投", "en": "After which ballot"},
}
"""What was voted on and how it is reckoned, as the form asks it."""

_PEOPLE = {
    "roster_size": {"zh": "全体人数", "en": "All members"},
    "present": {"zh": "到会人数", "en": "Present"},
}


# -- a ballot --


def list_has_its_digest(
    ballot: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """The digest is that of the list it freezes: otherwise no count could be shown to be of this list."""
    right = _digest(ballot)
    if ballot["list_digest"] != right:
        yield _problem("/list_digest", "list_digest", value=ballot["list_digest"], right=right or "—")


def list_stays_once_counted(
    ballot: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A frozen list is not exchanged under those who counted it."""
    counts = others.about("tally_count", "ballot", replaced) if replaced else ()
    if any(each.answers["list_digest"] != ballot["list_digest"] for each in counts):
        yield _problem("/candidates", "list_counted", counts=len(counts))


def terms_stay_once_counted(
    ballot: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Who sees the counts cannot choose the rule by which they decide; nor, once a result is signed, of how
    many a majority was needed."""
    before = others.answers("ballot", replaced) if replaced else None
    if replaced is None or before is None:
        return
    if (counts := others.about("tally_count", "ballot", replaced)) and not _own_transcript(writer, counts):
        for name, what in _TERMS.items():
            if not _same_answer(name, before, ballot, others):
                yield _problem(f"/{name}", "terms_counted", what=what, counts=len(counts))
    results = others.about("ballot_result", "ballot", replaced)
    if results and not _own_transcript(writer, (*results, *counts)):
        for name, what in _PEOPLE.items():
            if before.get(name) != ballot.get(name):
                yield _problem(f"/{name}", "people_declared", what=what, value=results[0].code)


def further_round_follows(
    ballot: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """B8, B9 地方组织法第二十九条: those who tie, or seats that stay open, are voted on again, in a later
    round of the same cycle."""
    if "revote_of" not in ballot:
        return
    same_cycle = _find(others.about("ballot", "cycle", ballot["cycle"]), ballot["revote_of"])
    if same_cycle is None:
        yield _problem("/revote_of", "revote_other_cycle", value=ballot["revote_of"])
    elif same_cycle.answers["round"] >= ballot["round"]:
        before = same_cycle.answers["round"]
        yield _problem("/round", "revote_round", value=ballot["round"], before=before)


# -- a count --


def count_is_of_the_frozen_list(
    count: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """What was counted is the ballot's own list, each option once, and the code on the screen is of it.

    Of a list that is another one nothing more is said: one line tells what to mend.
    """
    ballot = others.answers("ballot", count["ballot"])
    if ballot is None:
        yield _problem("/ballot", "no_ballot", value=count["ballot"])
        return
    if not _frozen(ballot):
        yield _problem("/ballot", "not_frozen", frozen=ballot["list_frozen_on"], voted=ballot["voted_on"])
    elif count["list_digest"] != ballot["list_digest"]:
        yield _problem("/list_digest", "other_list", value=count["list_digest"], right=ballot["list_digest"])
    elif faults := list(_options(count, ballot)):
        yield from faults
    else:
        code = tally.check_code(count["list_digest"], _listed(ballot), count)
        if count["check_code"].replace(" ", "") != code.replace(" ", ""):
            yield _problem("/check_code", "check_code", value=count["check_code"], right=code)


def one_count_a_teller(
    count: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Two tellers count once each, blind to the other: a second count of the same person checks nothing.

    What the office brings in from paper under its own key it files for others.
    """
    if writer.holder is None or (replaced is not None and _stays(count, others, replaced)):
        return
    for each in others.about("tally_count", "ballot", count["ballot"]):
        if each.holder is not None and _same_person(each, writer):
            yield _problem("/ballot", "second_count", value=each.code)
            return


def count_stays_once_cited(
    count: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A result was signed for the counts it cites: their figures do not change under it, unless it says how
    a difference was settled (选举法第四十三条).

    The office corrects its own transcript of both in one import, the counts first.
    """
    before = others.answers("tally_count", replaced) if replaced else None
    if replaced is None or before is None or writer.holder is None:
        return
    stays = _stays(count, others, replaced)
    if stays and not tally.compare(_figures(before), _figures(count)):
        return
    for result in others.about("ballot_result", "ballot", before["ballot"]):
        # What is replaced is not among the counts: a result that misses one cites it.
        left = _counts(result.answers, others)
        cited = any(_find(left, ref) is None for ref in result.answers.get("counts", ()))
        if cited and not (stays and "resolution" in result.answers):
            yield _problem("/ballot", "count_cited", value=result.code)
            return


# -- a result --


def result_cites_two_counts(
    result: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Two different counts of this ballot, by two people; a ballot that is void has none to cite."""
    if _is_void(result):
        return
    found = [_find(_counts(result, others), ref) for ref in result["counts"]]
    for place, each in enumerate(found):
        if each is None:
            yield _problem(f"/counts/{place}", "not_of_this_ballot", value=result["counts"][place])
            return
    one, other = (each for each in found if each is not None)
    if one.code == other.code:
        yield _problem("/counts/1", "same_count", value=result["counts"][1])
    elif one.holder is not None and other.holder is not None and _same_person(one, other):
        yield _problem("/counts/1", "one_teller", value=result["counts"][1])


def result_is_what_was_counted(
    result: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """The options are those of the list, and every figure is that of both counts, or it is said how the
    difference was settled (选举法第四十三条: the scrutineers sign for it)."""
    if _is_void(result):
        return
    ballot = others.answers("ballot", result["ballot"])
    if ballot is None:
        yield _problem("/ballot", "no_ballot", value=result["ballot"])
        return
    faults = list(_options(result, ballot))
    yield from faults
    cited = [_find(_counts(result, others), ref) for ref in result["counts"]]
    if faults or "resolution" in result or None in cited:
        return
    one, other = (each.answers for each in cited if each is not None)
    if differ := tally.compare(_figures(one), _figures(other)):
        yield _differs("/resolution", "counts_differ", differ[0])
    elif differ := tally.compare(_figures(result), _figures(one)):
        at = "/totals" if differ[0].option else f"/{differ[0].field}"
        yield _differs(at, "result_differs", differ[0])


def one_result_a_ballot(
    result: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A result is corrected, not doubled: of two nobody could say which holds."""
    if there := others.about("ballot_result", "ballot", result["ballot"]):
        yield _problem("/ballot", "second_result", value=there[0].code)


def stays_valid_once_counted(
    result: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """B5 选举法第四十四条: void is a ballot of which more came back than went out. Where the two counts that
    were cited say it was not so, a correction does not wipe them away."""
    before = others.answers("ballot_result", replaced) if replaced else None
    if before is None or not _is_void(result):
        return
    found = [_find(_counts(before, others), ref) for ref in before.get("counts", ())]
    cited = [each for each in found if each is not None]
    held = [each for each in cited if each.answers["returned"] <= each.answers["issued"]]
    if cited and len(held) == len(found) and not _own_transcript(writer, held):
        yield _problem("/declared_void", "void_uncounted", value=", ".join(each.code for each in held))


def announced_after_the_vote(
    result: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Nothing is announced before it was voted on."""
    ballot = others.answers("ballot", result["ballot"])
    if ballot is not None and result["announced_on"] < ballot["voted_on"]:
        value, voted = result["announced_on"], ballot["voted_on"]
        yield _problem("/announced_on", "announced_before", value=value, voted=voted)


BALLOT: tuple[Rule, ...] = (
    list_has_its_digest,
    list_stays_once_counted,
    terms_stay_once_counted,
    further_round_follows,
)
TALLY_COUNT: tuple[Rule, ...] = (count_is_of_the_frozen_list, one_count_a_teller, count_stays_once_cited)
BALLOT_RESULT: tuple[Rule, ...] = (
    result_cites_two_counts,
    result_is_what_was_counted,
    one_result_a_ballot,
    stays_valid_once_counted,
    announced_after_the_vote,
)


# -- what they share --


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.agree.{key}", params)


def _differs(pointer: str, key: str, differ: tally.Difference) -> AnswerProblem:
    name = _NAMES[differ.field]
    what = name if differ.option is None else {
        "zh": f"{differ.option} 号的{name['zh']}", "en": f"{name['en']} of option {differ.option}",
    }  # fmt: skip
    return _problem(pointer, key, what=what, a=differ.a, b=differ.b)


def _is_void(result: Answers) -> bool:
    """Whether nothing was counted; a phone that has only the form of before was not asked."""
    return bool(result.get("declared_void"))


def _listed(ballot: Answers) -> list[str]:
    return [row["option"] for row in ballot["candidates"]]


def _digest(ballot: Answers) -> str | None:
    try:
        return tally.list_digest([(row["option"], row["subject"]) for row in ballot["candidates"]])
    except ValueError:
        return None  # a tab or a line break in a subject: no list that could be frozen


def _frozen(ballot: Answers) -> bool:
    return frozen_before(date.fromisoformat(ballot["list_frozen_on"]), date.fromisoformat(ballot["voted_on"]))


def _options(counted: Answers, ballot: Answers) -> Iterator[AnswerProblem]:
    """Totals are of the options on the list, all of them; that none is there twice the form has seen."""
    listed, rows = _listed(ballot), [row["option"] for row in counted["totals"]]
    for place, option in enumerate(rows):
        if option not in listed:
            at = f"/totals/{place}/option"
            yield _problem(at, "option_unknown", value=option, options=", ".join(listed))
            return
    if missing := [option for option in listed if option not in rows]:
        yield _problem("/totals", "option_missing", value=", ".join(missing))


def _figures(counted: Answers) -> dict[str, Any]:
    return {name: counted[name] for name in (*tally.SHEETS, "totals")}


def _counts(result: Answers, others: Others) -> Sequence[Kept]:
    return others.about("tally_count", "ballot", result["ballot"])


def _find(kept: Sequence[Kept], ref: str) -> Kept | None:
    return next((each for each in kept if each.is_named(ref)), None)


def _same_person(one: Kept, other: Kept | Writer) -> bool:
    return one.device_pair == other.device_pair or one.holder == other.holder


def _own_transcript(writer: Writer, kept: Sequence[Kept]) -> bool:
    """Whether the office corrects what it brought in from paper, all of it under its own key."""
    return writer.holder is None and all(each.holder is None for each in kept)


def _stays(count: Answers, others: Others, replaced: str) -> bool:
    """Whether a corrected count is still of the same ballot: then it is no second one."""
    before = others.answers("tally_count", replaced)
    return before is not None and _same_ballot(before["ballot"], count["ballot"], others)


def _same_answer(name: str, before: Answers, ballot: Answers, others: Others) -> bool:
    one, other = before.get(name), ballot.get(name)
    return one == other or (name == "revote_of" and _same_ballot(one, other, others))


def _same_ballot(one: str | None, other: str | None, others: Others) -> bool:
    """Whether two references mean one ballot, one perhaps by its code and one by the office's name."""
    if one is None or other is None:
        return False
    return one == other or others.answers("ballot", one) == others.answers("ballot", other)
