"""The steps of a run, each joining rooms that know nothing of one another; ``pipeline`` calls them.

intake → recall → making → mailing
"""
