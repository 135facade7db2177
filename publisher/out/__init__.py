"""The one way out of the ledger. In reading order:

leaving     what of one record may leave: the stricter of two forms
counted     counts about residents by month, and nothing below five; figures: which of them may be said
counted_areas the same by quarter and area, of kinds without rows; areas: places within places;
            adding_up: what must stay unsaid so that no small number can be worked out of the others
erased      what is told of an answer that was erased
extract     from the ledger to rows, titles and what is held back
set_aside   what was kept aside, how many, and how it was decided
tables      the tables of public.db, out of the forms
public_db   a new public.db by an allow-list copy
photos      which photos leave, and their files; photo_names: where these stand
held        the clerk's queue of records that wait for a look
selfcheck   the last look: nothing withheld stands in a release
"""
