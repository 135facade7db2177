"""Names and texts as SQL takes them, whatever they hold."""

from __future__ import annotations


def quoted(name: str) -> str:
    """The name of a table or column.

    >>> quoted('上"下')
    '"上""下"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"
