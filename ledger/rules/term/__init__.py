"""The change of a term 换届. In reading order:

seats      the statutory number of seats (选举法第十二条)
structure  the parts of a congress by six dimensions, each adding up to the whole; the five gates
agreement  what keeps a record of a term aside: seats that are not those of the law
"""
