"""How it leaves: from the ledger to public.db, and from public.db alone to pages and Datasette.

In reading order:

kinds       which kinds the public sees, and where each stands in the navigation
out         the one way out: from the ledger to a new public.db, by what the forms allow
reading     public.db as the pages read it, and its values in words
chart       numbers for a drawing
glossary    the words of this field, explained where they stand
ballot      what the page of a ballot says
project     projects, their cycles, ideas, coverage and balance
contact     links with residents, three lamps of a grid, the five ones, linkage
oversight   appraisals, chains, opinions, resolutions, commitments, the library of rules
suggestion  suggestions, their board, organs, promises and figures
outreach    代表+ and training
finding     where readers begin: home, names, deputies, places, stations
correction  what was corrected or taken down, where errors are reported, and the catalogue
following   feeds, calendars, pictures and sheets to print
derived     what is computed of the rows and stands beside them, in columns of its own (computed)
stamping    a specimen page cut once, a page for every record
pages       every page, with what it is made of
data        the Datasette of a release, and its plugins
search      search without a server: names and an index for the browser
download    files to take home, proofs, citations
inputs      what a build is made from, and the digests that name it
check       every problem a build would meet
stages      how long each part of a build took
release     built aside, looked over, put in place by one rename
recheck     is what is served what ledger and content make?
static_site the pages of the current release; policy: its security policy for another server
watch       when to build again
serve       site and data together
"""
