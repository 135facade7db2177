"""The same record pages as a site of Hugo's: our specimen as its layout, our data as its content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from publisher.stamping.stamp import BEGIN, DESCRIPTION_TOKEN, END, NAME_TOKENS, TITLE_TOKEN, Page, squeeze

HUGO = {
    "baseURL": "https://www.example/",
    "languageCode": "zh",
    "uglyURLs": True,
    "disableKinds": ["home", "taxonomy", "RSS", "robotsTXT", "404"],
    "taxonomies": {"list": "lists"},
    "pagination": {"pagerSize": 100},
}
ADAPTER = (
    '{{ range hugo.Data.records }}{{ $.AddPage (dict "kind" "page" "path" (lower .code) "title" .title '
    '"params" .) }}{{ end }}'
)
BODY = """<p class="mb-eyebrow"><a href="index.html">走访</a> ·
<span class="mb-nb">{{ .Params.code }}</span></p>
<h1>{{ .Title }}</h1><p class="mb-asof"><span class="mb-nb">{{ .Params.filed_on }}</span> 收到</p>
<h2 id="content">内容</h2>{{ range .Params.documents }}<div class="mb-doc"><p>{{ . }}</p></div>{{ end }}
<dl class="mb-facts">{{ range .Params.facts }}<dt>{{ .label }}</dt><dd>{{ if .href -}}
<a href="../{{ .href }}">{{ .text }}</a>{{ else -}}
<span class="mb-nb">{{ .text }}</span>{{ end }}</dd>{{ end }}</dl>
{{ range .Params.missing }}<p class="mb-s mb-m mb-p">没有填：{{ . }}</p>{{ end }}
"""
REST = '<h2 id="related"'
"""Where the part of a page begins that says of every visit the same, but for code, title and day."""

LIST = """<h1>{{ .Title }}</h1><p class="mb-asof">{{ len .Pages }} 条</p>
{{ range hugo.Data.facets }}<nav class="mb-chips"><b>{{ .label }}</b>{{ range .values -}}
<a href="{{ .href }}">{{ .label }} <span>{{ .count }}</span></a>{{ end }}</nav>{{ end }}
{{ $p := .Paginate .RegularPages }}<table class="mb-table" role="table"><tbody role="rowgroup">
{{ range $p.Pages }}<tr role="row"><td role="cell" class="t"><a href="{{ .RelPermalink }}">{{ .Title }}</a>
<small>{{ .Params.code }}</small></td>{{ range .Params.cells }}<td role="cell" data-l="{{ .label }}">
{{- if .href }}<a href="../{{ .href }}">{{ .text }}</a>{{ else }}{{ .text }}{{ end }}</td>{{ end }}</tr>
{{- end }}</tbody></table>
<nav class="mb-pages">{{ if $p.HasPrev }}<a href="{{ $p.Prev.URL }}">上一页</a>{{ end }}
<span>{{ $p.PageNumber }} / {{ $p.TotalPages }}</span>
{{ if $p.HasNext }}<a href="{{ $p.Next.URL }}">下一页</a>{{ end }}</nav>
"""


def write_hugo(
    site: Path, specimens: tuple[str, str], pages: list[Page], lists: list[Page], way: str
) -> None:
    """A Hugo site of these pages; `way`: its content as `markdown` files, or as `data`, without Markdown.

    Every list of ours is a term of one taxonomy, so that Hugo makes the same lists with the same rows.
    """
    specimen, list_specimen = specimens
    layout, content, data = site / "layouts/_default", site / "content/visit", site / "data"
    for each in (layout, content, data):
        each.mkdir(parents=True)
    (site / "hugo.json").write_text(json.dumps(HUGO), "utf-8")
    name = "{{ .File.ContentBaseName }}" if way == "markdown" else "{{ .Params.code }}"
    body = ("{{ .Content }}" if way == "markdown" else BODY) + _rest(pages[0])
    (layout / "single.html").write_text(_layout(specimen, body, name), "utf-8")
    (layout / "list.html").write_text(_layout(list_specimen, LIST, "index"), "utf-8")
    (data / "facets.json").write_text(json.dumps(_facets(lists[0].data), ensure_ascii=False), "utf-8")
    more = _more(lists)
    if way == "markdown":
        for page in pages:
            text = markdown(page, more[page.data["code"]])
            (content / f"{page.data['code']}.md").write_text(text, "utf-8")
        return
    rows = [
        {"title": page.title, "description": page.description, **plain(page.data), **more[page.data["code"]]}
        for page in pages
    ]
    (data / "records.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    (content / "_content.gotmpl").write_text(ADAPTER, "utf-8")


def _rest(page: Page) -> str:
    """How our page of a record ends, with the places in it as Hugo fills them."""
    rest = REST + page.mould.render(page.data).split(REST)[1]
    places = {page.data["code"]: "code", page.title: "title", page.data["filed_on"]: "filed_on"}
    for said, name in places.items():
        rest = rest.replace(said, "{{ .Title }}" if name == "title" else f"{{{{ .Params.{name} }}}}")
    return rest


def _layout(specimen: str, body: str, name: str) -> str:
    head, rest = specimen.split(BEGIN)
    text = squeeze(head) + body + squeeze(rest.split(END)[1])
    for token in NAME_TOKENS:
        text = text.replace(token, name)
    return text.replace(TITLE_TOKEN, "{{ .Title }}").replace(DESCRIPTION_TOKEN, "{{ .Params.description }}")


def _facets(data: Any) -> list[dict[str, Any]]:
    return [{"label": facet["label"], "values": facet["values"]} for facet in data["facets"]]


def _more(lists: list[Page]) -> dict[str, dict[str, Any]]:
    """For each record the lists it stands in, and its cells there."""
    found: dict[str, dict[str, Any]] = {}
    for page in lists:
        name = page.path.removeprefix("visit/").removesuffix(".html")
        of = name if page.data["page"] == 1 else name.rpartition(".")[0]
        for code, _, _, cells in page.data["rows"]:
            said = [_fact(label, what) for label, _, what in cells]
            own = found.setdefault(code, {"code": code, "cells": said, "lists": []})
            if page.data["chosen"]:
                own["lists"].append(of)
    return found


def plain(data: Any) -> dict[str, Any]:
    """What a record's page is given, as plain JSON."""
    return {
        "code": data["code"],
        "filed_on": data["filed_on"],
        "documents": [text for _, text in data["documents"]],
        "facts": [_fact(label, what) for label, _, what in data["facts"]],
        "missing": [names for _, _, names in data["missing"]],
    }


def _fact(label: str, what: Any) -> dict[str, str]:
    text, href = what[0] if isinstance(what, list) else (what, "")
    return {"label": label, "text": str(text), "href": href or ""}


def markdown(page: Page, more: Mapping[str, Any]) -> str:
    """The same record as a Markdown file with front matter."""
    data = plain(page.data)
    said = {"title": page.title, "description": page.description, "filed_on": data["filed_on"]}
    front = json.dumps({**said, **more}, ensure_ascii=False)
    opening = f"[走访](index.html) · {data['code']}\n\n# {escape(page.title)}\n\n{data['filed_on']} 收到"
    facts = [f"| {each['label']} | {_linked(each)} |" for each in data["facts"]]
    table = "\n".join(["| 项目 | 内容 |", "| --- | --- |", *facts])
    missing = [f"没有填：{names}" for names in data["missing"]]
    return "\n\n".join([front, opening, "## 内容", *data["documents"], table, *missing]) + "\n"


def _linked(fact: dict[str, str]) -> str:
    return f"[{fact['text']}](../{fact['href']})" if fact["href"] else fact["text"]
