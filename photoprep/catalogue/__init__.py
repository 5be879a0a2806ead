"""The first room: a dragged folder becomes files in order, and files become products."""
