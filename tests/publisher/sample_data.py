"""The sample congress as a finished data folder, with all that is computed: what Datasette serves of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher import derived
from publisher.data import config, fulltext, views
from publisher.inputs import Content
from publisher.out.public_db import opened, seal
from publisher.reading.public import Public, read_public
from tests.publisher.fake import shipped
from tests.publisher.sample import Change, sample


@dataclass(frozen=True)
class Data:
    """A data folder, what it was made with, and its public.db as the pages read it."""

    folder: Path
    content: Content
    public: Public

    @property
    def path(self) -> Path:
        """Where public.db is."""
        return self.folder / "public.db"


def sample_data(folder: Path, change: Change = lambda kind, name, answers: answers) -> Data:
    """Every record of content/records as a release would publish it, without pages."""
    folder.mkdir(parents=True)
    path, content = folder / "public.db", shipped()
    sample(path, change)
    derived.add(path, content.rulebook, content.words)
    with opened(path) as db:
        assert db.conn is not None
        fulltext.index(db, content.forms)
        views.add(db.conn, content.forms, content.words)
    seal(path)
    config.write_config(folder, content.forms, content.congress, content.words)
    return Data(folder, content, read_public(path))
