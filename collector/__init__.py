"""How it arrives. In reading order:

accounts      invitations, devices, six digits, who signed a request
again         a phone that a restored ledger does not know any more
throttle      wrong tries of a code, counted
sync          a batch of signed records: read, judged, kept, answered with a receipt
judging       a second process that judges batches
mine          a person's own records, read back
current       the version in force of what somebody filed, where it is another's
photos        photos as they come: piece by piece, counted once they are whole
lists         the lists a form chooses from
local_rules   what this congress's rulebook keeps aside at filing
cases         every suggestion with its records, kept from one position to the next
work          what is to be done: who sees which cases, in which order
work_look     what the rules say of a case on a day, and whom it concerns
work_steps    what a person can do about it, with all that is known filled in
work_item     one case as a person sees it
awaiting      records to be read before they may be public
tellers       both counts of a ballot, told once both are there
aside         what was kept aside, laid out for a clerk to decide
drafts        what somebody is still writing, for that person's own phones
qr            a link as a QR code that a phone draws
handover      another browser of the same person, let in by the old one
reports       how a phone is doing, as it said last
safety        the calls for these three
refusal       problems as RFC 9457 has them, in two languages
state         what the collector holds while it runs
retired       what phones get instead of the app's worker when the app is withdrawn
door          host names, who may ask, security headers, the weight of a body
wire          who is slow, silent or long-winded on the line is let go
server        the routes
copies        the second copy: beside the server, made whole, restored
serving       one process with web door and office socket
commands      everything that python -m collector can be asked

office        the office's commands, at the running server or on the ledger itself
renewal       new keys for the office, certified by the paper
sealed_copy   records out as files that only the office or the paper opens
office_keys   the commands about keys, and about records that leave
erasing       answers of a record erased for good, and what is said of it
mapping       which column of a file is which field
cells         one cell of a table as one answer
tables        CSV, JSON and Excel, in and out
record_files  records as YAML files
templates     empty tables to fill in
import_order  what happened first is filed first
imports       files in and out, every row accounted for
unsent        a phone's sealed file, judged as if it had been pushed
rehearsal     would content/records be accepted? tried on a ledger that is thrown away

app           the phone app as files, built at install time
"""
