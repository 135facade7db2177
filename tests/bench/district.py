"""What a whole build of a district costs, stage by stage: 300 deputies, 3,000 suggestions with what became of
them, 20,000 visits.

Every suggestion has its admission, assignment, reply and rating. The stages are those that a build itself
tells; what comes into a release later stands here by itself.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from ledger.filing import OfficeRecord
from ledger.forms import load_forms
from ledger.store import Store
from publisher import release
from tests.bench import stage

DEPUTIES, SUGGESTIONS, VISITS, ORGANS = 300, 3_000, 20_000, 40
AS_OF = date(2026, 11, 21)
TMPFS = Path("/dev/shm")
SAYS = (
    f"{SUGGESTIONS:,} suggestions, each with admission, assignment, reply and rating, {VISITS:,} visits, "
    f"{DEPUTIES} deputies, from the ledger to where it is served, shell included, on tmpfs; then one more."
)


def measure() -> dict[str, float]:
    """A clean build, one after a single visit, one with nothing new; seconds, processor and memory."""
    with tempfile.TemporaryDirectory(dir=TMPFS if TMPFS.is_dir() else None) as name:
        folder = Path(name)
        home, site = folder / "home", folder / "site"
        _file(home, list(records()))
        began = _processor()
        cold = release.build(stage.CONTENT, home, site, AS_OF)
        spent = _processor() - began
        answers = next(stage.visits(1, seed=9))
        _file(home, [_record("visit", "more", answers | {"visited_on": _long_ago(answers["visited_on"])})])
        began = _processor()
        step = release.build(stage.CONTENT, home, site, AS_OF)
        again = _processor() - began
        same = release.build(stage.CONTENT, home, site, AS_OF)
        size = sum(path.stat().st_size for path in cold.path.rglob("*") if path.is_file())
    return {
        "district_seconds": cold.seconds,
        "district_processor_seconds": spent,
        "district_one_more_seconds": step.seconds,
        "district_one_more_processor_seconds": again,
        "district_unchanged_seconds": same.seconds,
        "district_pages": float(cold.pages_total),
        "district_mb": size / 1e6,
        "district_peak_mb": _peak_mb(),
        **{f"district: {stage}": seconds for stage, seconds in cold.stages.items()},
        **{f"one more: {stage}": seconds for stage, seconds in step.stages.items()},
    }


def records() -> Iterator[OfficeRecord]:
    """Everything a district has filed, the same each time."""
    pick = random.Random(5)
    for n in range(stage.GRIDS):
        yield _record("grid", f"g-{n}", {"name": f"第{n}网格", "level": "grid"})
    for n in range(ORGANS):
        yield _record("organ", f"o-{n}", {"name": f"青溪区第{n}局", "organ_kind": "government"})
    seat = {"levels": ["county"], "term": "区第五届", "constituency": "第一选区", "mandate": "serving"}
    for n in range(DEPUTIES):
        yield _record("deputy", f"d-{n}", {"name": f"甲某{n}", **seat})
    for n in range(SUGGESTIONS):
        yield from _suggestion(n, pick)
    for n, answers in enumerate(stage.visits(VISITS)):
        yield _record("visit", f"v-{n}", answers | {"visited_on": _long_ago(answers["visited_on"])})


def _suggestion(n: int, pick: random.Random) -> Iterator[OfficeRecord]:
    name, organ, deputy = f"s-{n}", f"o-{pick.randrange(ORGANS)}", f"d-{pick.randrange(DEPUTIES)}"
    received = date(pick.randint(2021, 2025), 1, 15) + timedelta(days=pick.randint(0, 200))
    text = "\n\n".join(stage.paragraph(pick) for _ in range(3))
    yield _record(
        "suggestion",
        name,
        {
            "subject": f"关于第{n}网格{pick.choice(stage.WORDS)}问题的建议",
            "body": text,
            "confidentiality": "public",
            "topic": "social",
            "grid": f"g-{pick.randrange(stage.GRIDS)}",
            "lead_deputy": deputy,
            "period": "recess",
            "received_on": received.isoformat(),
            "organ": organ,
        },
    )
    admitted = {"decided_on": (received + timedelta(days=3)).isoformat(), "decision": "accepted"}
    yield _record("admission", name, {"suggestion": name, **admitted})
    of = {"suggestion": name, "organ": organ}
    assigned = {
        "assigned_on": (received + timedelta(days=7)).isoformat(),
        "mode": "lead_with_co",
        "complex": False,
    }
    yield _record("assignment", name, {**of, **assigned})
    replied = {
        "assignment": name,
        "replied_on": (received + timedelta(days=pick.randint(40, 120))).isoformat(),
        "letter": "a",
        "outcome_class": "resolved",
        "body": stage.paragraph(pick),
        "in_person": True,
    }
    yield _record("reply", name, {**of, **replied})
    rated = {
        "suggestion": name,
        "reply": name,
        "stage": "reply",
        "attitude": "satisfied",
        "result": "satisfied",
    }
    yield _record(
        "rating", name, {**rated, "rated_on": (received + timedelta(days=130)).isoformat(), "rater": deputy}
    )


def _long_ago(day: str) -> str:
    """A day on which no deadline ends: the last look would take one for the visit's, which stays inside."""
    return f"{int(day[:4]) - 6}{day[4:]}"


def _record(kind: str, name: str, answers: dict[str, object]) -> OfficeRecord:
    return OfficeRecord(kind, answers, ("records", kind, name))


def _file(home: Path, several: list[OfficeRecord]) -> None:
    with Store.open(home, load_forms(stage.CONTENT)) as store:
        outcomes = store.office_append(several)
    refused = [outcome for outcome in outcomes if outcome.state != "accepted"]
    assert not refused, (len(refused), refused[0])


def _processor() -> float:
    """Processor time of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}", flush=True)
