"""Numbers for a drawing: x in percent, y in em, and the table that stands below it. A module a drawing:

bars        bars against a limit, in an order
clock_bars  a deadline: a dot against a limit
dots        per cent over months
funnel      stages that are each a part of what went before
progress    one amount of a whole, with what is still missing
seats       a dot a seat: who is there, of how many, and how many are needed
stacked     one whole in parts, told apart by their patterns
timeline    how long each stage took, on one axis of days

The macros that draw them are in content/templates/_chart.html, which holds to seven rules: no viewBox, labels
that wrap, a scale from 0 to a named end, patterns beside the one colour, a sentence and a table to each.
"""
