"""The sample congress as a whole release: every record of content/records, imported and built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from collector.imports import import_path
from ledger.forms import load_forms
from ledger.records import read_record, record_yaml
from ledger.store import Store
from publisher.release import build
from tests.publisher.fake import AS_OF, CONTENT, ROOT


def sample_release(folder: Path) -> Path:
    """Import and build into a folder; the release, with `www` and `data` in it."""
    home = folder / "home"
    subprocess.run(
        [sys.executable, "-m", "collector", "import", str(CONTENT / "records")],
        cwd=ROOT,
        env={**os.environ, "MINGBAI_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return build(CONTENT, home, folder / "site", AS_OF).path


def change(path: Path, **answers: Any) -> None:
    """Give a record of the sample other answers."""
    record = read_record(path)
    path.write_text(record_yaml(record.kind, {**record.answers, **answers}), "utf-8")


def released(folder: Path, records: Path) -> Path:
    """Import records into a folder and build; the release."""
    with Store.open(folder / "home", load_forms(CONTENT)) as store:
        assert set(import_path(store, load_forms(CONTENT), records).counts) == {"accepted"}
    return build(CONTENT, folder / "home", folder / "site", AS_OF).path


def every_sort(www: Path) -> list[str]:
    """The address of a page of every sort: those at the root, and of each kind its list, one of its records,
    and one list of a facet, each the longest of its sort."""
    found = [path.name for path in sorted(www.glob("*.html"))]
    for folder in sorted(each for each in www.iterdir() if (each / "index.html").is_file()):
        sorts: dict[str, list[Path]] = {"record": [], "facet": []}
        for path in sorted(folder.glob("*.html")):
            if path.name != "index.html":
                sorts["facet" if "." in path.stem else "record"].append(path)
        longest = [max(paths, key=lambda path: path.stat().st_size) for paths in sorts.values() if paths]
        found += [f"{folder.name}/{path.name}" for path in [folder / "index.html", *longest]]
    return found
