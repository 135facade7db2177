"""The words of this field, explained where they stand. In reading order:

terms   what content/words/glossary.yaml holds
mark    a term marked in a page, and the list of those it uses at its foot
page    the page of all of them
"""
