"""A page of pictures: the answers to some canned queries as bars, drawn here without script or library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasette import Response

from publisher.data.plugins.hook import hook
from publisher.data.plugins.told import told

BARS = 12
LETTERS = 15
"""How many bars a picture has, and how many letters a label; the table below has everything."""


@hook
def register_routes() -> list[tuple[str, Any]]:
    """The address of the page."""
    return [(r"^/overview$", page)]


async def page(datasette: Any, request: Any) -> Any:
    """All pictures that this release can draw."""
    database = datasette.get_database("public")
    queries = datasette.metadata("queries", database="public", fallback=False) or {}
    charts = []
    for asked in told(datasette).get("overview", ()):
        query = queries.get(asked["query"])
        if query is not None:
            answer = await database.execute(query["sql"], dict.fromkeys(asked.get("params", ()), ""))
            columns, rows = list(answer.columns), [tuple(row) for row in answer.rows]
            if rows:
                charts.append(drawn(asked, query["title"], columns, rows))
    day = next(iter((await database.execute("select as_of from release")).rows))[0]
    context = {"charts": charts, "as_of": day, "metadata": datasette.metadata()}
    body = await datasette.render_template("overview.html", context, request=request)
    return Response.html(body, headers={"Cache-Control": "max-age=60"})


def drawn(
    asked: Mapping[str, Any], title: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    """One picture: a bar for each row, all on one scale that ends at the largest whole.

    >>> asked = {"query": "q", "label": "年", "n": "已答复", "of": "交办"}
    >>> found = drawn(asked, "答复", ["年", "交办", "已答复"], [("2025", 8, 4), ("2026", 10, 10)])
    >>> [(bar["text"], bar["width"], bar["whole"]) for bar in found["bars"]]
    [('4 / 8', 40.0, 80.0), ('10 / 10', 100.0, 100.0)]
    """
    at = {name: n for n, name in enumerate(columns)}
    n, of = at[asked["n"]], at[asked["of"]] if asked.get("of") else None
    end = max((row[n if of is None else of] or 0 for row in rows), default=0)

    def share(value: float | None) -> float:
        return round(100 * (value or 0) / end, 2) if end else 0.0

    bars = [
        {
            "label": _short(str(row[at[asked["label"]]] or "—")),
            "text": f"{row[n] or 0}" if of is None else f"{row[n] or 0} / {row[of] or 0}",
            "width": share(row[n]),
            "whole": 0 if of is None else share(row[of]),
        }
        for row in rows[:BARS]
    ]
    said = "；".join(f"{bar['label']} {bar['text']}" for bar in bars)
    whole = f"{asked['n']} / {asked['of']}" if of is not None else str(asked["n"])
    cut = f"图上是前 {BARS} 行，共 {len(rows)} 行。" if len(rows) > BARS else ""
    return {
        "name": asked["query"],
        "title": title,
        "said": f"{title}：{said}",
        "scale": f"条上写的是：{whole}。刻度从 0 到 {end}。{cut}",
        "bars": bars,
        "columns": list(columns),
        "rows": list(rows),
    }


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
