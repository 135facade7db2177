"""Where an error is reported: by mail, online, by telephone or in person, the record's code filled in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ledger.contact import Errors
from publisher.pages.making import Site
from publisher.stamping.specimen import short_name

CODE = "CODE-OF-THE-RECORD"
"""Stands in an address until the template puts the record's own code there."""


def report(site: Site) -> dict[str, Any]:
    """What a page says of it: the ways the congress names in congress.yaml, and how soon it answers."""
    errors = site.congress.errors or Errors()
    mail = {
        part: quote(site.words.say(f"site.report.mail.{part}", site.lang, code=CODE))
        for part in ("subject", "body")
    }
    return {
        "code": CODE,
        "office": short_name(site.congress),
        "mail": errors.email and f"mailto:{errors.email}?subject={mail['subject']}&body={mail['body']}",
        "email": errors.email,
        "link": errors.link and errors.link.replace("{code}", CODE),
        "phone": errors.phone,
        "address": errors.address and errors.address[site.lang],
        "days": errors.answer_within,
        "promised": errors.promised,
    }
