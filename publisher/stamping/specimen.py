"""MkDocs hooks: for each kind a specimen of a list and one of a record, rendered by the theme like any page.

Only documented events and attributes are used (on_config, on_env, on_files, on_nav, on_post_page;
File.generated; Page.parent), and nothing of the theme's inside. What comes out is cut and filled by
publisher.stamping.stamp.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if (
    str(Path(__file__).parents[2]) not in sys.path
):  # a plain `mkdocs build` starts without the repository's root
    sys.path.append(str(Path(__file__).parents[2]))

from ledger.congress import Congress, load_congress
from ledger.words import Words, load_words
from publisher.following import which
from publisher.following.font import font_of
from publisher.kinds import Tab, public, tabs
from publisher.stamping.stamp import BEGIN, DESCRIPTION_TOKEN, END, NAME_TOKENS, TITLE_TOKEN

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

    from ledger.forms import Form

_SKIP = re.compile(r'<a href="#[^"]*" class="md-skip">.*?</a>', re.S)
RECORD, LIST = "record", "list"
FIND = {"找": "find.md"}
"""The entry of mkdocs.yml that stands with the first; a congress may take the page out."""
SCRIPTS = "assets/javascripts/"
"""The theme's own scripts are not taken: assets/page.js stands in for them (docs/decisions/0044)."""
YEAR = "year"
"""The folder of the years' pages, and the name of their shell."""
YEAR_SECTIONS = ("decided", "promised", "filed")
SECTIONS = ("content", "related", "corrections", "data")
OF_KIND: Mapping[str, str] = {
    "coverage": "rollout_status",
    "balance": "project_candidate",
    "board": "suggestion",
    "promises": "suggestion",
    "supervision": "suggestion",
    "handling": "suggestion",
    "duties": "duty_entry",
    "contact": "contact_link",
    "grids": "grid_assignment",
    "five_ones": "opinion_report",
    "linkage": "linkage_activity",
    "plan": "annual_plan",
    "activities": "activity",
    "meetings": "open_meeting",
    "term": "term_transition",
    "street": "street_council",
    "stations": "station_duty",
    "appraisals": "appraisal",
    "chains": "oversight_item",
    "deliberations": "deliberation_opinion",
    "resolutions": "adopted_resolution",
    "commitments": "commitment",
    "rules": "rule_document",
    "deputy_plus": "service_deed",
    "trained": "training",
}
"""Authored pages that stand in the tab of a kind, and are there only where the kind is."""


def record_specimen(kind: str) -> str:
    """Where the specimen of a kind's record pages is built, in the folder where the pages will stand."""
    return f"{kind}/{NAME_TOKENS[0]}"


def list_specimen(kind: str) -> str:
    """Where the specimen of a kind's list pages is built."""
    return f"{kind}/{NAME_TOKENS[1]}"


def year_specimen() -> str:
    """Where the specimen of the years' pages is built."""
    return f"{YEAR}/{NAME_TOKENS[0]}"


def of_kinds(kinds: Collection[str]) -> list[str]:
    """The authored pages that these kinds bring with them."""
    return [page for page, kind in OF_KIND.items() if kind in kinds]


def site_name(congress: Congress, words: Words) -> str:
    """What stands at the top of every page."""
    return words.say("site.name", congress=short_name(congress))


def short_name(congress: Congress) -> str:
    """The congress as people say it: 青溪区人大."""
    return congress.name["zh"].replace("人民代表大会", "人大")


def _content(config: MkDocsConfig) -> Path:
    return Path(config.docs_dir).parent


@cache
def _words(content: Path) -> Words:
    """Read once for all pages of a shell; `on_config` begins anew."""
    return load_words(content)


