"""代表+ and training on the public site. In reading order:

needs      the page 代表+: needs by quarter, sort and area, as far as they may be told, and the deeds done
trained    the page of training: hours of each deputy by name; what the page of one training says
"""
