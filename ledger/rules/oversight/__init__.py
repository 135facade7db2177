"""The law of oversight, in reading order:

appraisal   the secret test of an official or an organ: quorum, sums, grade, and what was announced of it
mending     what somebody promised to do by a day and a check confirmed or not: rectifications, commitments
lead        how long before a meeting a report is sent: 20, 10 and 7 days
opinion     an opinion of the standing committee, and the report on how it was handled
chain       one matter of oversight from its start to its close; never closed without its handling report
observers   experts from outside: term, speciality, stepping back; the three combinations
decided     resolutions and how they are carried out
library     which document of the library a rulebook's article stands in
agreement   what a record must agree with among those already kept
"""
