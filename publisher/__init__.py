"""How it leaves: from the ledger to public.db, and from public.db alone to pages and Datasette.

In reading order:

kinds       which kinds the public sees, and where each stands in the navigation
leaving     what of one record may leave: the stricter of two forms
counted     counts about residents, and nothing below five; figures: which of them may be said
extract     from the ledger to rows, titles and what is held back
tables      the tables of public.db, out of the forms
public_db   the one way out: a new public.db by an allow-list copy
derived     what is computed of its rows and stands beside them, in computed columns: the state of suggestions
            (suggestion_rows), deadlines that holidays moved (deadline_moves)
photos      which photos leave, under which names, and their files
held        the clerk's queue of records that wait for a look
selfcheck   the last look: nothing withheld stands in a release
fulltext    search that finds Chinese, inside public.db
reading     public.db as the pages read it
shown       a value in words
facts       what a record's page says
records     the page of one record
answers     rows as the answers that ledger.rules reads; lamp_words: a lamp in words
ballots     the page of a ballot; ballot_words, ballot_grounds, ballot_reasons, bars: what it says and shows
projects    the page of a project; project_votes, project_words, project_story, dots: the same
cycles      one year's projects folded out of the rows; cycle_words, cycle_totals: what its page says
ideas       what became of an idea, and the field that finds it by its code
coverage    which townships vote, year by year; balance: what each village has had
suggestion_cases  suggestions as the rules read them, out of the rows; suggestion_state: how each stands
suggestions the page of a suggestion; its words: suggestion_words, suggestion_clock_words, suggestion_timeline
clock_bars  a deadline as numbers for a drawing
board       the three lanes; suggestion_cards: a suggestion in a few lines
organs      the page of an organ: its docket and its own figures
promised    the register of promises; supervision: which posts see to what
handling    the figures side by side; figure_words: n of so many, in words
printed_figures   a table as a report printed it, beside what its counts come to
amounts     sums of money as people say them
sheets      whether a ballot's single sheets may be downloaded, and why not
lists       the list pages of a kind
home        the home page, the catalogue, the page about the data
datalinks   where in Datasette the rows stand
pages       all pages that are stamped, with what each is made of
templates   the Jinja templates of content/templates
specimen    MkDocs hooks: one specimen page for each sort of page
stamp       a specimen cut once, a page for every record
shell       MkDocs run once, and kept
inputs      what a build is made from, and the digests that name it
check       every problem a build would meet
release     built aside, looked over, put in place by one rename
datasette   what Datasette is told; canned: its ready questions
hardening   what one SQL question may cost; door: who may ask how often
spreadsheet CSV that is safe to open
plugins     what Datasette loads
data_server the Datasette of one release
front       from one release's Datasette to the next
static_site the pages of the current release
watch       when to build again
serve       site and data together
"""
