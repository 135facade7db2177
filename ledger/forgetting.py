"""What is kept for a time only: answers whose form says `forget_after`, erased once that is over.

The time counts from the day an answer arrived, by the server's clock and where the congress sits, to the end
of the last day; a correction that says it again arrives anew. Of the wording it was filed under and today's
the shorter time counts. One erasure says it of many records: kind, wordings, fields, from which entry to
which, received before when. A slice holds at most some hundreds, so that phones are not kept waiting.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ledger import erasure, traces
from ledger.envelope import rfc3339
from ledger.filing import OfficeRecord
from ledger.forms import Form
from ledger.store import Store, open_ledger

SLICE = 500


@dataclass(frozen=True)
class Due:
    """Answers whose time is up: of one kind, under some wordings, the same fields since the same day."""

    kind: str
    fields: tuple[str, ...]
    wordings: tuple[str, ...]
    received_before: str


def day_before(today: date, span: str) -> date:
    """The first day whose answers are still kept today.

    >>> day_before(date(2026, 8, 31), "6 months"), day_before(date(2026, 7, 1), "180 days")
    (datetime.date(2026, 2, 28), datetime.date(2026, 1, 2))
    """
    number, unit = int(span.split()[0]), span.split()[1]
    if unit == "days":
        return today - timedelta(number)
    months = today.year * 12 + today.month - 1 - number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def due(versions: Iterable[Form], current: Mapping[str, Form], today: date, timezone: str) -> Iterator[Due]:
    """What is to be erased today, of any entry there may be."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for form in versions:
        until: dict[str, list[str]] = {}
        for name, asked in form.fields.items():
            now = current[form.kind].fields.get(name) if form.kind in current else None
            spans = [each.forget_after for each in (asked, now) if each and each.forget_after]
            if spans:
                before = max(day_before(today, span) for span in spans)
                until.setdefault(_moment(before, timezone), []).append(name)
        for moment, names in until.items():
            found.setdefault((form.kind, moment, tuple(sorted(names))), []).append(form.version)
    for (kind, moment, fields), wordings in sorted(found.items()):
        yield Due(kind, fields, tuple(sorted(wordings)), moment)


def _moment(day: date, timezone: str) -> str:
    """The first moment of a day, where the congress sits."""
    midnight = datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
    return rfc3339(int(midnight.timestamp() * 1000))


def run(store: Store, now_ms: int, timezone: str = "Asia/Shanghai") -> int:
    """Erase all whose time is up; how many erasures it took. Nothing is done twice."""
    today = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(timezone)).date()
    traces.clear(store)  # what a killed process left: its salts are not known any more
    done = 0
    if erasure.KIND in store.current:
        for each in due(store.forms.values(), store.current, today, timezone):
            done += _erase(store, each)
    traces.clear(store, anew=False)
    return done


def _erase(store: Store, each: Due) -> int:
    """One kind's, in slices of entries."""
    with open_ledger(store.home) as ledger:
        overdue = ledger.gone.overdue(each.kind, each.fields, each.received_before, each.wordings)
    slices = list(_slices(overdue))
    for positions, wordings in slices:
        answers = {
            "fields": list(each.fields),
            "reason": erasure.EXPIRED,
            "of_kind": each.kind,
            "wordings": wordings,
            "received_before": each.received_before,
            "first": positions[0],
            "last": positions[-1],
        }
        store.office_append([OfficeRecord(erasure.KIND, answers)])
    return len(slices)


def _slices(overdue: list[tuple[int, str]]) -> Iterator[tuple[list[int], list[str]]]:
    for start in range(0, len(overdue), SLICE):
        some = overdue[start : start + SLICE]
        yield [position for position, _ in some], sorted({wording for _, wording in some})
