"""Search without a server: names first, then every text, out of files that a browser fetches in small pieces.

In reading order:

entries    what a record says to the search, out of public.db alone
tokens     a text as words of the index, so that any two characters in a row are found
pagefind   the program that makes an index: records in, files out
bundles    the index of a release, a part of the years in each folder; one that did not change is linked
names      names and codes in one small file, asked before the index
written    all of it put into a release, and the file that says where it is
"""
