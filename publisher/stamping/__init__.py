"""A page for every record, out of one. specimen: MkDocs hooks; shell: MkDocs run once, and kept; stamp: a
specimen cut once and filled."""
