"""What templates compile to: kept for the next build, and quick to set a text."""

from __future__ import annotations

import hashlib
import marshal
import shutil
from collections.abc import MutableMapping
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, Template
from jinja2.bccache import Bucket

from ledger.files import write_whole
from publisher.reading.markup import escaped
from publisher.stamping.stamp import digest_of

DIGEST = 16


class Compiled(BytecodeCache):
    """The code of templates in a folder named after all that it is made of.

    Words and icons are in it, so it is not enough that a template's own text is the same. What has been
    damaged is not believed, and is made again.
    """

    def __init__(self, cache: Path, *made_of: Any) -> None:
        self.folder = cache / digest_of([MAGIC_NUMBER.hex(), *made_of])

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code, if it is there and whole."""
        try:
            kept = self._path(bucket).read_bytes()
        except OSError:
            return
        if kept[:DIGEST] == _digest(kept[DIGEST:]):
            bucket.code = marshal.loads(kept[DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code; what was made of other words or by another program is of no use any more."""
        code = marshal.dumps(bucket.code)
        with suppress(OSError):  # a disk that is full or read only: the next build does it again
            if not self.folder.is_dir():
                shutil.rmtree(self.folder.parent, ignore_errors=True)
                self.folder.mkdir(parents=True)
            write_whole(self._path(bucket), _digest(code) + code, synced=False)

    def _path(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key}-{bucket.checksum}"


class Quick(Template):
    """A template that looks up the texts it has set before: most of a page is such texts."""

    @classmethod
    def from_code(
        cls, environment: Environment, code: CodeType, globals: MutableMapping[str, Any], uptodate: Any = None
    ) -> Template:
        """As any template, with its own way to escape."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__["escape"] = escaped
        return made


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST).digest()
