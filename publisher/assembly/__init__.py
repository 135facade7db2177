"""What the congress itself does in a year. In reading order:

said        what its pages share: words, lamps in words, what is not published
plan        the plan of a year against what was done, its versions, what was carried over
activities  activities of deputies: the coming ones, the six 有 of those that were held
meetings    open meetings: the coming ones with their seats, those that were held
term        the change of a term: seats by law and elected, the parts of a congress
street      the street council: its members, what it recommended and what was adopted
rows        how each item, activity and term stands, as rows of public.db
"""
