"""The page in English: what the site is, each kind of record, how to read, cite and take it home."""

from __future__ import annotations

from typing import Any

from publisher.pages.making import Site


def page(site: Site) -> dict[str, Any]:
    """What its template is given; all of it is out of public.db and the congress's own names."""
    public, www = site.public, site.congress.addresses["www"]
    first = next((kind for kind in public.shown if not kind.register and public.rows[kind.name]), None)
    code = public.rows[first.name][0]["code"] if first else None
    return {
        "congress": site.congress.name["en"],
        "as_of": public.release["as_of"],
        "release": public.release["id"],
        "cited": (code, f"{www}/{public.path(code)}") if code else None,
        "kinds": [
            {
                "name": kind.name,
                "label": kind.label,
                "says": kind.description["en"],
                "count": len(public.rows[kind.name]),
            }
            for kind in sorted(public.shown, key=lambda kind: kind.place)
        ],
        "data": site.links.home(),
    }
