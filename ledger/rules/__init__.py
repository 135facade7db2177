"""What the law makes of records: pure functions with the date as an argument. In reading order:

ballot               rules B1 to B9 and B14: quorum, majority, cut, ties, and the verdict
ballot_terms         the words of a ballot: how it was voted, what was counted, what is found
ballot_counts        the arithmetic of a count: what cannot be
ballot_conduct       rules B7 and B10 to B13: how a ballot was prepared and watched
tally                the frozen list, the check code, two blind counts compared
ballot_agreement     must a ballot, its counts and its result agree?

ballot_files         a file of ballots or totals -> what is to be recounted
ballot_records       lines and fields of such a file, and its faults
ballot_marks         the words in which marks and votes are written, and the names of columns
ballot_sheets        CSV files of anonymous sheets
ballot_named         CSV files of named votes
ballot_motions       named votes: each motion with a verdict of its own
ballot_totals        CSV files of totals, as our pages publish them
ballot_pb            Pabulib's .pb files as they stand
ballot_pb_count      their count
recount              the command: python -m ledger.rules.ballot FILE

project_cycle        the six steps of a cycle, in their order
ideas                from many ideas to a few candidates: nothing lost on the way
livelihood_project   may a project be a candidate (E1 to E8), and are the four clarities clear?
project_supervision  a chosen project on its way: money, progress, changes, tests
rollout              coverage: which bodies have voted in which year

calendar             which days are working days, and from which day that was known
deadline             when a limit is up, day by day
deadline_words       the same in one sentence

suggestion_case      a suggestion with all its records, and the order within a day
suggestion_handling  who handles it, and which reply stands
suggestion_promise   promises: kept, broken, claimed, due
suggestion_outcome   claimed, found, and where they contradict
suggestion_stage     where it stands, and who must do what next
suggestion_track     the three lanes
suggestion_clock     one clock of a suggestion, and how it stands on a day
suggestion_clocks    all of them on a day, and which notices moved them
suggestion_handling_clocks  from receipt to reply
suggestion_reply_clocks     after a reply: rating, handling again, promises
suggestion_item      what counts for whom in a figure
suggestion_figures   figures side by side, each with its rows
suggestion_pressure  signs that ratings were asked for
printed              a printed table beside what it computes to
suggestion_kept      a case out of the ledger
suggestion_agreement  must its records agree?
handler_agreement    does an organ's person file for their own organ?

lamps                the states that rules show, with their words

agreements           which rules keep a record of each kind aside
"""
