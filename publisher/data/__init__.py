"""The Datasette of a release. In reading order:

fulltext    search that finds Chinese, inside public.db
views       each kind with Chinese headings; sql: names and texts in it
questions   what is asked often, and the pages that show the answer
config      what Datasette is told; canned: its ready questions
hardening   what one SQL question may cost; door: who may ask how often
spreadsheet CSV that is safe to open
plugins     what Datasette loads
server      the process over one release's data
front       from one release's process to the next
"""
