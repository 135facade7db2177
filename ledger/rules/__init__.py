"""What the law makes of records: pure functions with the date as an argument. In reading order:

ballot       quorum, majority, cut, ties, the verdict; counts that must agree; the recount for anyone
duty         the duty record of a deputy: recorded, assessed, told, reviewed
project      from idea to a finished project, step by step
contact      who keeps contact with whom, three lamps of a grid, the five ones and their spot check, linkage
calendar     which days are working days, and from which day that was known
deadline     when a limit is up, day by day; deadline_words: the same in one sentence
oversight    appraisals, chains, opinions, resolutions, commitments, observers, the library of rules
suggestion   a suggestion with all its records: its stage, clocks, outcome and figures
station      homes and stations: standard, coverage, rosters, rota, what became of opinions
outreach     needs that end in a deed or a reason, hours of training
lamps        the states that rules show, with their words
agreements   which rules keep a record of each kind aside
"""
