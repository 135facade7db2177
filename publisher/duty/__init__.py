"""How deputies serve, as the public sees it. Nobody is ranked; no head-count is a measure. In reading order:

archive   the duty records of all deputies, folded from public rows; what is not published is not counted
rows      the same as the table `duty_record` of public.db, so that every figure leads to its rows
words     how entries, shares and lamps are said
deputy    what the page of a deputy says: what they did, what came of what people told them, the four steps
four_steps  记载、考核、通报、评议 of one deputy
page      the page 代表履职: reports to voters, participation with its n, areas, allowances, deputies by topic
"""
