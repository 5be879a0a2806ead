"""The page of a run: ``report.html``, one file that a person looks at before anything goes out."""

from photoprep.proof.page.render import (
    MOST_THUMBNAILS,
    PAGE_FILE,
    PAGE_RECIPE,
    load_page,
    render_page,
)
from photoprep.proof.page.view import Running

__all__ = [
    "MOST_THUMBNAILS",
    "PAGE_FILE",
    "PAGE_RECIPE",
    "Running",
    "load_page",
    "render_page",
]
