"""The street council 街道议政代表会. In reading order:

council    who sits on it, how often it met; what it recommended and what was adopted
agreement  what keeps a meeting aside: a ballot of somebody else, projects it did not vote on
"""
