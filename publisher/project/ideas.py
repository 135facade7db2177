"""The page of an idea: its outcome first, then the chain from who received it to what was built.

Also where ideas can be looked up by the code on the receipt: `assets/lookup.js` goes to the page's address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.project.ideas import last_of
from ledger.words import Words
from publisher.project.cycles import Candidate, candidate
from publisher.reading.answers import Answers, answers, answers_about, answers_of, naming, unpublished
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public

Row = Mapping[str, Any]
KIND = "project_idea"
MERGES = 9  # how long a chain of merges is followed; longer ones are followed from page to page
FARTHEST = (
    "selected", "recommended", "tied", "not_chosen", "void", "unverified", "waiting", "unvoted", "untold",
)  # fmt: skip
DECIDED = {
    "shortlisted": "ok",
    "merged": "ok",
    "rejected": "stop",
    "deferred": "part",
    "reserve_pool": "part",
}
VOTED = {"selected": "ok", "recommended": "ok", "not_chosen": "stop", "tied": "part", "void": "late"}


@dataclass(frozen=True)
class Fate:
    """What became of an idea. `chain`: itself and what it was merged into, one after the other."""

    chain: tuple[Answers, ...]
    candidates: tuple[Candidate, ...]
    ring: bool = False
    lost: str | None = None
    """The code of an idea it was merged into that is not public."""
    list_open: bool = True
    """Whether its cycle has no candidates yet."""

    @property
    def idea(self) -> Answers:
        """The idea itself."""
        return self.chain[0]

    @property
    def last(self) -> Answers:
        """The idea that its merges end in."""
        return self.chain[-1]

    @property
    def farthest(self) -> Candidate | None:
        """Of the projects that came of it the one that went farthest."""
        return self.candidates[0] if self.candidates else None


def fate(public: Public, row: Row, rulebook: Rulebook) -> Fate:
    """Follow an idea through its merges to the candidates that name it."""
    chain = [answers(public, KIND, row)]
    known = {chain[0]["code"]: chain[0]}
    lost = None
    while chain[-1].get("decision") == "merged" and "merged_into" in chain[-1] and len(chain) < MERGES:
        into = chain[-1]["merged_into"]
        found = known.get(into) or answers_of(public, KIND, into)
        if found is None:
            lost = into
            break
        if into in known:
            break
        known[into] = found
        chain.append(found)
    ring = lost is None and last_of(chain[0]["code"], known) is None
    came = [each for idea in (chain[0], chain[-1]) for each in _candidates(public, idea["code"], "origin")]
    projects = {each["code"]: candidate(public, each, rulebook) for each in came}
    farthest = sorted(
        projects.values(), key=lambda each: (FARTHEST.index(each.outcome), not each.done, each.code)
    )
    return Fate(
        tuple(chain), tuple(farthest), ring, lost, not _candidates(public, chain[-1].get("cycle"), "cycle")
    )


def _candidates(public: Public, code: str | None, via: str) -> list[Row]:
    return naming(public, "project_candidate", code or "", via)


# -- what the page is given --


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of an idea is given beside what every record's is."""
    said = Said(public, words, rulebook, lang, fate(public, row, rulebook))
    merged = answers_about(public, KIND, row["code"], "merged_into")
    return {
        "verdict": said.verdict(),
        "chain": list(said.chain()),
        "merged": [(public.titles[each["code"]], public.path(each["code"])) for each in merged],
    }


