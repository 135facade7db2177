"""Must a station's records agree? What only shows when they lie side by side.

What is merely a bad sign (old evidence, a rota announced late, a group without a convener) is a lamp on a
page and refuses nothing. Here stands what would make the ledger contradict itself, and, in `under`, what a
congress has ruled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Kept, Others, Rule, Writer
from ledger.rulebooks import Rulebook
from ledger.rules.station.demonstration import ORDER, sources
from ledger.rules.station.evaluation import ends, names_heads, weights
from ledger.rules.station.roster import overlap

Problems = Iterator[AnswerProblem]

ASKED = frozenset(
    {
        ("station_check", "standard"),
        ("station_roster", "deputy"),
        ("station_roster", "station"),
        ("station_duty", "station"),
        ("station_duty", "deputies"),
        ("station_log", "duty"),
        ("demonstration_site", "station"),
        ("station_evaluation", "station"),
    }
)

_STAGES = {
    "nominated": {"zh": "确定培育", "en": "nominated"},
    "building": {"zh": "正在打造", "en": "being built up"},
    "accepted": {"zh": "验收通过", "en": "accepted"},
    "dropped": {"zh": "不再列入", "en": "dropped"},
}


# -- a standard and a check --


def items_stay_once_checked(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """九有: a checklist is not exchanged under those who checked by it; another list is another version."""
    before = others.answers("station_standard", replaced) if replaced else None
    if replaced is None or before is None or _items(before) == _items(new):
        return
    if checks := others.about("station_check", "standard", replaced):
        yield _problem("/items", "standard_checked", n=len(checks))


def check_by_its_standard(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A check names items of its standard, on a day when that version was in force."""
    standard = others.answers("station_standard", new["standard"])
    if standard is None:
        return
    if new["checked_on"] < standard["effective_from"]:
        yield _problem("/standard", "check_before", day=new["checked_on"], since=standard["effective_from"])
    elif new["checked_on"] > standard.get("effective_until", "9999"):
        yield _problem("/standard", "check_after", day=new["checked_on"], until=standard["effective_until"])
    known = _items(standard)
    for n, row in enumerate(new["items"]):
        if row["item"] not in known:
            there = "、".join(known)
            yield _problem(f"/items/{n}/item", "check_item", item=row["item"], there=there)


def _items(standard: Answers) -> dict[str, str]:
    return {row["item"]: row["says"] for row in standard["items"]}


# -- a roster --


