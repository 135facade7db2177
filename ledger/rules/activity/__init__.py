"""Activities of deputies. In reading order:

haves      the six 有 of an activity, and its authority in law, as lamps
agreement  what keeps an activity or its approval aside: no authority, closed without its six
"""
