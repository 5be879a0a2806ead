"""The page of a run: ``report.html``, one file that a person looks at before anything goes out."""

from photoprep.proof.page.render import PAGE_FILE, load_page, render_page
from photoprep.proof.page.view import Running

__all__ = ["PAGE_FILE", "Running", "load_page", "render_page"]
