"""The clocks after a reply: rate it, handle the matter again, keep what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ledger.rules.deadline import on_the_day
from ledger.rules.suggestion.case import VERDICTS, Answers, must_rehandle, verdict_of
from ledger.rules.suggestion.clock import Clock, Counting, by_day, day_in, very_after


def after_the_reply(ask: Counting) -> Iterator[Clock]:
    """The clocks of rating, handling again and keeping promises."""
    yield from _rate(ask)
    yield from _rehandle(ask)
    yield from _promises(ask)


def _rate(ask: Counting) -> Iterator[Clock]:
    """Each reply to the deputies is to be rated; an opinion among organs is not."""
    joined = {
        (str(each["code"]), organ)
        for each in ask.case.records.get("assignment", ())
        for organ in each.get("co_organs", ())
    }
    for reply in by_day(ask.case, "reply"):
        if (str(reply.get("assignment")), str(reply.get("organ"))) not in joined:
            ratings = by_day(ask.case, "rating", reply=reply["code"])
            of_reply = [each for each in ratings if each.get("stage") != "promise_fulfilment"]
            yield from ask.clock("rate", (reply,), day_in(next(iter(of_reply), None), "rated_on"), of=reply)


def _rehandle(ask: Counting) -> Iterator[Clock]:
    """A reply that does not satisfy is given once more; each answer ends one re-handling only.

    Where the limit counts from the rating it runs though nobody has opened a re-handling yet.
    """
    replies = by_day(ask.case, "reply")
    taken: set[str] = set()
    for rated in replies:
        for rating, order in _sent_back(ask, rated):
            organ = (order or rated).get("organ")
            since = day_in(order, "opened_on") or day_in(rating, "rated_on")
            answer = next(
                (
                    each
                    for each in replies
                    if each["code"] != rated["code"]
                    and each["code"] not in taken
                    and each.get("organ") == organ
                    and since
                    and (day_in(each, "replied_on") or date.min) >= since
                ),
                None,
            )
            taken |= {str(answer["code"])} if answer else set()
            yield from ask.clock(
                "rehandle",
                (order or {}, rating),
                day_in(answer, "replied_on"),
                of=order or rating,
                organ=str(organ or ""),
                why="clock.why.limit" if order else "clock.why.not_opened",
            )


def _sent_back(ask: Counting, rated: Answers) -> Sequence[tuple[Answers, Answers | None]]:
    """The ratings of a reply that send it back, with the re-handling that was opened; of several deputies who
    are not satisfied the first counts."""
    ratings = by_day(ask.case, "rating", reply=rated["code"])
    opened = [
        (rating, order)
        for rating in ratings
        for order in by_day(ask.case, "rehandling", rating=rating["code"])
    ]
    if opened or ask.counted_from("rehandle_within") != "rated_on":
        return opened
    return [
        (rating, None)
        for rating in ratings
        if rating.get("stage") != "promise_fulfilment" and must_rehandle(rating)
    ][:1]


def _promises(ask: Counting) -> Iterator[Clock]:
    """A promise is kept when the organ says so, unless a check on the spot finds otherwise."""
    replies = {str(each["code"]): each for each in by_day(ask.case, "reply")}
    entered = [each for each in ask.case.records.get("promise", ()) if str(each.get("reply")) in replies]
    named = {str(each["reply"]) for each in entered}
    implied = [
        {"code": code, "reply": code, "organ": each.get("organ"), "due_on": each["promised_for"]}
        for code, each in replies.items()
        if each.get("promised_for") and code not in named
    ]
    for each in sorted((*entered, *implied), key=lambda one: (str(one["due_on"]), str(one["code"]))):
        start = day_in(replies[str(each["reply"])], "replied_on") or date.min
        deadline = on_the_day(start, date.fromisoformat(each["due_on"]), ask.known())
        done, why = _kept(ask, each, start)
        yield Clock(
            "promise", deadline, done, why, None, str(each["code"]), str(each.get("organ") or ""),
            very_after=very_after(deadline, ask.rulebook),
        )  # fmt: skip
        if claimed := day_in(each, "claimed_done_on"):
            ratings = by_day(ask.case, "rating", reply=each["reply"], stage="promise_fulfilment")
            days = (day_in(one, "rated_on") for one in ratings)
            rated = next((day for day in days if day and day >= claimed), None)
            yield from ask.clock("rate_promise", (each,), rated, of=each)


def _kept(ask: Counting, promise: Answers, since: date) -> tuple[date | None, str]:
    claimed = day_in(promise, "claimed_done_on")
    found = [
        each
        for each in by_day(ask.case, "onsite_check")
        if each.get("promise", promise["code"]) == promise["code"]
        and str(each["checked_on"]) >= since.isoformat()
    ]
    if not found:
        return claimed, "clock.why.promised"
    checked = max(date.fromisoformat(each["checked_on"]) for each in found)
    last = [verdict_of(each) for each in found if each["checked_on"] == checked.isoformat()]
    worst = max(last, key=VERDICTS.index)
    if worst == "done":
        return min(claimed or checked, checked), "clock.why.promised"
    if worst in ("partly", "not_done") and claimed and checked >= claimed:
        return None, "clock.why.reopened"
    return claimed, "clock.why.promised"
