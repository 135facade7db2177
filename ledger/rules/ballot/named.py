"""CSV files of named votes: a line a vote, and each option a motion of its own."""

from __future__ import annotations

from collections import Counter

from ledger.rules.ballot.marks import UNSURE, VOTE_COLUMNS, meant, vote_of
from ledger.rules.ballot.records import BallotFile, Faults, cell, table
from ledger.rules.ballot.verdict import Ballot, OptionTotals, Totals


def read_named(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """`voter,option,vote`: a roll call. Each option is a vote of its own, unless seats are to be filled."""
    seen: dict[tuple[str, str], int] = {}
    options: dict[str, Counter[str]] = {}
    voted: set[str] = set()
    known: dict[str, str | None] = {}
    unsure: dict[str, tuple[int, set[str]]] = {}  # the first line of such a word, and who wrote it
    columns, rows = table(text, delimiter, faults, VOTE_COLUMNS)
    for line, row in rows:
        voter, option, word = (cell(row, columns, name) for name in ("voter", "option", "vote"))
        if not (voter or option or word):
            continue  # a line of commas, as spreadsheets leave them
        if word not in known:
            known[word] = word.lower() if word.lower() in UNSURE else vote_of(word)
        vote = known[word]
        if not voter or not option:
            faults.add(line, "voter" if not voter else "option", "is empty.")
        elif (voter, option) in seen:
            what = f"duplicate: {voter[:40]} votes on {option[:40]} in line {seen[voter, option]} too."
            faults.add(line, "voter", what)
        elif vote is None:
            what = f"'{word[:40]}' is no vote that is known. Write approve, oppose, abstain or absent."
            faults.add(line, "vote", what)
        else:
            seen[voter, option] = line
            options.setdefault(option, Counter())[vote] += 1
            if vote in UNSURE:
                unsure.setdefault(vote, (line, set()))[1].add(voter)
            elif vote != "absent":
                voted.add(voter)
    meaning = meant(known) if unsure else {}
    for word, (line, voters) in unsure.items():
        if word not in meaning:
            what = f"'{word}' may be against, abstaining or away. Write approve, oppose, abstain or absent."
            faults.add(line, "vote", what)
            continue
        voted |= voters if meaning[word] != "absent" else set()
        for votes in options.values():
            votes[meaning[word]] += votes.pop(word, 0)
    faults.check()
    totals = tuple(_totals(option, votes) for option, votes in options.items())
    ballot = Ballot("approve_oppose_abstain", seats=seats, named=True)
    return BallotFile("named", ballot, Totals(totals, len(voted), len(voted), 0, None, None))


def _totals(option: str, votes: Counter[str]) -> OptionTotals:
    counted = (votes["approve"], votes["oppose"], votes["abstain"])
    return OptionTotals(option, *counted, marked=sum(counted))
