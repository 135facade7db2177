"""public.db as the pages read it. In reading order:

public      kinds, fields, rows and what refers to what
answers     rows as the answers that ledger.rules reads
shown       a value in words; markup: the same in HTML
facts       what a record's page says of one field after the other
amounts     sums of money as people say them
lamp_words  a lamp in words; figure_words: n of so many
datalinks   where in Datasette the rows stand
"""
