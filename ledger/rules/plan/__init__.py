"""The plan of a year. In reading order:

versions   a plan and its amendments, as one version after the other; what differs between two
standing   how each item stands on a day: done, due, to come; was it published
agreement  what keeps an amendment aside
"""
