"""What a disk does to a promise: power cuts, kills, faults, no room. In reading order:

power      what a disk may hold after a power cut, worked out from what was asked of it
watch      what was asked of the disk below one folder, and the strike before a call
calls      Python's own calls to the disk, recorded
shim       an SQLite that records what it asks of the disk, and may be struck at any call
ledgers    a ledger at work with its drafts, and the account of what it had promised
cuts       images of such a ledger after power cuts
faults     the same ledger on a disk that fails at one call
stricken   the same in a process of its own, which a chosen call to the disk ends
traced     whole programs under strace: their calls read into `power`, or struck
builds     releases, one after the other, for strace to watch
sabotage   builds that break a promise; each beside the harness that must notice
"""
