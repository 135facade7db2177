"""What we add to Datasette. In reading order:

told         what metadata.yaml tells us
hook         Datasette's marker for hooks, with types
interface    its pages in Chinese, and columns and values in the forms' words
links        a row's way to its page on the public site
errors       what went wrong, in words, and never a fault of ours for a stranger's nonsense

`publisher.data.hardening` and `publisher.data.fulltext` are plugins too.
"""

from __future__ import annotations

PLUGINS = (
    "publisher.data.hardening",
    "publisher.data.fulltext",
    "publisher.data.plugins.interface",
    "publisher.data.plugins.links",
    "publisher.data.plugins.errors",
)
