"""The page of a run: ``report.html``, one file that a person looks at before anything goes out.

``render`` is the door; what is here is known without loading what makes pages.
"""

PAGE_FILE = "report.html"
# Part of what makes a page what it is, besides its report: raised whenever an equal one would make
# other bytes.
PAGE_RECIPE = "2"
# A run with more pictures shows the prepared ones themselves, as they come into view: their
# thumbnails would make a file of tens of megabytes that no browser opens at once.
MOST_THUMBNAILS = 1000
