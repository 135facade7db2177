"""How deputies serve: 记载、考核、通报、评议, each out of records that are there. In reading order:

entry          记载: which record is an entry of the duty record, for whom, of what kind: a table
participation  invited, attended, excused, absent: each share with its n
session        two sessions missed without leave (代表法第六十二条)
assessment     考核: counted from the entries by a rule that anybody can run again
bulletin       通报: whom it covers, and that it ranks nobody
review         评议: what voters or fellow deputies said, each time by itself
report_back    向选民述职: in the own constituency, and how often in a term; visits there
allowance      履职补助: for whom, within which budget, and which total may be told
agreement      what keeps such a record aside
"""
