"""What the page of a project says first: the vote, where it stands now, the four clarities, the money."""

from __future__ import annotations

from typing import Any

from ledger.rules.project.livelihood import CLARITIES, Clarity
from publisher.ballot import words as ballot_words
from publisher.chart.bars import share
from publisher.chart.dots import dots
from publisher.project.story import Story
from publisher.project.votes import Vote, selectable
from publisher.reading.answers import unpublished
from publisher.reading.facts import link
from publisher.reading.shown import money, number, together

CANDIDATE, PROGRESS = "project_candidate", "project_progress"
PAID = (("appropriated", "planned"), ("received", "appropriated"), ("spent", "received"))
"""Each sum since the start, and the one it is a part of."""


class Said(Story):
    """The words of one project's page, from the vote to the money; Story has the rest."""

    # -- the vote --

    def place(self) -> list[tuple[str, str | None]]:
        """In which list it stands, and who leads it."""
        sheet, public = self.project.sheet, self.project.public
        found = [link(public, sheet["cycle"])] if "cycle" in sheet else []
        if "number" in sheet:
            found.append((self.say("number", n=sheet["number"]), None))
        return found

    def verdict(self) -> dict[str, Any]:
        """What the vote made of it, why, and in which ballot."""
        vote = self.project.vote
        if vote is None and not self.project.votes_known:
            return {"strong": self.say("vote.untold"), "rest": "", "link": None}
        if vote is None:
            why = self.lamps.reason(selectable(self.project.public, self.project.code))
            return {
                "strong": self.say("vote.none"),
                "rest": self.say("vote.none.rest", why=why),
                "link": None,
            }
        rest = self.space + self._rest(vote).lstrip()
        return {"strong": self._strong(vote), "rest": rest.rstrip(), "link": self._ballot(vote)}

    def other_votes(self) -> list[dict[str, Any]]:
        """The ballots before the one that counts."""
        return [
            {"strong": self._strong(each), "link": self._ballot(each)} for each in self.project.votes[:-1]
        ]

    def _strong(self, vote: Vote) -> str:
        if vote.state in ("selected", "recommended", "open", "void", "not_verified") or vote.option is None:
            return self.say(f"vote.{vote.state}")
        said = ballot_words.Said(self.words, self.lang, vote.first.ballot, vote.first.row)
        option = next(each for each in vote.first.totals.options if each.option == vote.option.option)
        return said.outcome(option, vote.first) + self.say("stop")

    def _rest(self, vote: Vote) -> str:
        if vote.state == "open":
            return self.say("vote.open.rest", day=vote.day or "?")
        said = ballot_words.Said(self.words, self.lang, vote.at.ballot, vote.at.row)
        if vote.state in ("void", "not_verified"):
            return self.say("vote.why", why=together(said.reasons(vote.first), self.lang))
        street = self.say("vote.recommended.rest") if vote.state == "recommended" else ""
        if vote.option is None:
            return street
        told = {"votes": vote.option.approve, "rank": vote.rank, "of": len(vote.at.totals.options)}
        size, need = vote.at.of(vote.option)
        ballot = vote.at.ballot
        if size is None or need is None or ballot is None:
            return self.say("vote.votes", **told) + street
        base = said.who if ballot.base == "all" else said.say(f"base.{ballot.base}")
        unit = said.say(f"unit.{ballot.base}")
        key = "vote.votes.short" if vote.state == "failed" else "vote.votes.of"
        return self.say(key, **told, need=need, size=size, base=base, unit=unit) + street

    def _ballot(self, vote: Vote) -> tuple[str, str | None]:
        row = vote.at.row
        told = {"day": vote.day, "session": row["session"] or "", "round": row["round"] or 1}
        return self.say("vote.ballot", **told).lstrip(" ,"), self.project.public.path(row["code"])

    # -- where it stands --

    def now(self) -> list[str]:
        """Where it stands on the day of the release, in a few sentences."""
        project = self.project
        if not project.followed:
            silent = project.rejected and not (project.inspections or project.evaluations)
            return [self.say("now.not_chosen")] if silent else []
        told = [self._how_far()]
        if not project.chosen:
            told.insert(0, self.say("now.anyway"))
        if (effect := self.effect()) and effect["now"]:
            told.append(self.say("now.effect", **effect))
        if project.gap and not project.done_in:
            told.append(self.say("now.gap", gap=money(project.gap)))
        return [f"{self.space if n else ''}{each}" for n, each in enumerate(told)]

    def _how_far(self) -> str:
        last = self.project.last
        if last is None:
            return self.untold()["progress"] or self.say("now.no_report")
        told = {"month": last["month"], "percent": last["percent"], "stage": self._stage(last)}
        return self.say("now.done" if self.project.done_in else "now.far", **told)

    def _stage(self, report: dict[str, Any]) -> str:
        return self.lamps.choice(PROGRESS, "stage", report["stage"])

    def effect(self) -> dict[str, str] | None:
        """The figure that shows what it is for: at the start, now, and where it should be."""
        sheet, actual = self.project.sheet, self.project.actual
        if "target_indicator" not in sheet or "target" not in sheet:
            return None
        unit = sheet.get("target_unit", "")
        return {
            "what": sheet["target_indicator"],
            "before": number(sheet["baseline"], unit) if "baseline" in sheet else "",
            "now": number(actual["actual"], unit) if actual else "",
            "target": number(sheet["target"], unit),
            "month": actual["month"] if actual else "",
        }

    # -- the four clarities --

    def clear(self) -> str:
        """How many of the four are complete, and on which day's sheet."""
        project = self.project
        n = sum(each.complete for each in project.clarities)
        hidden = sum(map(self._hidden, project.clarities))
        key = "clear" if project.judged_on == project.on else "clear.then"
        more = self.say("clear.hidden", n=hidden) if hidden else ""
        return self.say(key, n=n, day=project.judged_on.isoformat()) + more

    def _hidden(self, each: Clarity) -> bool:
        """Whether all that one clarity lacks is not published, so that nobody can tell."""
        return bool(each.missing) and all(
            unpublished(self.project.public, *self._where(name)) for name in each.missing
        )

    def _where(self, name: str) -> tuple[str, str]:
        return (PROGRESS if name == "actual" else CANDIDATE), name

    def clarities(self) -> list[dict[str, str]]:
        """The four lamps: what is there, what is missing."""
        return [self._clarity(each) for each in self.project.clarities]

    def _clarity(self, each: Clarity) -> dict[str, str]:
        asked = len(CLARITIES[each.name]) + ("actual" in each.missing)
        none = len(each.missing) == asked
        key = "whole" if each.complete else "nothing" if none else "part"
        if self._hidden(each):
            key, none = "unpublished", True
        labels = [self.lamps.lacking(*self._where(name)) for name in each.missing]
        name = self.say(f"clear.{each.name}")
        there = self._there(each)
        missing = self.say("clear.missing", fields=together(labels, self.lang)) if labels else ""
        return {
            "icon": "ok" if each.complete else "none" if none else "part",
            "what": self.say(f"clear.{key}", name=name, n=len(each.missing)),
            "why": missing + there,
        }

    def _there(self, each: Clarity) -> str:
        """What one clarity says, as far as it says anything."""
        sheet, titles = self.project.sheet, self.project.public.titles
        parts: list[str] = []
        match each.name:
            case "boundary":
                if "category" in sheet:
                    parts.append(self.lamps.choice(CANDIDATE, "category", sheet["category"]))
                if places := sheet.get("places"):
                    named = together((titles.get(place, place) for place in places[:3]), self.lang)
                    parts.append(
                        self.say("there.places", places=named, n=len(places)) if places[3:] else named
                    )
                if "beneficiaries" in sheet:
                    parts.append(self.say("there.people", n=number(sheet["beneficiaries"])))
            case "duty":
                if "lead_organ" in sheet:
                    parts.append(titles.get(sheet["lead_organ"], sheet["lead_organ"]))
                parts += [sheet["named_post"]] if "named_post" in sheet else []
            case "process":
                if "start_on" in sheet and "finish_on" in sheet:
                    parts.append(self.say("there.days", start=sheet["start_on"], finish=sheet["finish_on"]))
                if milestones := sheet.get("milestones"):
                    parts.append(self.say("there.milestones", n=len(milestones)))
            case _ if effect := self.effect():
                key = "there.effect" if effect["before"] else "there.target"
                parts.append(self.say(key, **effect))
        return (
            self.say("there", parts="，".join(parts) if self.lang == "zh" else ", ".join(parts))
            if parts
            else ""
        )

    # -- progress and money --

    def progress(self) -> dict[str, Any] | None:
        """The months as a picture, a finding and a table."""
        project = self.project
        if not project.progress:
            return None
        sheet, last = project.sheet, project.progress[-1]
        until = None if project.done_in else project.on.isoformat()[:7]
        finish = sheet.get("finish_on", "")[:7] or None
        begun = [sheet["start_on"][:7]] if "start_on" in sheet else []
        points = [(each["month"], each["percent"]) for each in project.progress]
        told = {"n": len(points), "month": last["month"], "percent": last["percent"]}
        finding = self.say("progress.finding", **told, stage=self._stage(last))
        return {
            "chart": dots(points, begun, finish, until),
            "finding": finding,
            "label": self.say("progress.label", **told),
            "limit": self.say("progress.limit", month=finish or ""),
            "table": self.say("progress.table", n=len(points)),
            "falls": [self.lamps.shown(each) for each in project.falls],
            "rows": [self._report(each) for each in project.progress],
            "issues": [
                (each["month"], each["issue"]) for each in reversed(project.progress) if "issue" in each
            ],
        }

    def fresh(self) -> dict[str, str] | None:
        """How long ago there was news, and how long is too long; None once it is in use."""
        lamp, key = self.project.fresh, "project.stale_days"
        if lamp is None or lamp.why == "rule.stale.finished":
            return None
        days = self.project.rulebook[key].value
        return {
            **self.lamps.shown(lamp),
            "rule": self.say("stale.rule", n=days, basis=self.lamps.basis(lamp)),
        }

    def _report(self, each: dict[str, Any]) -> dict[str, Any]:
        effect = each.get("actual")
        return {
            "month": each["month"],
            "href": self.project.public.path(each["code"]),
            "percent": each["percent"],
            "stage": self._stage(each),
            "actual": number(effect, self.project.sheet.get("target_unit", "")) if effect is not None else "",
            "note": each.get("correction_note", ""),
        }

    def money(self) -> dict[str, Any] | None:
        """Planned, secured, appropriated, received, paid: each of what it is a part of."""
        project = self.project
        total, last = project.sheet.get("total_budget"), project.last or {}
        budget, secured = project.budget, project.secured
        if total is None or budget is None:
            return None
        sums = {"planned": budget, **({} if secured is None else {"secured": secured})}
        sums |= {name: last[name] for name, _ in PAID if name in last}
        top = max(sums.values())
        rows = [self._sum("planned", None, sums, top), self._sum("secured", "planned", sums, top)]
        rows += [self._sum(name, of, sums, top) for name, of in PAID] if project.followed else []
        known = {name: money(cents) for name, cents in sums.items()}
        return {
            "finding": self._finding(known, project.gap),
            "rows": rows,
            "gap": share(project.gap, top) if project.gap and project.gap > 0 else None,
            "was": self.say("money.was", total=money(total)) if budget != total else "",
            "month": self.say("money.month", month=last["month"], top=money(top)) if last else "",
            "lamp": self.lamps.shown(project.money) if project.money else None,
            "sources": [self._source(each) for each in project.sheet.get("funding", ())],
            "total": money(total),
        }

    def _finding(self, known: dict[str, str], gap: int | None) -> str:
        if gap is None:
            return self.say("money.finding.untold", **known)
        key = "money.finding.paid" if "spent" in known else "money.finding"
        rest = self.say("money.gap", gap=money(gap)) if gap > 0 else self.say("money.whole")
        return self.say(key, **known) + rest

    def _sum(self, name: str, of: str | None, sums: dict[str, int], top: int) -> dict[str, Any]:
        known = name in sums
        whole = of if of in sums else "planned"
        told = {"what": self.say(f"money.of.{whole}"), "n": money(sums[whole])}
        return {
            "what": self.say(f"money.{name}"),
            "n": money(sums[name]) if known else "",
            "of": self.say("money.of", **told) if known and of else "" if known else self.say("money.untold"),
            "width": share(sums[name], top) if known else 0,
            "secured": share(sums["secured"], top) if known and name == "secured" else None,
        }

    def _source(self, each: dict[str, Any]) -> dict[str, str]:
        secured = each.get("secured")
        return {
            "source": self.lamps.choice(CANDIDATE, "funding.source", each["source"]),
            "amount": money(each["amount"]),
            "secured": self.say(
                f"money.secured.{'yes' if secured else 'no' if secured is False else 'untold'}"
            ),
        }
