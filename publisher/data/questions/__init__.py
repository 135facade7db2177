"""Questions that journalists and citizens ask, as canned queries of Datasette. In reading order:

question     one question: what it needs, its SQL, and which page shows its figure
suggestions  how suggestions are handled
oversight    what appraisals found, opinions, chains, resolutions, commitments
projects     livelihood projects, their ballots, money and villages
duties       participation, reports to voters, deputies by topic
stations     what stations heard, and their duties
others       visits, checks, printed figures, what is withheld
contact      deputies of grids, the five ones, escalations
outreach     needs and training
overview     which of them are drawn as pictures
asked        those that a release can answer, ready for Datasette and for the pages
"""
