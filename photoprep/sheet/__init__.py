"""The room of sheets: several pictures become one JPEG that a buyer can order from.

trim → working copies → layout → compose → encode; ``make`` tells the end of that story.
"""
