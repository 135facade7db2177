"""What is kept. In reading order:

problems      what is wrong with a file, said so that a person can mend it
strict_yaml   the one way YAML is read and written
congress      which congress this is, and its three addresses
contact       where a congress hears of errors
tiles         where its townships stand on the tile map
duties        what a congress asks of each deputy in a year
words         every message, in Chinese and English

fields        one question of a form
forms         a form file -> Form -> one JSON Schema
grammar       is a form file written as form.schema.json says?
coherence     do the parts of a form fit together?
ties          which kinds are withheld together with which
cel           checks across fields, the same on the phone
cel_types     does an expression fit the fields it names?
formats       what a date, a time, a link and a reference look like
patterns      the regular expressions a form may use
policy        what may leave of a value
pii           what looks like personal data in a text

letters       which letters a text may hold
spreadsheet   a cell that would run as a formula does not
records       answers checked against their form
record_text   a record as YAML, in and out
why           why a record was corrected, as it travels beside the answers

strict_json   the one way JSON from outside is read
signature     keys and signatures over exact bytes
envelope      what a device signs; disclosures
keys          the office's keys, certificates and receipts
certified     their public halves, for the site
succession    new keys in the place of old ones, certified by the paper
keyring       which keys there are and were, since when, and whether they are as they should be
registry      devices, people and invitations
references    what records name: others by code, or by the office's name
agreement     what a record must agree with among those kept: the words rules ask in
asked         who names whom, for the rules that ask; what they find against a record
approvals     which records a person has agreed to publish
lineage       whom a record follows: what it corrects, what it mends
resolutions   what a clerk decides about a record that was kept aside
takedowns     which records the office has taken off the public pages, and why
quotes        what fills the sentences of problems: it may repeat an answer, and is erased with it
erasure       what is erased for good, and what is kept of it
entries       one entry of the ledger: admitted, chained, coded
filing        what the office files under its own key
log           one line of JSON for each event, without anything that somebody wrote
files         a file that is whole or as it was before
room          is there room on the disk? the ballast that makes way
database      the file ledger.db: its lock, its promises read back, its first start
bookkeeping   the tables that no signature covers, each change of a row chained to the one before
store         the one writer of the ledger; where readers open it
traces        no trace of what was erased is left in the file
forgetting    what a form says is kept for a time only, erased when it is over
gone          what was erased, as others read it
reader        the ledger in one read transaction
blobs         where the bytes of photos lie, and the table that counts them
photos        a photo's pixels, made fit to be shown in a process of its own
photo_child   that process
photo_check   are the photos there, and as they were sent?
sealed        a file that only the office can open: what a phone could not send
drafts        the file drafts.db: private copies of what is still being written
witness       what phones, a second disk and the public know of where the ledger stood
backup        the second copy on another disk: journal, whole copies, restore; a folder of its own
doctor        is what is kept still what was kept?

limits        how long a rule gives: 3 months, 10 working days
rulebooks     deadlines, majorities and standards, each with its article
rules         what the law makes of records: one folder a subject
"""
