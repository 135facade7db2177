"""Taking it home: files of every table, a twin of every page, proofs, citations, kept releases.

In reading order:

sheet      the tables of public.db as files: which, with which columns, and their rows
cells      one value, as a program reads it and as a person does
formats    a sheet as CSV, as CSV for Excel, as NDJSON
workbook   a sheet as XLSX
package    datapackage.json: what every file is, for programs (Data Package v2)
readme     the same for people, in Chinese and English
files      all of them in a release, each written anew only where it changed
page       download.html
twin       the JSON beside each record's page
proof      what a record's author signed, with what is needed to check it
verify     the stranger's checker: one file, served as it stands, needs nothing but Python
cite       how to cite a page
snapshots  which kept releases may still be read
"""
