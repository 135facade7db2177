"""Contact with residents, and who keeps it. In reading order:

links      双联 and 三联: which role goes with which target, and who is not linked yet
grid       进网格: three lamps, assigned to a grid, registered there, one full round in the campaign window
five_ones  五个一: each "one" points to a record with evidence, and is never complete without
spot       a spot check that anybody can draw again from its list and its seed
linkage    多级联动: each issue has a level that owns it, what goes up is answered
agreement  which of these keep a record aside
"""
