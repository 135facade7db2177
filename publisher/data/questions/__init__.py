"""Questions that journalists and citizens ask, as canned queries of Datasette. In reading order:

question     one question: what it needs, its SQL, and which page shows its figure
suggestions  how suggestions are handled
projects     livelihood projects, their ballots, money and villages
others       visits, checks, printed figures, what is withheld
outreach     needs and training
overview     which of them are drawn as pictures
asked        those that a release can answer, ready for Datasette and for the pages
"""