def roster_of_a_deputy(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """编组进站: as what a deputy is placed, and since when, is what the register of deputies says."""
    deputy = others.answers("deputy", new["deputy"])
    if deputy is None:
        return
    name = deputy.get("name", new["deputy"])
    if new["level"] not in deputy.get("levels", ()):
        yield _problem("/level", "roster_level", name=name)
    if "ended_on" in deputy and new.get("until", "9999") > deputy["ended_on"]:
        yield _problem("/until", "roster_ended", name=name, day=deputy["ended_on"])


def one_home_at_a_time(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A deputy has one home station at a time, and stands in a station once."""
    for each in _besides(others.about("station_roster", "deputy", new["deputy"]), replaced):
        if not overlap(new, each.answers):
            continue
        if _same(others, "station", new["station"], each.answers["station"]):
            yield _problem("/station", "roster_twice", code=each.code)
            return
        if new["place"] == each.answers["place"] == "home":
            yield _problem("/place", "roster_home", code=each.code, since=each.answers["since"])
            return


def one_convener_at_a_time(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A group has one convener in a station: with two each waits for the other."""
    if new["role"] != "convener":
        return
    for each in _besides(others.about("station_roster", "station", new["station"]), replaced):
        there = each.answers
        if (there["group"], there["role"]) == (new["group"], "convener") and overlap(new, there):
            yield _problem("/role", "roster_convener", code=each.code, group=new["group"])
            return


# -- a duty and a log --


def duty_has_its_hours(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A station is announced once for the same hours, and nobody is at two stations at a time."""
    if new.get("called_off"):
        return
    for each in _besides(others.about("station_duty", "station", new["station"]), replaced):
        if _together(new, each.answers):
            yield _problem("/opens", "duty_twice", code=each.code, **_hours(each.answers))
            return
    for n, deputy in enumerate(new["deputies"]):
        for each in _besides(others.about("station_duty", "deputies", deputy), replaced):
            if _together(new, each.answers):
                yield _problem(f"/deputies/{n}", "duty_elsewhere", code=each.code, **_hours(each.answers))
                return


def duty_by_who_serves(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """代表法第六十二条: whose mandate has ended receives nobody as a deputy."""
    for n, ref in enumerate(new["deputies"]):
        deputy = others.answers("deputy", ref)
        if deputy and deputy.get("ended_on", "9999") < new["duty_on"]:
            yield _problem(
                f"/deputies/{n}", "duty_ended", name=deputy.get("name", ref), day=deputy["ended_on"]
            )


def log_of_its_duty(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A log of a duty is of that station and that day, once, and of no duty that was called off."""
    if "duty" not in new:
        return
    duty = others.kept("station_duty", new["duty"])
    if duty is None:
        return
    said = duty.answers
    if not _same(others, "station", new["station"], said["station"]):
        yield _problem("/duty", "log_station", code=duty.code)
    elif new["held_on"] != said["duty_on"]:
        yield _problem("/held_on", "log_day", day=new["held_on"], due=said["duty_on"])
    elif said.get("called_off"):
        yield _problem("/duty", "log_called_off", code=duty.code)
    elif there := next(iter(_besides(others.about("station_log", "duty", new["duty"]), replaced)), None):
        yield _problem("/duty", "log_twice", code=there.code)


def _together(one: Answers, other: Answers) -> bool:
    return bool(
        one["duty_on"] == other["duty_on"]
        and one["opens"] < other["closes"]
        and other["opens"] < one["closes"]
        and not other.get("called_off")
    )


def _hours(duty: Answers) -> dict[str, str]:
    return {name: str(duty[name]) for name in ("opens", "closes")}


# -- a demonstration site --


def site_step_by_step(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """示范站点: it is nominated first, each step comes once and after the last, and nothing after the end."""
    known = [
        each for each in _besides(others.about("demonstration_site", "station", new["station"]), replaced)
    ]
    for each in known:
        if each.answers["stage"] == new["stage"]:
            yield _problem("/stage", "site_twice", code=each.code, stage=_STAGES[new["stage"]])
            return
    before = {each.answers["stage"]: each.answers["stage_on"] for each in known}
    if new["stage"] != "nominated" and "nominated" not in before:
        yield _problem("/stage", "site_unnominated", stage=_STAGES[new["stage"]])
        return
    for stage, day in before.items():
        first = ORDER.index(stage) < ORDER.index(new["stage"])
        if (first and new["stage_on"] < day) or (not first and new["stage_on"] > day):
            yield _problem("/stage_on", "site_order", stage=_STAGES[stage], day=day)
            return


def money_of_a_site(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """The sources make up what was set aside: a sum no form can reckon."""
    named = sources(new)
    if named is not None and "funds" in new and named != new["funds"]:
        told = {"named": _yuan(named), "funds": _yuan(new["funds"])}
        yield _problem("/funding", "site_sources", **told)


# -- an evaluation --


def evaluated_once_it_is_over(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A period is judged when it is over, and once."""
    last = ends(new["period"]).isoformat()
    if new["evaluated_on"] <= last:
        yield _problem("/evaluated_on", "evaluated_early", day=new["evaluated_on"], last=last)
    for each in _besides(others.about("station_evaluation", "station", new["station"]), replaced):
        if each.answers["period"] == new["period"]:
            yield _problem("/period", "evaluated_twice", code=each.code, period=new["period"])
            return


def weights_are_a_hundred(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """Where indicators have weights, they come to a hundred: the method can be done again by anyone."""
    total = weights(new["indicators"])
    if total is not None and total != 100:
        yield _problem("/indicators", "weights", n=total)


def head_counts_are_no_indicator(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Problems:
    """不仅仅看代表去了多少人次: an indicator of its own wording does not count heads either."""
    for n, row in enumerate(new["indicators"]):
        if word := names_heads(row.get("other_indicator", "")):
            yield _problem(f"/indicators/{n}/other_indicator", "head_counts", word=word)


_EVALUATION: tuple[Rule, ...] = (evaluated_once_it_is_over, weights_are_a_hundred)

AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "station_standard": (items_stay_once_checked,),
    "station_check": (check_by_its_standard,),
    "station_roster": (roster_of_a_deputy, one_home_at_a_time, one_convener_at_a_time),
    "station_duty": (duty_has_its_hours, duty_by_who_serves),
    "station_log": (log_of_its_duty,),
    "demonstration_site": (site_step_by_step, money_of_a_site),
    "station_evaluation": (*_EVALUATION, head_counts_are_no_indicator),
}
"""The rules that hold where a rulebook says nothing else, in the order in which they are told."""


def under(rulebook: Rulebook) -> Mapping[str, tuple[Rule, ...]]:
    """The same in one congress: its rulebook may let head-counts in, and then the page says so."""
    if rulebook["station.head_counts_excluded"].value:
        return AGREEMENTS
    return {**AGREEMENTS, "station_evaluation": _EVALUATION}


# -- what they share --


def _besides(found: Iterable[Kept], replaced: str | None) -> list[Kept]:
    return [each for each in found if each.code != replaced]


def _same(others: Others, kind: str, one: str, other: str) -> bool:
    """Whether two references mean one record, by code or by name."""
    kept = others.kept(kind, one)
    return one == other if kept is None else kept.is_named(other)


def _yuan(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.station.{key}", params)
