"""Every page that is stamped. In reading order:

templates   the Jinja templates of content/templates
records     the page of one record
lists       the list pages of a kind
home        the home page, the page about the data
making      what all pages of one release are made with
site        all of them, with what each is made of
"""
