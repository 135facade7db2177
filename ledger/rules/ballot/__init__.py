"""Rules of a ballot. In reading order:

verdict      rules B1 to B9 and B14: quorum, majority, cut, ties, and the verdict
terms        the words of a ballot: how it was voted, what was counted, what is found
counts       the arithmetic of a count: what cannot be
conduct      rules B7 and B10 to B13: how a ballot was prepared and watched
tally        the frozen list, the check code, two blind counts compared
agreement    must a ballot, its counts and its result agree?

files        a file of ballots or totals -> what is to be recounted
records      lines and fields of such a file, and its faults
marks        the words in which marks and votes are written, and the names of columns
sheets       CSV files of anonymous sheets
named        CSV files of named votes
motions      named votes: each motion with a verdict of its own
totals       CSV files of totals, as our pages publish them
pb           Pabulib's .pb files as they stand
pb_count     their count
recount      the command: python -m ledger.rules.ballot FILE
"""
