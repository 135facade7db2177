"""What deputies do beside sessions and suggestions: 代表+ and training.

needs       a need is closed with a deed or with a reason
training    who was invited, who took part, and how many hours that makes for each deputy
agreement   what of both only shows beside the records kept already
"""
