"""Every page that is stamped. In reading order:

templates   the Jinja templates of content/templates
records     the page of one record
lists       the list pages of a kind
list_rows   every row of a list in one file, for a browser to sort and filter
home        the home page, the page about the data
english     the page in English
making      what all pages of one release are made with
site        all of them, with what each is made of
helper      a second process that takes its share of the records' pages
writing     all of them as files of www/
"""
