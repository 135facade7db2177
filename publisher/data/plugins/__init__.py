"""What we add to Datasette. In reading order:

told         what metadata.json tells us
hook         Datasette's marker for hooks, with types
interface    its pages in Chinese, and columns and values in the forms' words
remembered   the schema, asked once
paging       pages of a table that follow each other
overview     a page of pictures
links        a row's way to its page on the public site
errors       what went wrong, in words, and never a fault of ours for a stranger's nonsense

`publisher.data.hardening` and `publisher.data.fulltext` are plugins too.
"""

from __future__ import annotations

PLUGINS = (
    "publisher.data.hardening",
    "publisher.data.fulltext",
    "publisher.data.plugins.interface",
    "publisher.data.plugins.remembered",
    "publisher.data.plugins.paging",
    "publisher.data.plugins.overview",
    "publisher.data.plugins.links",
    "publisher.data.plugins.errors",
)
