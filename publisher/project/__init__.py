"""Projects. In reading order:

page        the page of a project; votes, words, story: what it says
cycles      one year's projects folded out of the rows; cycle_words, cycle_totals, funnel_words: its page
standing    which are finished, due, late; rows: how each stands, as columns of public.db
ideas       what became of an idea, and the field that finds it by its code
coverage    which townships vote, year by year; coverage_map: the same as tiles
balance     what each village has had
rows        how each project stands, and the villages it lies in, as rows of public.db
"""
