"""What we add to Datasette. In reading order:

told         what metadata.yaml tells us
hook         Datasette's marker for hooks, with types
interface    its pages in Chinese, and columns and values in the forms' words
links        a row's way to its page on the public site
errors       what went wrong, in words, and never a fault of ours for a stranger's nonsense

`publisher.hardening` and `publisher.fulltext` are plugins too.
"""

from __future__ import annotations

PLUGINS = (
    "publisher.hardening",
    "publisher.fulltext",
    "publisher.plugins.interface",
    "publisher.plugins.links",
    "publisher.plugins.errors",
)