@cache
def _forms(content: Path) -> Mapping[str, Form]:
    from ledger.forms import load_forms  # not needed where pages are made, which read our names here

    return load_forms(content)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name the site after its congress, and give every kind its place in the navigation."""
    content = _content(config)
    _words.cache_clear()
    _forms.cache_clear()
    congress, words = load_congress(content), _words(content)
    config.site_name = site_name(congress, words)
    config.site_description = words.say("site.description", congress=congress.name)
    config.site_url = config.site_url or congress.addresses["www"] + "/"
    notice = [f"<strong>{escape(congress.notice['zh'])}</strong>"] if congress.notice else []
    config.copyright = "<br>".join([*notice, words.say("site.footer")])
    named = [each for each in config.nav or [] if each != FIND or (content / "pages" / "find.md").is_file()]
    at = 1 + (FIND in named)
    first, rest = named[:at], named[at:]
    there = [page for page in OF_KIND if (content / "pages" / f"{page}.md").is_file()]
    config.nav = [*first, *(_nav(tab, words, there) for tab in tabs(_forms(content))), *rest]
    return config


def _nav(tab: Tab, words: Words, there: Collection[str]) -> dict[str, Any]:
    """A tab: the kind that leads it, the pages about it, the other kinds."""
    kinds = [{form.label["zh"]: f"{form.kind}/index.md"} for form in tab.kinds]
    about = of_kinds({form.kind for form in tab.kinds})
    pages = [{words.say(f"site.{page}.name"): f"{page}.md"} for page in about if page in there]
    entries = [*kinds[:1], *pages, *kinds[1:]]
    name = tab.label["zh"] if tab.label else tab.name and words.say(tab.name)
    return {name or tab.kinds[0].label["zh"]: entries} if name or len(entries) > 1 else entries[0]


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """What the overridden parts of the theme say comes out of content/words too."""
    words = _words(_content(config))
    env.filters["say"] = words.say
    return env


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add, for each kind, the page the navigation names and the two specimens it never lists."""
    from mkdocs.structure.files import File, InclusionLevel  # only where a shell is built

    words = _words(_content(config))
    forms = public(_forms(_content(config)))
    for page in OF_KIND.keys() - of_kinds([form.kind for form in forms]):
        if (file := files.get_file_from_path(f"{page}.md")) is not None:
            files.remove(file)
    for file in [each for each in files if each.src_uri.startswith(SCRIPTS)]:
        files.remove(file)
    for form in forms:
        # Stands for the first list page in the navigation, which is stamped over it.
        front = {"title": form.label["zh"], "hide": _hidden(LIST)}
        files.append(File.generated(config, f"{form.kind}/index.md", content=_front_matter(front)))
        for where, what in ((record_specimen(form.kind), RECORD), (list_specimen(form.kind), LIST)):
            content = _page(what, words, form.kind)
            files.append(
                File.generated(config, f"{where}.md", content=content, inclusion=InclusionLevel.NOT_IN_NAV)
            )
    year = f"{year_specimen()}.md"
    files.append(
        File.generated(config, year, content=_page(YEAR, words, ""), inclusion=InclusionLevel.NOT_IN_NAV)
    )
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Put each specimen below its kind's page, so that the theme itself lights its tab."""
    for page in nav.pages:
        kind = page.file.src_uri.rpartition("/")[0]
        for where in (record_specimen(kind), list_specimen(kind)):
            if (specimen := files.get_file_from_path(f"{where}.md")) and specimen.page:
                specimen.page.parent = page  # type: ignore[assignment]
        year = files.get_file_from_path(f"{year_specimen()}.md")
        if page.file.src_uri == FIND["找"] and year and year.page:
            year.page.parent = page  # type: ignore[assignment]
    return nav


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """What is shown where a page is passed on.

    The page for a wrong address is served at any depth, so its links start from the site's root; a link to a
    place on the page itself would lead to the home page, so it has none.
    """
    if page.file.src_uri == "404.md":
        return _SKIP.sub("", output).replace("<head>", '<head><base href="/">', 1)
    return output.replace("</head>", f"{_passed_on(page, config)}</head>", 1)


def on_post_build(config: MkDocsConfig) -> None:
    """The pictures of kinds, which change only when the shell does."""
    from publisher.following import kind_cards

    content = _content(config)
    congress = load_congress(content)
    kind_cards.write(content, Path(config.site_dir), congress, _forms(content), _words(content))


def _passed_on(page: Page, config: MkDocsConfig) -> str:
    """What is shown where a page is passed on, and the feeds that go with it."""
    words, ending = _words(_content(config)), "png" if font_of(_content(config)) else "svg"
    folder, _, name = page.file.src_uri.removesuffix(".md").rpartition("/")
    kind = "" if folder == YEAR else folder
    said = {
        "type": "website",
        "site_name": config.site_name,
        "title": page.title or config.site_name,
        "description": page.meta.get("description") or config.site_description or "",
        "image": f"{config.site_url}{which.kind_card(kind or which.SITE, ending)}",
    }
    meta = [f'<meta property="og:{each}" content="{escape(str(value))}">' for each, value in said.items()]
    feeds = {which.site_feed(each): words.say(f"site.follow.feed.{each}") for each in which.SITE_FEEDS}
    if kind in which.FEEDS and name == NAME_TOKENS[0]:
        feeds = {which.feed_of(kind, name): words.say("site.follow.link.feed")} | feeds
    root = "../" if folder else ""
    links = [
        f'<link rel="alternate" type="application/atom+xml" title="{escape(title)}" href="{root}{path}">'
        for path, title in feeds.items()
    ]
    return "\n".join([*meta, *links, ""])


def _page(what: str, words: Words, kind: str) -> str:
    """A specimen's Markdown. Its headings are fixed, so that the theme itself makes the table of contents."""
    front = {"title": TITLE_TOKEN, "description": DESCRIPTION_TOKEN, "hide": _hidden(what)}
    headings = [f"## {words.say(f'site.section.{name}')} {{#{name}}}" for name in SECTIONS if what == RECORD]
    headings += [f"## {words.say(f'site.year.{name}')} {{#{name}}}" for name in YEAR_SECTIONS if what == YEAR]
    if what == RECORD and kind in which.FEEDS:
        headings.append(f"## {words.say('site.follow.section')} {{#follow}}")
    body = [BEGIN, f"<h1>{TITLE_TOKEN}</h1>", *headings, END]
    return "\n\n".join([_front_matter(front), *body])


def _hidden(what: str) -> str:
    return "[navigation]" if what in (RECORD, YEAR) else "[navigation, toc]"


def _front_matter(front: Mapping[str, str]) -> str:
    return "\n".join(["---", *(f"{key}: {value}" for key, value in front.items()), "---"])
