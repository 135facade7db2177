"""What of the second copy is older than it may be: an erased value is really gone once this has run."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from ledger.backup import journal, pictures, whole


def prune(folder: Path, today: str, days: int) -> list[str]:
    """Delete copies, segments and photos from before `days` days; their names. The newest copy always stays.

    A segment goes with the copy that follows it: where the newest copy is damaged, an older one and the lines
    since then still serve. So what was written is gone once it is `days` and a day old.
    """
    oldest = (date.fromisoformat(today) - timedelta(days=days)).isoformat()
    there = whole.copies(folder)
    old = [(path, head.segment) for path, head in there[1:] if head.made < oldest]
    # What a killed process was writing: another is made by now, and only one is made at a time.
    gone = [*(folder / whole.FOLDER).glob(".*.unfinished"), *(path for path, _ in old)]
    if old:
        last = max(segment for _, segment in old)
        gone += [journal.place(folder, each) for each in journal.segments(folder) if each < last]
    for path in gone:
        path.unlink()
    away = (folder / pictures.FOLDER).glob(f"{pictures.GONE}*")
    for path in (path for path in away if path.name.removeprefix(pictures.GONE) < oldest):
        shutil.rmtree(path)
        gone.append(path)
    return sorted(path.name for path in gone)
