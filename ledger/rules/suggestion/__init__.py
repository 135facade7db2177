"""Rules of suggestions. In reading order:

case             a suggestion with all its records, and the order within a day
handling         who handles it, and which reply stands
promise          promises: kept, broken, claimed, due
outcome          claimed, found, and where they contradict
stage            where it stands, and who must do what next
track            the three lanes
clock            one clock of a suggestion, and how it stands on a day
clocks           all of them on a day, and which notices moved them
handling_clocks  from receipt to reply
reply_clocks     after a reply: rating, handling again, promises
item             what counts for whom in a figure
figures          figures side by side, each with its rows
pressure         signs that ratings were asked for
printed          a printed table beside what it computes to
kept             a case out of the ledger
agreement        must its records agree?
handler_agreement  does an organ's person file for their own organ?
"""
