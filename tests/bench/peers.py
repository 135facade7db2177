"""The site stage beside Hugo and MkDocs, the same pages in the same run, and how it grows.

Hugo gets our specimen as its layout, and of each record what our template is given: as Markdown with front
matter (what a site of Markdown files is), and as data (`_content.gotmpl`, no Markdown). Its list pages, feeds
and sitemap are off; ours makes lists and sitemap beside. MkDocs gets the same Markdown, records not in its
navigation. All write to tmpfs, each in a process of its own, taking turns; the best of three counts.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.stamping.shell import CONFIG
from tests.bench import stage
from tests.bench.hugo import markdown, write_hugo

ROOT = Path(__file__).parents[2]
TMPFS = Path("/dev/shm")
SIZES = (500, 2_000, 10_000, 50_000)
AGAINST = 10_000
ROUNDS = 3
MKDOCS = (500, 2_000)
SAYS = (
    "`public.db` to `www/`, each in a process of its own, start included, on tmpfs; CPU is user and system, "
    "the best of three. Shell and compiled templates are there, as a build keeps them in `.build`. "
    "Hugo 0.168 makes the same record pages and lists in the same shell; "
    "MkDocs with Material makes them outside its navigation."
)


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    wall: float
    cpu: float
    peak_mb: float

    @staticmethod
    def least(costs: list[Cost]) -> Cost:
        """The best of several, each figure by itself."""
        return Cost(min(c.wall for c in costs), min(c.cpu for c in costs), min(c.peak_mb for c in costs))


def measure(
    sizes: tuple[int, ...] = SIZES, against: int = AGAINST, mkdocs: tuple[int, ...] = MKDOCS
) -> dict[str, float]:
    """Every figure in one run."""
    with tempfile.TemporaryDirectory(dir=TMPFS if TMPFS.is_dir() else None) as name:
        folder = Path(name)
        found: dict[str, float] = {}
        costs: dict[int, Cost] = {}
        for size in sizes:
            here = folder / str(size)
            _bench("fill", here, size)
            if size == against:
                found |= _against_hugo(here, size, costs)
                found |= _again(here, size)
            else:
                costs[size] = Cost.least([_ours(here) for _ in range(ROUNDS)])
            if size in mkdocs:
                found |= _mkdocs(here, size, costs[size])
            shutil.rmtree(here)
    for size, cost in costs.items():
        found |= {f"site_cpu_seconds_{size}": cost.cpu, f"site_wall_seconds_{size}": cost.wall}
        found |= {f"site_peak_mb_{size}": cost.peak_mb}
    if len(sizes) > 1:  # from the two largest, where the start of Python counts least
        small, large = costs[sizes[-2]], costs[sizes[-1]]
        found["site_growth"] = math.log(large.cpu / small.cpu) / math.log(sizes[-1] / sizes[-2])
    found["site_peak_mb"] = costs[against].peak_mb
    return found


def _against_hugo(here: Path, size: int, costs: dict[int, Cost]) -> dict[str, float]:
    """The stage and Hugo in both its ways, taking turns."""
    specimens, pages, lists = stage.records(here)
    hugo_sites = {"markdown": here / "hugo-markdown", "data": here / "hugo-data"}
    for way, site in hugo_sites.items():
        write_hugo(site, specimens, pages, lists, way)
    ours: list[Cost] = []
    hugos: dict[str, list[Cost]] = {way: [] for way in hugo_sites}
    for _ in range(ROUNDS):
        ours.append(_ours(here))
        for way, site in hugo_sites.items():
            hugos[way].append(_hugo(site, size))
    costs[size] = our = Cost.least(ours)
    found = {}
    for way, several in hugos.items():
        hugo = Cost.least(several)
        found |= {
            f"site_to_hugo_{way}_cpu": our.cpu / hugo.cpu,
            f"site_to_hugo_{way}_wall": our.wall / hugo.wall,
        }
        found |= {f"hugo_{way}_cpu_seconds": hugo.cpu, f"hugo_{way}_wall_seconds": hugo.wall}
        found |= {f"hugo_{way}_peak_mb": hugo.peak_mb}
    return found


def _again(here: Path, size: int) -> dict[str, float]:
    """Nothing changed, and one in a hundred: all else is linked to what was there."""
    first = here / "first"
    _bench("run", here, first)
    same = Cost.least([_ours(here, first) for _ in range(ROUNDS)])
    _bench("fill", here, size, size // 100)
    some = Cost.least([_ours(here, first) for _ in range(ROUNDS)])
    return {
        "site_unchanged_seconds": same.wall,
        "site_one_percent_seconds": some.wall,
        "site_unchanged_cpu_seconds": same.cpu,
        "site_one_percent_cpu_seconds": some.cpu,
    }


def _ours(here: Path, before: Path | None = None) -> Cost:
    out = here / "out"
    shutil.rmtree(out, ignore_errors=True)
    more = [str(before)] if before else []
    spent = cost([sys.executable, "-m", "tests.bench.stage", "run", str(here), str(out), *more])
    return replace(spent, peak_mb=float((out / stage.PEAK).read_text("utf-8")))


def _bench(what: str, *given: object) -> None:
    command = [sys.executable, "-m", "tests.bench.stage", what, *map(str, given)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def cost(command: list[str], cwd: Path = ROOT) -> Cost:
    """Run a command to its end, quietly; raises where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {said[-2000:]}")
    # Its memory is at least what this process held when it began it (getrusage(2): kept across execve).
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _hugo(site: Path, size: int) -> Cost:
    """Hugo from nothing, its cache beside it; it must have made every page."""
    public = site / "public"
    shutil.rmtree(public, ignore_errors=True)
    hugo = str(Path(sys.executable).with_name("hugo"))
    spent = cost([hugo, "--quiet", "--source", str(site), "--cacheDir", str(site / "cache")])
    made = sum(1 for _ in (public / "visit").glob("zf-*.html"))
    if made != size:
        raise RuntimeError(f"Hugo made {made} pages of {size}.")
    return spent


def _mkdocs(here: Path, size: int, our: Cost) -> dict[str, float]:
    """MkDocs with the same theme over the same Markdown, records not in its navigation."""
    _, pages, _ = stage.records(here)
    docs = here / "content" / "pages"
    shutil.copytree(stage.CONTENT, docs.parent, ignore=shutil.ignore_patterns("records"))
    (docs / "visit").mkdir(exist_ok=True)
    for page in pages:
        text = markdown(page, {}).partition("\n")[2]
        (docs / f"visit/{page.data['code']}.md").write_text(
            f"---\ntitle: {json.dumps(page.title)}\n---\n{text}", "utf-8"
        )
    given = {"INHERIT": str(CONFIG), "docs_dir": str(docs), "site_dir": str(here / "mkdocs-site")}
    given |= {
        "hooks": [str(ROOT / "publisher/stamping/specimen.py")],
        "validation": {"links": {"not_found": "ignore"}},
    }
    (here / "mkdocs.json.yml").write_text(json.dumps(given), "utf-8")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--quiet",
        "--config-file",
        str(here / "mkdocs.json.yml"),
    ]
    spent = cost(command)
    made = sum(1 for _ in (here / "mkdocs-site/visit").glob("ZF-*.html"))
    if made != size:
        raise RuntimeError(f"MkDocs made {made} pages of {size}.")
    return {f"mkdocs_cpu_seconds_{size}": spent.cpu, f"mkdocs_to_site_cpu_{size}": spent.cpu / our.cpu}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}")
