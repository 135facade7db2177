"""The page of a suggestion: how it stands, what comes next, its deadlines, replies, ratings and checks.

Nothing but public.db and the congress's rulebook is read. Of a suggestion that is not public, its page says
number, date and state, and the template is given nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import Answers, day_of, verdict_of
from ledger.rules.suggestion.promise import Promise, promises
from ledger.words import Words
from publisher.correction.told import bare
from publisher.reading.facts import link
from publisher.reading.public import Public
from publisher.suggestion import phases
from publisher.suggestion.cases import NEEDED, about
from publisher.suggestion.state import state_of
from publisher.suggestion.timeline import timeline
from publisher.suggestion.words import Said, closed_words

Row = Mapping[str, Any]
PROMISES = {"kept": "ok", "broken": "late", "claimed": "part", "due": "due"}
VERDICTS = {"done": "ok", "partly": "part", "not_done": "late", "cannot_verify": "none"}
RATED = ("stage", "attitude", "result")


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a suggestion is given beside what every record's is."""
    suggestion = state_of(public, row, rulebook)
    on = suggestion.on
    said = Said(public, words, lang, suggestion)
    without = closed_words(public, words, lang)
    strong, rest = (without, "") if without and not suggestion.shut else said.verdict()
    told: dict[str, Any] = {"as_of": on.isoformat(), "strong": strong, "rest": rest}
    if suggestion.shut:
        corrections = [bare(each) for each in public.corrections.get(row["code"], ())]
        return told | {"shut": True, "related": [], "corrections": corrections, "author": None}
    told |= {"shut": False, "closed": bool(without)}
    if without:
        return told | {"place": _place(said, row), "timeline": timeline(said)}
    lone = _lone(said)
    if n := sum(map(len, lone.values())):
        told["rest"] = " ".join(filter(None, (rest, said.say("lone.rest", n=n))))
    return told | {
        "lone": lone,
        "place": _place(said, row),
        "must": said.must(),
        "may": said.may(),
        "clashes": said.contradictions(),
        "track": said.track(),
        "clocks": said.clocks.main(),
        "other_clocks": said.clocks.others(),
        "replies": [_reply(said, each) for each in _listed(said, "reply")],
        "ratings": [_rating(said, each) for each in _listed(said, "rating")],
        "promises": [_promise(said, each) for each in promises(suggestion.case, on)],
        "checks": [_check(said, each) for each in _listed(said, "onsite_check")],
        "supervision": [*supervision(said)],
        "withdrawals": [_withdrawal(said, each) for each in _listed(said, "withdrawal")],
        "awards": [link(public, each["code"]) for each in _listed(said, "award")],
        "phases": phases.phases(said),
        "timeline": timeline(said),
    }


def _lone(said: Said) -> dict[str, list[tuple[str, str | None]]]:
    """By kind, records that lack what the rules need: they are told of, and nothing follows from them."""
    known = {each["code"] for records in said.suggestion.case.records.values() for each in records}
    found: dict[str, list[tuple[str, str | None]]] = {kind: [] for kind in NEEDED}
    for kind, each in about(said.public, said.suggestion.code):
        if each["code"] not in known and kind in found:
            found[kind].append(link(said.public, each["code"]))
    return found


def _listed(said: Said, kind: str) -> list[Answers]:
    return said.suggestion.case.until(kind, date.max)


def _place(said: Said, row: Row) -> list[tuple[str, str | None]]:
    """Where it is about, and who handles it."""
    found = [link(said.public, row["grid"])] if row.get("grid") else []
    if row.get("topic"):
        found.insert(0, (said.choice("suggestion", "topic", row["topic"]), None))
    organs = [link(said.public, code) for code in said.suggestion.organs]
    found += [(said.say("handles", organ=text), href) for text, href in organs]
    found += [
        (said.say("helps", organ=text), href)
        for text, href in (link(said.public, code) for code in said.suggestion.co_organs)
    ]
    return found


def _reply(said: Said, each: Answers) -> dict[str, Any]:
    """One reply in full, with whether it still stands."""
    handled = said.suggestion.handlings
    leading = next((one for one in handled if each["code"] in {reply["code"] for reply in one.replies}), None)
    stands = any(one.reply is not None and one.reply["code"] == each["code"] for one in handled)
    untrue = any(one.claim == each["code"] and not one.settled_on for one in said.suggestion.contradictions)
    key = "untrue" if stands and untrue else "stands" if stands else "sent_back" if leading else "opinion"
    letter = said.choice("reply", "letter", each["letter"]) if "letter" in each else ""
    facts = [said.say("reply.contacted", day=each["contacted_on"])] if "contacted_on" in each else []
    if "in_person" in each:
        facts.append(said.say("reply.in_person" if each["in_person"] else "reply.not_in_person"))
    if "promised_for" in each:
        facts.append(said.say("reply.promised", day=each["promised_for"]))
    return {
        "organ": link(said.public, each.get("organ", "")),
        "on": each["replied_on"],
        "state": said.say(f"reply.{key}"),
        "icon": {"untrue": "late", "stands": "dot", "sent_back": "part", "opinion": "dot"}[key],
        "outcome": said.choice("reply", "outcome_class", each["outcome_class"]),
        "letter": letter,
        "facts": facts,
        "body": each.get("body", ""),
        "href": said.public.path(each["code"]),
    }


