"""What the law makes of records: pure functions with the date as an argument. In reading order:

ballot       quorum, majority, cut, ties, the verdict; counts that must agree; the recount for anyone
project      from idea to a finished project, step by step
calendar     which days are working days, and from which day that was known
deadline     when a limit is up, day by day; deadline_words: the same in one sentence
suggestion   a suggestion with all its records: its stage, clocks, outcome and figures
outreach     needs that end in a deed or a reason, hours of training
lamps        the states that rules show, with their words
agreements   which rules keep a record of each kind aside
"""
