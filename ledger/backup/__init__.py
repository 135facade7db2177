"""The second copy: what makes ✓✓ 已备份 true. It lies in MINGBAI_BACKUP, on another disk. In reading order:

box           bytes sealed for the recovery key: whoever writes them cannot read them back
line          one line of the journal: positions, chain head and digests in plain, the rest sealed
journal       its segments, NNNNNN.ndjson: where they end, and how one line more gets there
changes       what the ledger holds that the journal does not yet
pictures      the bytes of photos beside it, each sealed under its digest
whole         a whole copy, backups/<position>-<day>.mbk, verified before and after it is sealed
aging         what is older than it may be
copying       the thread beside the writer that does all this; how far the copy is safe
look          what the doctor asks of it, without the paper
derived       tables that are made again from the entries
replay        a copy and the lines after it, put together again
restore       an empty home, the paper and the second copy -> a ledger of a new epoch

What the copy holds is forgotten with age: an erased value is gone from it after BACKUP_DAYS.
"""

BACKUP_DAYS = 30
"""How long copies and the segments between them are kept, unless MINGBAI_BACKUP_DAYS says otherwise."""
