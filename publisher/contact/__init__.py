"""Contact with residents. In reading order:

gather     what the rules on contact ask, out of the rows; cached, since many pages ask the same
closed     what is not published, so that nothing is concluded from it
deputy     the part of a deputy's page: three lamps, five cells
place      the part of a place's page: which deputies answer for it, and when they last came
links      the page of 双联 and 三联: how far they reach, and who is not linked
grids      the page of the three lamps
five_ones  the page of 五个一, and how many passed the spot check
spot       the page of one spot check: drawn again
linkage    the page of linkage, and the lamps of one activity
rates      n of N, as the pages show it
rows       the same as rows of public.db, so that each figure is a count of them
"""
