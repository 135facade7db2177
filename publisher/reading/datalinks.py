"""Where in Datasette the rows behind a page or a number stand."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from publisher.reading.public import REFERENCES, Asked

MANY = ("choices", "references", "strings")


@dataclass(frozen=True)
class DataLinks:
    """Addresses below the congress's data address."""

    base: str

    def home(self) -> str:
        """All tables."""
        return f"{self.base}/public"

    def table(self, table: str, **query: str) -> str:
        """A table, filtered.

        >>> DataLinks("https://data.example").table("visit", visited_on__startswith="2026")
        'https://data.example/public/visit?visited_on__startswith=2026'
        """
        return f"{self.base}/public/{quote(table)}" + (f"?{urlencode(query)}" if query else "")

    def search(self, text: str = "") -> str:
        """The question that finds any piece of any text (publisher.data.canned); `{q}` stays.

        >>> DataLinks("https://data.example").search("{q}")
        'https://data.example/public/search?q={q}'
        """
        return f"{self.base}/public/search" + (f"?q={quote(text, safe='{}')}" if text else "")

    def query(self, name: str, **params: str) -> str:
        """A canned query with its SQL in sight.

        >>> DataLinks("https://data.example").query("promises_broken")
        'https://data.example/public/promises_broken?_show_sql=on'
        """
        return f"{self.base}/public/{quote(name)}?{urlencode({'_show_sql': 'on', **params})}"

    def grouped(self, table: str, asked: Asked) -> str:
        """A table with the number of rows for each value of a column."""
        return self.table(table, **{"_facet_array" if asked.type in MANY else "_facet": asked.name})

    def rows(self, table: str, asked: Asked | None, column: str, value: object) -> str:
        """The rows that hold a value in a column; a repeat group's rows stand in a table of their own."""
        if asked and asked.each:
            named = [part.name for part in asked.each if part.public and part.type in REFERENCES]
            return self.table(f"{table}_{column}", **({named[0]: str(value)} if len(named) == 1 else {}))
        many = asked is not None and asked.type in MANY
        return self.table(table, **{f"{column}__arraycontains" if many else column: str(value)})