def _rating(said: Said, each: Answers) -> dict[str, Any]:
    who = each.get("rater") or each.get("author")
    return {
        **{name: said.choice("rating", name, each.get(name, "")) for name in RATED},
        "bad": [name for name in ("attitude", "result") if each.get(name) == "not_satisfied"],
        "on": each["rated_on"],
        "who": link(said.public, who) if who else None,
        "texts": [each[name] for name in ("attitude_reason", "result_reason", "comment") if name in each],
        "href": said.public.path(each["code"]),
    }


def _promise(said: Said, each: Promise) -> dict[str, Any]:
    told = [said.say("promise.due", day=each.due_on)]
    if each.claimed_on:
        told.append(said.say("promise.claimed", day=each.claimed_on))
    if each.seen:
        verdict = said.rule(f"suggestion.verdict.{each.seen.verdict}")
        told.append(said.say("promise.seen", day=each.seen.last, verdict=verdict))
    if each.late:
        told.append(said.say("promise.late", n=each.late))
    return {
        "icon": PROMISES[each.state],
        "state": said.rule(f"suggestion.promise.{each.state}"),
        "what": each.what if each.code != each.reply else said.say("promise.of_reply"),
        "organ": link(said.public, each.organ) if each.organ else None,
        "told": told,
        "href": said.public.path(each.code),
    }


def _check(said: Said, each: Answers) -> dict[str, Any]:
    verdict = verdict_of(each)
    return {
        "icon": VERDICTS[verdict],
        "verdict": _tally(said, each["items"]),
        "on": each["checked_on"],
        "items": [
            {
                "what": one.get("what", ""),
                "icon": VERDICTS.get(one.get("verdict", ""), "none"),
                "verdict": said.choice("onsite_check", "items.verdict", one.get("verdict", ""))
                if one.get("verdict") not in VERDICTS
                else said.rule(f"suggestion.verdict.{one['verdict']}"),
                "note": one.get("note", ""),
            }
            for one in each["items"]
        ],
        "evidence": each.get("evidence", ""),
        "team": [link(said.public, code) for code in each.get("team", ())],
        "present": said.say("check.present" if each["deputy_present"] else "check.absent")
        if "deputy_present" in each
        else "",
        "next": said.say("check.next", day=each["next_check_on"]) if "next_check_on" in each else "",
        "href": said.public.path(each["code"]),
    }


def _tally(said: Said, items: Iterable[Mapping[str, Any]]) -> str:
    """How many things were found how."""
    found = Counter(str(one.get("verdict")) for one in items)
    parts = [
        said.say("check.tally", verdict=said.rule(f"suggestion.verdict.{name}"), n=found[name])
        for name in VERDICTS
        if found[name]
    ]
    return said.say("check.of", n=found.total(), parts=said.say("time.comma").join(parts))


def supervision(said: Said) -> Iterator[dict[str, Any]]:
    """Who is on the hook by post: of the standing committee, and of the organs."""
    for each in _listed(said, "key_supervision"):
        by = said.choice("key_supervision", "decided_by", each["decided_by"]) if "decided_by" in each else ""
        told = [said.say("supervision.decided", day=each["decided_on"], by=by)]
        if "committee" in each:
            told.append(each["committee"])
        if "report_on" in each:
            told.append(said.say("supervision.report", day=each["report_on"]))
        yield {
            "what": said.say("supervision.key", post=each.get("leader_post", "")),
            "organ": None,
            "told": told,
            "text": each.get("plan", ""),
            "href": said.public.path(each["code"]),
        }
    for each in _listed(said, "leader_undertaking"):
        yield {
            "what": said.say("supervision.leads", post=each.get("leader_post", "")),
            "organ": link(said.public, each["organ"]) if "organ" in each else None,
            "told": [said.say("supervision.since", day=day_of("leader_undertaking", each))],
            "text": "",
            "href": said.public.path(each["code"]),
        }


def _withdrawal(said: Said, each: Answers) -> dict[str, Any]:
    return {
        "on": each["withdrawn_on"],
        "reason": each.get("reason", ""),
        "agree": said.say("withdrawal.agree" if each.get("all_signers_agree") else "withdrawal.not_all"),
        "href": said.public.path(each["code"]),
    }
