"""The page 关注: which feeds and calendars there are, and how one uses them, in plain words."""

from __future__ import annotations

from typing import Any

from publisher.following import calendars, which
from publisher.following.feeds import say_of
from publisher.pages.making import Site


def page(site: Site) -> dict[str, Any]:
    """What the template is given."""
    say, www = say_of(site), site.congress.addresses["www"]
    kinds = [site.public.kinds[name] for name in which.here(which.FEEDS, site.public.rows)]
    return {
        "as_of": site.public.release["as_of"],
        "most": which.MOST,
        "feeds": [
            {
                "href": which.site_feed(name),
                "name": say(f"feed.{name}"),
                "text": say(f"feed.{name}.text"),
                "address": f"{www}/{which.site_feed(name)}",
            }
            for name in which.SITE_FEEDS
        ],
        "calendars": [
            {
                "href": which.site_calendar(name),
                "name": say(f"calendar.{name}"),
                "text": say(f"calendar.{name}.text"),
                "address": f"{www}/{which.site_calendar(name)}",
            }
            for name in which.SITE_CALENDARS
            if calendars.has(site, name)
        ],
        "kinds": [
            {
                "label": kind.label[site.lang],
                "href": f"{kind.name}/index.html",
                "calendar": kind.name in which.CALENDARS,
                "poster": kind.name in which.POSTERS,
                "n": len(site.public.rows[kind.name]),
            }
            for kind in kinds
        ],
        "poster": which.site_poster(),
    }
