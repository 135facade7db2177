"""Many phones at once: what each was promised is compared with what the ledger holds. In reading order:

place          a collector in this process, that starts again, and comes back from an older copy
deputy         a phone as it must be: it keeps what it signed, and believes receipts and nothing else
expected       what should become of each record: the rules once more, in the plainest way
test_model     phones, losses, corrections, decisions, changed forms and restores in any order (R5)

line           a bad network: a proxy that loses, doubles, cuts, delays, and answers as a captive portal does
handset        the phone's own TypeScript, running in Node against that network
test_line      thousands of requests through it (R6)

api            docs/openapi.yaml, read: its operations, and what they are asked and answer
asking         any request that the document allows, and many that it does not
test_api       the document and the routes say the same; whatever is asked is answered in order (R14)
test_parsers   whatever bytes come, each parser says what is wrong in its own words (R14)

test_soak      hours of ordinary work: memory, descriptors and the write-ahead log stay as they are (R13)

sabotage       builds that are broken on purpose
test_sabotage  each of them is found out by the harness that is meant to (R22)

Kills (R1) stand in tests/collector/siege.py.
"""
