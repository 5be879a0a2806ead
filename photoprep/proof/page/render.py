"""The room's door: a report and its thumbnails go in, one HTML file comes out.

The page is written by jinja2 with every value escaped, asks nothing of any network, and forbids
itself to: its content-security policy names its one style sheet and its one script by their hashes,
and lets pictures come from beside it alone. Equal reports make equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from photoprep.files import Sink
from photoprep.language import Language
from photoprep.proof.page.marks import kept_in
from photoprep.proof.page.view import Page, Running, page_of
from photoprep.proof.page.words import words_in
from photoprep.report import Report
from photoprep.version import __version__

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
# Of the thousands that a page consists of, so many are turned into bytes together.
_PIECES_AT_ONCE = 1000
_HTML_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


def load_page() -> None:
    """Load what makes pages, in an idle moment before there is anything to show."""
    _template()


def render_page(
    report: Report, thumbnails: Mapping[str, bytes], held: Sink, running: Running | None = None
) -> None:
    """Write the page of a report, in its language.

    ``thumbnails`` are small JPEGs by the hash of the photo or sheet that they show; where there is
    none, the page shows the picture itself, from beside it. With ``running`` the page says that the
    run goes on and reads itself again every few seconds.
    """
    page: Page = page_of(report, running)
    known = {key: base64.b64encode(jpeg).decode() for key, jpeg in thumbnails.items()}
    html = _template().stream(
        page=page,
        t=words_in(report.language),
        language=_HTML_LANGUAGE[report.language],
        thumbnails=known,
        style=_asset("page.css"),
        script=_asset("page.js"),
        policy=_policy(),
        version=__version__,
    )
    # As one text it would take four times its bytes where a single name asks for it.
    html.enable_buffering(_PIECES_AT_ONCE)
    # A name that is no valid text on its system, and no harm to the others.
    html.dump(held, "utf-8", "backslashreplace")  # type: ignore[arg-type] # it writes alone


def _policy() -> str:
    """Content Security Policy Level 3: nothing but what is named, and that by its hash.

    ``file:`` stands beside ``'self'`` because a page that is opened from the disk has no origin of
    its own in some browsers.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' file: data:",
            f"style-src '{_hash('page.css')}'",
            f"script-src '{_hash('page.js')}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def _hash(name: str) -> str:
    digest = hashlib.sha256(_asset(name).encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@lru_cache(maxsize=4)
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        finalize=kept_in,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["parted"] = _parted
    return environment.get_template("page.html")


def _parted(name: str) -> Markup:
    """A file's name that may be broken between its words, and at their middle where it must."""
    return escape(name).replace("_", Markup("_<wbr>"))
