"""axe-core finds nothing on the page, whatever of it is open, in any dress and language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from photoprep.language import Language
from tests.proof.browser import DESK, PHONE, Screen, needs_chromium
from tests.proof.drawn_reports import drawn_report, quiet_report, write_page

pytestmark = needs_chromium
STATES: dict[str, list[str]] = {
    "as it opens": [],
    "unfolded": [".remarks summary", ".letter summary >> nth=0"],
    "a picture": ["#photo-1 > a"],
    "a picture at 2 : 1": ["#photo-1 > a", "input[name=zoom][value='2']"],
    "a sheet": ["#sheet-1 > a"],
}
DRESSES: dict[str, Any] = {
    "light": DESK,
    "dark": DESK | {"color_scheme": "dark"},
    "phone": PHONE,
}


@lru_cache(maxsize=1)
def axe() -> str:
    """Deque's axe-core, as its package for Python brings it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def found_by_axe(page: Page) -> list[str]:
    """What is not accessible: each rule with the first element that breaks it."""
    page.evaluate(axe())
    result = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}"
        for rule in result["violations"]
    ]


@pytest.mark.parametrize(
    ("state", "dress", "language"),
    [
        *((state, dress, "en") for state in STATES for dress in DRESSES),
        *((state, "light", "zh") for state in ("as it opens", "a picture")),
    ],
)
def test_axe_finds_nothing(
    state: str, dress: str, language: Language, screen: Screen, tmp_path: Path
) -> None:
    page_file = write_page(tmp_path, drawn_report(12, language))
    page = screen.open(page_file, bypass_csp=True, **DRESSES[dress])
    for click in STATES[state]:
        page.locator(click).click()
    assert found_by_axe(page) == []


def test_axe_finds_nothing_where_there_is_little(screen: Screen, tmp_path: Path) -> None:
    page = screen.open(write_page(tmp_path, quiet_report()), bypass_csp=True)
    assert found_by_axe(page) == []


def test_axe_would_find_something(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, bypass_csp=True)
    page.evaluate("document.querySelector('#sheet-1 img').removeAttribute('alt')")
    page.add_style_tag(content=".about { color: #bbb !important }")
    found = "\n".join(found_by_axe(page))
    assert "image-alt" in found
    assert "color-contrast" in found


def test_headings_leave_no_level_out(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    levels: list[int] = page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4')]"
        ".filter((e) => !e.closest('dialog')).map((e) => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_pictures_are_named_once(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.locator("#photo-3").scroll_into_view_if_needed()
    # Beside its name a picture is decoration; where it stands alone it says what it shows.
    assert page.locator(".frame img:not([alt=''])").count() == 0
    assert page.locator("img:not([alt])").count() == 0
    sheets = [image.get_attribute("alt") for image in page.locator(".sheet img").all()]
    assert sheets == ["Sheet: Lamp X1", "Sheet: overview"]
    name = "Toolbox X1, rear view 003_X1_back.jpg"
    assert page.get_by_role("link", name=name).count() == 1


def test_what_is_said_of_a_bar_is_read_out(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    bar = page.get_by_role("img", name="700 kB on the wire, 500 kB as files; best within 600 kB")
    assert bar.count() == 2
