"""What a recount costs: a hundred thousand ballots, against the least that any count of them does."""

from __future__ import annotations

import random
from collections import Counter
from time import process_time

from ledger.rules.ballot.files import parse_ballot_file

BALLOTS, PROJECTS, MARKS = 100_000, 50, 8


def measure() -> dict[str, float]:
    """Processor time of the recount, of splitting and counting the same lines, and their ratio."""
    data = _file()
    began = process_time()
    parse_ballot_file(data, "election.pb")
    recount = process_time() - began
    began = process_time()
    counted: Counter[str] = Counter()
    for line in data.decode().splitlines()[PROJECTS + 6 :]:
        counted.update(line.partition(";")[2].split(","))
    bare = process_time() - began
    assert counted.total() == BALLOTS * MARKS
    return {"recount_to_bare": recount / bare, "recount_seconds": recount, "bare_seconds": bare}


def _file() -> bytes:
    chance = random.Random(1)
    projects = [str(place) for place in range(PROJECTS)]
    rows = [f"{voter};{','.join(chance.sample(projects, MARKS))}" for voter in range(BALLOTS)]
    head = ["META", "vote_type;approval", "PROJECTS", "project_id", *projects, "VOTES", "voter_id;vote"]
    return "\n".join([*head, *rows]).encode()
