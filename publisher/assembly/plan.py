"""The page of plans 年度计划: what was planned, what is done, how it was changed, what was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.plan.standing import Standing, carried_over, published, standing
from ledger.rules.plan.versions import TOLD, Difference, Item, Version, differences, standing_on, versions
from ledger.words import Words
from publisher.assembly.said import Said, records
from publisher.chart.stacked import Part, stacked
from publisher.reading.answers import Answers, unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

KIND = "annual_plan"
TABLE = "planned_item"
NEEDED = (
    "year", "approved_by", "approved_on", "items", "items.item", "items.topic", "items.way", "items.quarter",
    "items.owner",
)  # fmt: skip
DOING: Mapping[str, tuple[str, str]] = {
    "activity": ("starts_on", "closed_on"),
    "open_meeting": ("held_on", "outcome"),
}
"""The kinds whose records do an item of a plan: the day of each, and what it says once it is done."""
STATES = ("done", "under_way", "due", "to_come", "cancelled")
ICONS = {"done": "ok", "under_way": "part", "due": "late", "to_come": "none", "cancelled": "stop"}
MOST = 6
"""How many plans the page shows, the latest ones; all of them stand in their list."""


@dataclass(frozen=True)
class Plan:
    """A plan with its versions, and how each item of the one that holds today stands."""

    answers: Answers
    versions: tuple[Version, ...]
    items: tuple[Standing, ...]
    reasons: Mapping[str, Answers]
    """The amendments by their codes."""

    @property
    def code(self) -> str:
        """Its public code."""
        return str(self.answers["code"])

    @property
    def year(self) -> int:
        """The year it is for."""
        return int(self.answers["year"])

    def counted(self) -> Counter[str]:
        """How many items stand how."""
        return Counter(each.state for each in self.items)


def plans(public: Public) -> list[Plan]:
    """Every public plan, folded with its amendments and activities; the latest year first."""
    if unpublished(public, KIND, *NEEDED):
        return []
    on = date.fromisoformat(public.release["as_of"])
    amendments, doing = records(public, "plan_amendment"), list(_doing(public))
    found = []
    for each in records(public, KIND):
        if not {"year", "approved_on", "items"} <= each.keys() or not all(map(_whole, each["items"])):
            continue  # filed when the form asked less
        own = [
            one
            for one in amendments
            if one.get("plan") == each["code"] and {"decided_on", "changes"} <= one.keys()
        ]
        made = versions(each, own)
        named = [one for one in doing if one["plan"] == each["code"]]
        now = standing_on(made, on)
        items = tuple(standing(int(each["year"]), item, named, on) for item in now.items)
        found.append(Plan(each, made, items, {str(one["code"]): one for one in own}))
    return sorted(found, key=lambda each: (-each.year, each.answers.get("plan_kind", ""), each.code))


def _whole(row: Answers) -> bool:
    return {"item", *TOLD} <= row.keys()


def _doing(public: Public) -> Iterator[Answers]:
    """Every public record that names a plan, as an activity of it."""
    for kind, (day, done) in DOING.items():
        for each in records(public, kind):
            if "plan" in each and "plan_item" in each and day in each:
                yield {
                    **{name: each[name] for name in ("code", "plan", "plan_item")},
                    **{name: each[name] for name in ("cancelled_on",) if name in each},
                    "starts_on": each[day],
                    **({"closed_on": each[done if done.endswith("_on") else day]} if done in each else {}),
                }


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of plans is given."""
    said = PlanWords("plan", public, links, rulebook, words, lang)
    found = plans(public)
    return {
        "as_of": public.release["as_of"],
        "untold": said.untold(KIND, *NEEDED) if KIND in public.kinds else "",
        "verdict": said.verdict(found),
        "caveat": said.caveat(),
        "plans": [said.plan(each) for each in found[:MOST]],
        "rest": len(found) - MOST if len(found) > MOST else 0,
        "changes": [change for each in found[:MOST] for change in said.changes(each)],
        "left": [told for each in found if (told := said.left(each, found))],
        "basis": said.basis("plan.published_days"),
        "rows_href": said.rows(TABLE),
    }


