"""From ideas to what is done as one drawing: each stage with how many reached it, of how many that could."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.chart.funnel import Stage, funnel

if TYPE_CHECKING:
    from publisher.project.cycle_words import Said


def drawn(said: Said, stages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The picture of the stages that the page tells of; None before there are any ideas or candidates.

    Ideas and projects share the scale, and a line stands between them: three ideas may be one project.
    """
    found = said.cycle.funnel
    ideas = [each for each in stages if each["of_ideas"]][:1]  # the next counts what was merged as well
    projects = [each for each in stages if not each["of_ideas"]]
    placed = [_stage(each) for each in ideas]
    if ideas and found.ideas:
        placed.insert(0, Stage(_say(said, "stage.ideas"), found.ideas, None))
    cut = len(placed) if placed and projects else None
    if projects and found.candidates:
        placed.append(Stage(_say(said, "stage.candidates"), found.candidates, None))
        placed += [_stage(each) for each in projects]
    if not any(each.n or each.of for each in placed):
        return None
    chart = funnel(placed, cut)
    return {
        "chart": chart,
        "finding": _finding(said, stages),
        "end": _say(said, "end", n=chart["end"]),
        "rows": [{"stage": each.label, "n": each.n, "of": each.of} for each in placed],
    }


def _stage(each: dict[str, Any]) -> Stage:
    return Stage(each["head"], each["n"], each["of"])


def _finding(said: Said, stages: list[dict[str, Any]]) -> str:
    found, keys = said.cycle.funnel, {each["key"].partition(".")[0]: each["n"] for each in stages}
    parts = []
    if "shortlisted" in keys and found.ideas:
        parts.append(_say(said, "ideas", n=found.ideas, shortlisted=keys["shortlisted"]))
    if "selected" in keys and found.candidates:
        told = {"n": found.candidates, "chosen": keys["selected"], "verb": said.verb}
        parts.append(_say(said, "projects", **told))
    if keys.get("done") is not None and found.selected:
        parts.append(_say(said, "done", n=keys["done"]))
    return _say(said, "finding", parts=("；" if said.lang == "zh" else "; ").join(parts))


def _say(said: Said, key: str, **params: Any) -> str:
    return said.words.say(f"site.funnel.{key}", said.lang, **params)
