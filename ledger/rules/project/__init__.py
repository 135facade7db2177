"""Rules of projects. In reading order:

cycle        the six steps of a cycle, in their order
ideas        from many ideas to a few candidates: nothing lost on the way
livelihood   may a project be a candidate (E1 to E8), and are the four clarities clear?
supervision  a chosen project on its way: money, progress, changes, tests
rollout      coverage: which bodies have voted in which year
"""
