"""Where readers begin, and the pages they are led to. In reading order:

places      townships, villages and grids as a tree, and what stands in public of each
counts      how many records name a record, since when, and where their rows are
agenda      what is decided, due and late, for the home page
chain       one matter from opinion to suggestion, reply and check
deputies    the page of a deputy
grids       the page of a township, a village or a grid
stations    the page of a station (what its rota, roster, standard and chain say: publisher.station)
townships   the tile map of townships
years       which years have a page, and what is counted by year; year: the page of one
find        the page that leads to all of them
"""
