"""Builds that are broken on purpose, each in the one way that a harness is meant to find out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import apsw
from starlette.responses import Response

from collector import handover, server, sync
from ledger import entries, lineage
from ledger.entries import Outcome
from ledger.store import Store
from tests.swarm.place import Place

Sabotage = Callable[[], AbstractContextManager[None]]


@contextmanager
def no_dedupe() -> Iterator[None]:
    """What is known already is taken for new."""
    opened = Place.open

    def forgetful(self: Place) -> Store:
        store = opened(self)
        store.do(lambda store: store.db.execute("DROP INDEX IF EXISTS entry_record")).result()
        return store

    with patch.object(entries, "earlier", lambda db, ids: {}), patch.object(Place, "open", forgetful):
        yield


@contextmanager
def held_dropped() -> Iterator[None]:
    """What a stopped phone sends is answered, and thrown away."""
    keep = entries._keep

    def drop(db: Any, tail: Any, incoming: Any, state: str, *more: Any) -> Outcome:
        if state == "held":
            return Outcome(incoming.id, incoming.digest, state, None, tail.position, more[1], state)
        return keep(db, tail, incoming, state, *more)

    with patch.object(entries, "_keep", drop):
        yield


@contextmanager
def replaces_ignored() -> Iterator[None]:
    """A correction is taken for a record of its own."""
    judge = sync.judge

    def alone(*given: Any) -> Any:
        return judge(*given)._replace(replaces=None)

    with patch.object(sync, "judge", alone):
        yield


@contextmanager
def epoch_ignored() -> Iterator[None]:
    """A restore is kept quiet, so that no phone sends again what the copy lacks."""
    with patch.object(Place, "begin_epoch", lambda self, db: None):
        yield


@contextmanager
def receipt_unsigned() -> Iterator[None]:
    """The receipt says everything and is signed by nobody."""
    made = sync.receipt

    def unsigned(*given: Any) -> dict[str, str]:
        return {**made(*given), "signature": "A" * 86}

    with patch.object(sync, "receipt", unsigned):
        yield


@contextmanager
def anyone_may_correct() -> Iterator[None]:
    """Whoever names a record may take its place."""
    with patch.object(lineage, "_may_replace", lambda devices, earlier, now: True):
        yield


@contextmanager
def last_writer_wins() -> Iterator[None]:
    """Of two corrections of one version the later one takes the place of the first."""
    here = entries.lineage_of

    def wins(db: apsw.Connection, incoming: Any, devices: Any) -> Any:
        found = here(db, incoming, devices)
        if found.state != "branch" or found.code is None:
            return found
        current = lineage.current_of(db, found.code)
        return found._replace(state="accepted", current=current[0] if current else None)

    with patch.object(entries, "lineage_of", wins):
        yield


@contextmanager
def gaps_unmarked() -> Iterator[None]:
    """Nobody looks at a device's chain."""
    with patch.object(entries, "_mark", lambda *given: None):
        yield


@contextmanager
def half_a_batch() -> Iterator[None]:
    """Where one record of a batch has a fault, those after it are answered and not kept."""
    submit = Store.submit

    def halved(self: Store, batch: Any) -> Any:
        bad = next((n for n, each in enumerate(batch) if each.problems), len(batch))
        done = submit(self, batch[: bad + 1])
        committed = done.result()
        rest = [
            Outcome(each.id, each.digest, "quarantined", None, None, (), "quarantined")
            for each in batch[bad + 1 :]
        ]
        answered: Any = type(done)()
        answered.set_result(committed._replace(outcomes=[*committed.outcomes, *rest]))
        return answered

    with patch.object(Store, "submit", halved):
        yield


@contextmanager
def stumbles() -> Iterator[None]:
    """A member that is missing is looked up all the same."""

    def trusting(body: Any) -> sync.Push:
        return sync.Push(body["batch"], body["records"])

    with patch.object(sync, "read_push", trusting):
        yield


@contextmanager
def drifts() -> Iterator[None]:
    """An answer loses a member that the document promises."""
    waiting = handover.waiting

    def other(*given: Any) -> dict[str, Any]:
        return {"pending": waiting(*given)["waiting"]}

    with patch.object(handover, "waiting", other):
        yield


@contextmanager
def says_no_without_a_problem() -> Iterator[None]:
    """A refusal is a line of text."""

    def plain(refusal: Any, *_: Any) -> Response:
        return Response("no", refusal.status, media_type="text/plain")

    with patch.object(server, "problem_json", plain):
        yield


MODEL: Mapping[str, Sabotage] = {
    "no dedupe": no_dedupe,
    "held dropped": held_dropped,
    "replaces ignored": replaces_ignored,
    "epoch ignored": epoch_ignored,
    "receipt unsigned": receipt_unsigned,
    "anyone may correct": anyone_may_correct,
    "last writer wins": last_writer_wins,
    "gaps unmarked": gaps_unmarked,
    "half a batch": half_a_batch,
}
"""What the model of many phones finds out."""

API: Mapping[str, Sabotage] = {
    "stumbles": stumbles,
    "drifts": drifts,
    "says no without a problem": says_no_without_a_problem,
}
"""What asking anything finds out."""
