"""How a reader hears of what is new without coming back to look. In reading order:

which       what has a feed, a calendar, a poster, and under which permanent addresses
happening   what happened to a record, out of what its page says
lately      what is new, overdue or corrected anywhere
atom        a feed as a file (RFC 4287); feeds: which of them a release has
dated       which fields name a day to come: the one table of them
reception   每月 20 日 as a rule that a calendar repeats
day         a day that stands in a calendar; ical: a calendar as a file (RFC 5545)
calendars   which of them a release has
width       a title in lines, by the width of its characters
card        a picture as SVG; picture: as PNG, where there is a font
kind_cards  the pictures of kinds; record_card: that of a record
qr          an address as a QR code; posters: sheets to print and to hang up
files       all that stands beside a record's page, and beside the site; page: the page 关注
"""
