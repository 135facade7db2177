"""Open meetings 列席、旁听. In reading order:

notice     was it announced in time, what is coming up
agreement  what keeps a meeting or a seat aside: more seats given than there are, too late
"""
