"""Oversight. In reading order:

folded       public rows folded by ledger.rules.oversight: how each record stands
said         the words, links and figures that the pages share
appraisals   what appraisals found and whether it was mended; the page of one
chains       the chains, open and closed, with observers and court hearings; the page of one
deliberations  opinions and how they were handled, reports and their lead times, the outspoken bulletin
resolutions  how resolutions are carried out
commitments  what the work report promised
library      the library of rules, and what of the rulebook stands where
rows         how each stands, as columns of public.db
"""