class PlanWords(Said):
    """The words of the page of plans."""

    def verdict(self, found: Sequence[Plan]) -> tuple[str, str] | None:
        """How many items of the last year's plans are done, and how many are past their quarter."""
        if not found:
            return None
        year = found[0].year
        counted = sum((each.counted() for each in found if each.year == year), Counter[str]())
        of = sum(counted.values())
        rest = self.say("verdict.due", n=counted["due"]) if counted["due"] else self.say("verdict.none_due")
        return self.say("verdict", year=year, of=of, n=counted["done"]), rest

    def caveat(self) -> str:
        """That an activity that waits for its approval does no item yet; or that none is public at all."""
        kinds = self.public.kinds
        if "activity" not in kinds or self.untold("activity", "plan", "plan_item", "starts_on", "closed_on"):
            return self.say("caveat.none")
        return self.say("caveat") if kinds["activity"].gate != "none" else ""

    def plan(self, each: Plan) -> dict[str, Any]:
        """A plan: who approved it, whether the public was told, how many of how many, and its items."""
        counted, of = each.counted(), len(each.items)
        parts = [Part(self.say(f"state.{state}"), counted[state]) for state in STATES]
        title = self.public.titles[each.code]
        told = each.answers
        by = self.lamps.choice(KIND, "approved_by", told["approved_by"])
        return {
            "id": f"plan-{each.code.lower()}",
            "title": title,
            "href": self.public.path(each.code),
            "approved": self.say("approved", by=by, day=told["approved_on"]),
            "published": self.told(published(told, self.on, self.rulebook), "plan.published_days"),
            "versions": len(each.versions) - 1,
            "finding": self.say("finding", title=title, n=counted["done"], of=of),
            "chart": stacked(parts),
            "end": self.say("end", of=of),
            "rows": self.rows(TABLE, code=each.code),
            "items": [self.item(one) for one in each.items],
        }  # fmt: skip

    def item(self, each: Standing) -> dict[str, Any]:
        """An item's line."""
        return {
            "item": each.item.item,
            "topic": each.item.topic,
            "way": self.way(each.item),
            "quarter": self.say("quarter", n=each.item.quarter),
            "owner": each.item.owner,
            "is": each.state,
            "icon": ICONS[each.state],
            "state": self.say(f"state.{each.state}"),
            "day": each.done_on,
            "note": self.say("added") if each.item.since else each.item.carried_from,
            "activities": self.to_all(each.activities),
        }

    def way(self, item: Item) -> str:
        """The form of an item by its label."""
        return self.lamps.choice(KIND, "items.way", item.way)

    def changes(self, each: Plan) -> Iterator[dict[str, Any]]:
        """Each amendment as what it made of the version before."""
        for before, after in zip(each.versions, each.versions[1:], strict=False):
            told = each.reasons[after.by]
            yield {
                "plan": (self.public.titles[each.code], self.public.path(each.code)),
                "day": after.on,
                "href": self.public.path(after.by),
                "by": self.lamps.choice("plan_amendment", "decided_by", told.get("decided_by", "")),
                "reason": told.get("reason", ""),
                "counts": self.say("counts", before=len(before.items), after=len(after.items)),
                "lines": [self.difference(one) for one in differences(before, after)],
            }

    def difference(self, each: Difference) -> dict[str, str]:
        """One item before and after."""
        return {
            "change": each.change,
            "what": self.say(f"change.{each.change}", item=each.item),
            "before": self.side(each.before, each.after),
            "after": self.side(each.after, each.before),
        }

    def side(self, item: Item | None, other: Item | None) -> str:
        """What a side says: all of what is only there, and of two the parts that differ."""
        if item is None:
            return ""
        parts = {
            "topic": item.topic,
            "way": self.way(item),
            "quarter": self.say("quarter", n=item.quarter),
            "owner": item.owner,
        }
        differ = [
            text
            for name, text in parts.items()
            if other is None or getattr(item, name) != getattr(other, name)
        ]
        return " · ".join(differ)

    def left(self, each: Plan, found: Sequence[Plan]) -> dict[str, Any] | None:
        """Of a year that is over, what it left open, and where the next plan of the same sort takes it on."""
        if self.on.year <= each.year:
            return None
        after = [one for one in found if one.year == each.year + 1 and _sort(one) == _sort(each)]
        if not after:
            return None
        taken = carried_over(each.items, each.year, after[0].versions[-1].items)
        topics = {one.item.item: one.item.topic for one in each.items}
        return {
            "title": self.public.titles[each.code],
            "href": self.public.path(each.code),
            "lines": [
                {
                    "text": self.say("left.item", item=item, topic=topics[item]),
                    "to": self.into(into, each.year + 1),
                    "is": "ok" if into else "late",
                }
                for item, into in taken.items()
            ],
        }  # fmt: skip

    def into(self, item: str | None, year: int) -> str:
        """Where an item that was left goes."""
        return self.say("left.taken", item=item, year=year) if item else self.say("left.lost")


def _sort(plan: Plan) -> tuple[Any, Any]:
    return plan.answers.get("body"), plan.answers.get("plan_kind")
