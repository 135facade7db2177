"""The chains of oversight 监督全链条: each from its two halves to its close; observers; court hearings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight.chain import STATES, Chain
from ledger.rules.oversight.observers import PAIRS, combinations, complete
from ledger.words import Words
from publisher.oversight.said import STATE_ICONS, Said
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "chains"


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the chains is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    around = said.around("oversight_item")
    if around["closed"]:
        return around
    every = [(each, said.all.chain(each)) for each in said.all.records("oversight_item")]
    every.sort(key=lambda pair: (pair[1].closed, -pair[1].open_days(said.all.on), pair[0]["code"]))
    shut = [found for _, found in every if found.closed]
    opinions, published = (
        sum(found.opinions for _, found in every),
        sum(found.published for _, found in every),
    )
    return {
        **around,
        "verdict": (
            said.say("verdict", n=len(shut), of=len(every)),
            said.say("verdict.rest", n=len(every) - len(shut), opinions=opinions, published=published),
        )
        if every
        else None,
        "figures": [
            said.figure(
                "closed", len(shut), len(every), links.table("oversight_item_state", state="closed"), "items"
            ),
            said.figure("published", published, opinions, links.table("oversight_item_state"), "reports"),
            said.figure("expert", *_with_an_expert(said), links.table("oversight_step"), "times"),
        ],
        "parts_of": said.parts("chain", STATES[::-1], (found.state for _, found in every), "items"),
        "open": [drawn(said, each, found) for each, found in every if not found.closed],
        "done": [drawn(said, each, found) for each, found in every if found.closed],
        "observers": [_observer(said, each) for each in said.all.records("observer")],
        "courts": _courts(said),
    }


def _with_an_expert(said: Said) -> tuple[int, int]:
    """Of the inspections and checks, how many an observer took part in."""
    looked = [
        each
        for each in said.all.records("oversight_step")
        if each["step"] in ("linked_inspection", "enforcement_check", "follow_up")
    ]
    return sum(bool(each.get("observers")) for each in looked), len(looked)


def drawn(said: Said, item: Answers, found: Chain) -> dict[str, Any]:
    """One chain: its links in order, how long it is open, which combinations it had."""
    steps = said.all.steps.get(item["code"], ())
    return {
        "title": said.public.titles[item["code"]],
        "href": said.public.path(item["code"]),
        "organs": [said.link(code) for code in item.get("organs", ())],
        "chain": said.choice("oversight_item", "chain", item["chain"]),
        **said.state("chain", found.state),
        "days": said.say("open_days" if not found.closed else "took_days", n=found.open_days(said.all.on)),
        "early": said.say("closed_early") if found.closed_early else "",
        "links": [*_links(said, item, found)],
        "pairs": [
            {
                "name": said.say(f"pair.{n}"),
                "icon": "ok" if len(used) == 2 else "none",
                "word": said.say("pair.both") if len(used) == 2 else _half(said, used),
            }
            for n, used in enumerate(combinations(steps), 1)
        ],
        "whole": said.say("pairs", n=complete(steps), of=len(PAIRS)),
    }


def _half(said: Said, used: Sequence[str]) -> str:
    return (
        said.say("pair.one", mode=said.choice("oversight_step", "modes", used[0]))
        if used
        else said.say("pair.none")
    )


def _links(said: Said, item: Answers, found: Chain) -> list[dict[str, Any]]:
    """The chain as a line of links: two halves, opinions sent, reports filed, reports published, closed."""
    steps = said.all.steps.get(item["code"], ())
    made: list[dict[str, Any]] = []
    for name, day in found.halves:
        first = next(
            (each for each in sorted(steps, key=lambda each: each["held_on"]) if each["step"] == name), None
        )
        made.append(
            {
                "icon": "ok" if day else "none",
                "head": said.choice("oversight_step", "step", name),
                "what": day.isoformat() if day else said.say("link.not_held"),
                "href": said.public.path(first["code"]) if first and day else None,
            }
        )
    of = found.opinions
    made.append(_link(said, "opinion", of, of))
    made.append(_link(said, "report", found.answered, of))
    made.append(_link(said, "published", found.published, of))
    closing = found.closed_on.isoformat() if found.closed_on else said.say("link.open")
    made.append(
        {
            "icon": "ok" if found.closed else "none",
            "head": said.say("link.closing"),
            "what": closing,
            "href": None,
        }
    )
    return made


def _link(said: Said, name: str, n: int, of: int) -> dict[str, Any]:
    icon = "none" if not n else "ok" if n == of else "part"
    text = said.say("link.n_of", n=n, of=of) if of else said.say("link.no_opinion")
    return {"icon": icon, "head": said.say(f"link.{name}"), "what": text, "href": None}


def _observer(said: Said, each: Answers) -> dict[str, Any]:
    """An observer: who, what they know, until when; out of term says so."""
    day = said.all.on.isoformat()
    over = each.get("until", "9999") < day
    return {
        "name": said.link(each["code"]),
        "kind": said.choice("observer", "observer_kind", each["observer_kind"])
        if "observer_kind" in each
        else "",
        "knows": "、".join(
            said.choice("observer", "specialities", one) for one in each.get("specialities", ())
        ),
        "until": said.say("observer.over" if over else "observer.until", day=each.get("until", "")),
        "icon": "none" if over else STATE_ICONS["kept"],
    }


def _courts(said: Said) -> dict[str, Any] | None:
    """千名代表听百案: hearings and attendances beside their targets; who attended most is not asked."""
    heard = said.all.records("court_audit")
    values = said.rulebook.values
    if not heard or "oversight.court_hearings" not in values:
        return None
    hearings, attended = (
        int(values["oversight.court_hearings"].value),
        int(values["oversight.court_attendances"].value),
    )
    rows = said.links.table("court_audit")
    return {
        "figures": [
            said.figure("hearings", len(heard), hearings, rows, "hearings"),
            said.figure(
                "attendances", sum(each.get("deputies_n", 0) for each in heard), attended, rows, "attendances"
            ),
            said.figure(
                "court_answered", sum("answered_on" in each for each in heard), len(heard), rows, "hearings"
            ),
        ],
        "basis": said.lamps.rests_on("oversight.court_hearings"),
    }


def record(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the page of one oversight item is given beside what all are."""
    said = Said(public, DataLinks(""), rulebook, words, lang, PAGE)
    item = said.all.record("oversight_item", row["code"])
    if item is None or said.closed("oversight_item"):
        return {"chained": None}
    found = said.all.chain(item)
    opinions = []
    for each in said.all.opinions.get(item["code"], ()):
        handled = said.all.handled(each)
        opinions.append(
            {
                **said.state("opinion", handled.state),
                "opinion": said.link(each["code"]),
                "due": said.words.say("site.oversight.due", lang, day=handled.deadline.due),
                "how": said.counted(handled.deadline),
            }
        )
    return {"chained": {**drawn(said, item, found), "opinions": opinions}}
