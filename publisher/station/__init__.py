"""Stations: is one open, what did it hear, and what became of that. In reading order:

network     all stations with their records, out of the rows; gaps: what is not published to conclude from
rows        the same as columns of public.db: of each station, and of each opinion
words       lamps, figures, duties and chains in words
one         what the page of a station says beside what came in there
page        the page of all stations: chain, coverage, the standard, rota, rosters, money
"""
