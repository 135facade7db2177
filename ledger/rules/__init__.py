"""What the law makes of records: pure functions with the date as an argument. In reading order:

ballot               rules B1 to B9 and B14: quorum, majority, cut, ties, and the verdict
ballot_terms         the words of a ballot: how it was voted, what was counted, what is found
ballot_counts        the arithmetic of a count: what cannot be
ballot_conduct       rules B7 and B10 to B13: how a ballot was prepared and watched
tally                the frozen list, the check code, two blind counts compared

ballot_files         a file of ballots or totals -> what is to be recounted
ballot_records       lines and fields of such a file, and its faults
ballot_sheets        CSV files: ballots, named votes, totals
ballot_pb            Pabulib's .pb files
recount              the command: python -m ledger.rules.ballot FILE

project_cycle        the six steps of a cycle, in their order
ideas                from many ideas to a few candidates: nothing lost on the way
livelihood_project   may a project be a candidate (E1 to E8), and are the four clarities clear?
project_supervision  a chosen project on its way: money, progress, changes, tests
rollout              coverage: which bodies have voted in which year
lamps                the states that rules show, with their words
"""