@dataclass(frozen=True)
class Said:
    """The words of one idea's page."""

    public: Public
    words: Words
    rulebook: Rulebook
    lang: str
    fate: Fate

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/idea.yaml."""
        return self.words.say(f"site.idea.{key}", self.lang, **params)

    def verdict(self) -> tuple[str, str]:
        """The outcome, and its reason."""
        fate = self.fate
        if fate.ring:
            return self.say("ring"), self.say("ring.rest")
        if fate.lost:
            return self.say("lost", code=fate.lost), self.say("lost.rest")
        if len(fate.chain) > 1:
            strong, rest = self._outcome(fate.last)
            why = self._why(fate.idea)
            title = self._subject(fate.last)
            return self.say("merged", title=title), why + self.say("merged.rest", what=strong + rest)
        return self._outcome(fate.idea)

    def _outcome(self, idea: Answers) -> tuple[str, str]:
        if each := self.fate.farthest:
            told = {"subject": each.subject, "number": each.answers.get("number", "?")}
            key = "done" if each.done else each.outcome
            rest = self.say("project.rest", **told)
            if each.outcome == "selected" and not each.done and each.percent is not None:
                rest += self.say("project.percent", n=each.percent)
            return self.say(f"project.{key}"), rest
        decision = idea.get("decision")
        if decision is None and self._hidden("decision"):
            return self.say("untold"), self.say("untold.rest")
        if decision is None:
            return self.say("undecided"), self.say("undecided.rest", month=idea.get("submitted_on", "?"))
        if decision == "shortlisted":
            hidden = unpublished(self.public, "project_candidate", "cycle", "origin")
            open = ".untold" if hidden else ".open" if self.fate.list_open else ""
            return self.say(f"shortlisted{open}"), self._why(idea)
        return self.say(f"decided.{decision}") if decision in DECIDED else decision, self._why(idea)

    def _why(self, idea: Answers) -> str:
        reason = str(idea.get("decision_reason", "")).strip()
        if reason:
            return self.say("why", reason=reason.rstrip("。."))
        return self.say("why.untold" if self._hidden("decision_reason") else "why.none")

    def _hidden(self, name: str) -> bool:
        return bool(unpublished(self.public, KIND, name))

    def _subject(self, idea: Answers) -> str:
        return str(idea.get("subject") or self.public.titles.get(idea["code"], idea["code"]))

    # -- the chain --

    def chain(self) -> Iterator[dict[str, Any]]:
        """Received, decided, merged, candidate, ballot, in use: as far as it went, and what is still open."""
        fate = self.fate
        first = fate.idea
        channel = self._choice("channel", first.get("channel"))
        yield self._link("ok", "received", channel, small=str(first.get("submitted_on", "")))
        for idea, into in zip_longest(fate.chain, fate.chain[1:]):
            day, decision = str(idea.get("decided_on", "")), idea.get("decision")
            if into:
                yield self._link("ok", "into", self._subject(into), self.public.path(into["code"]), day)
                continue
            nothing = self.say("chain.untold" if self._hidden("decision") else "chain.open")
            what = self._choice("decision", decision) or nothing
            yield self._link(DECIDED.get(decision or "", "none"), "decided", what, small=day)
        yield from self._project()

    def _project(self) -> Iterator[dict[str, Any]]:
        each = self.fate.farthest
        if each is None:
            if self.fate.last.get("decision") == "shortlisted":
                hidden = unpublished(self.public, "project_candidate", "cycle", "origin")
                key = "untold" if hidden else "open" if self.fate.list_open else "no"
                yield self._link("none", "candidate", self.say(f"chain.{key}"))
            return
        number = self.say("chain.number", n=each.answers.get("number", "?"))
        yield self._link("ok", "candidate", each.subject, self.public.path(each.code), number)
        vote, last = each.project.vote, each.project.last
        ballot = self.public.path(vote.at.row["code"]) if vote else None
        word = self.words.say(f"site.cycle.outcome.{each.outcome}", self.lang)
        yield self._link(VOTED.get(each.outcome, "none"), "ballot", word, ballot, vote.day if vote else "")
        if each.outcome == "selected":
            done, percent = each.done, each.percent
            silent = "chain.silent" if each.project.known("project_progress") else "chain.untold"
            what = "chain.in_use" if done else silent if percent is None else "chain.percent"
            day = str(last["reported_on"]) if last else ""
            yield self._link("ok" if done else "part", "built", self.say(what, n=percent), small=day)

    def _link(
        self, icon: str, head: str, what: str, href: str | None = None, small: str = ""
    ) -> dict[str, Any]:
        return {"icon": icon, "head": self.say(f"chain.{head}"), "what": what, "href": href, "small": small}

    def _choice(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        return LampWords(self.public, self.words, self.rulebook, self.lang).choice(KIND, name, value)


# -- looking one up --


def lookup(public: Public, words: Words, lang: str, www: str) -> dict[str, Any] | None:
    """What the look-up field is given; None while no idea is public, for then there is nothing to find."""
    codes = [row["code"] for row in public.rows.get(KIND, ())]
    if not codes:
        return None
    letters = min(codes).partition("-")[0]
    example = f"{letters}-{public.release['as_of'][:4]}-7KQ4"
    told = {"example": example, "day": public.release["as_of"], "code": "{code}"}
    keys = ("unknown", "odd", "empty")
    return {
        "letters": letters,
        "example": example,
        "folder": f"{www}/{KIND}/",
        "list": f"{KIND}/index.html",
        "path": f"{KIND}/",
        **{key: words.say(f"site.lookup.{key}", lang, **told) for key in keys},
    }
