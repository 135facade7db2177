"""Suggestions. In reading order:

cases       suggestions as the rules read them, out of the rows
state       how each stands; rows: the same as columns of public.db; moves: deadlines that holidays moved;
            logs: the same by organ, by promise, by contradiction
page        the page of a suggestion; words, clock_words, timeline, phases: what it says
board       the three lanes; cards: a suggestion in a few lines
organs      the page of an organ: its docket and its own figures
promised    the register of promises
supervision which posts see to what
handling    the figures side by side
printed_figures  a table as a report printed it, beside what its counts come to
"""
