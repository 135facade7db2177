"""What was corrected, what was taken down, and where to say that something is wrong. In reading order:

told       one correction in words: old, new, reason, day; on its record's page and on the list
listed     corrections.html: all of them, the latest first
aside      aside.html: what was kept aside, and every decision about it (aside_columns: what its tables mean)
tombstone  the page at the address of a record that was taken down
erased     what a page says where an answer was erased
report     where an error is reported, with the record's code filled in
catalogue  公开目录: every field, published or not, and on what basis
"""
