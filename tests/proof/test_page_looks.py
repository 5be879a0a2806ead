"""How the page looks: light and dark, on phones, in print, in either language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from photoprep.language import Language
from photoprep.report import Report
from tests.proof.browser import DESK, Screen, needs_chromium
from tests.proof.drawn_reports import drawn_report, write_page
from tests.proof.test_page_slider import colour_at

pytestmark = needs_chromium
LONG = "W" * 200
AA = 4.5  # WCAG 2.2, 1.4.3
LARGE_AA = 3.0


def luminance(colour: tuple[float, ...]) -> float:
    """WCAG 2.2's relative luminance of an sRGB colour (0–255)."""
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (value / 255 for value in colour[:3])
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2's contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def computed(page: Page, selector: str, key: str) -> tuple[float, ...]:
    """A colour as the browser has it."""
    text: str = page.locator(selector).first.evaluate(f"(e) => getComputedStyle(e).{key}")
    return tuple(float(part) for part in text.partition("(")[2].rstrip(")").split(","))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(scheme: Any, screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, color_scheme=scheme)
    ground = colour_at(page, 2, 2)
    assert (luminance(ground) > 0.5) == (scheme == "light")
    for part in ("h1", ".about", ".tone", "nav a", ".matter .kind", ".remedy", ".draft"):
        assert contrast(computed(page, part, "color"), ground) >= AA, part
    page.locator("#photo-1 > a").click()
    assert (luminance(colour_at(page, 1270, 890)) > 0.5) == (scheme == "light")
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    assert (luminance(colour_at(page, 1270, 890)) > 0.5) == (scheme == "dark")


def long_report() -> Report:
    """A report whose every name is long and has no place to break at."""
    whole = drawn_report(8)
    ready = tuple(
        replace(
            photo,
            source=f"{LONG}{at}.jpg",
            subject=replace(photo.subject, product=LONG, label=LONG),
            jpeg=replace(photo.jpeg, output=f"photos/{at}{LONG}.jpg", colour_from=LONG),
        )
        for at, photo in enumerate(whole.ready)
    )
    outputs = {a.jpeg.output: b.jpeg.output for a, b in zip(whole.ready, ready, strict=True)}
    failed = (replace(each, source=LONG, reason=LONG, hint=LONG) for each in whole.failed)
    skipped = (replace(each, source=LONG, reason=LONG, hint=LONG) for each in whole.skipped)
    return replace(
        whole,
        preset=LONG,
        photos=(*ready, *failed, *skipped),
        findings=tuple(
            replace(each, message=LONG, hint=LONG, source=ready[0].source)
            for each in whole.findings
        ),
        products=tuple(replace(each, name=LONG, views=()) for each in whole.products),
        mails=tuple(
            replace(
                mail,
                subject=LONG,
                text=LONG,
                attachments=tuple(
                    replace(item, photo=outputs[item.photo]) for item in mail.attachments
                ),
            )
            for mail in whole.mails
        ),
    )


@pytest.mark.parametrize("width_px", [320, 360, 390, 768, 1280])
@pytest.mark.parametrize("names", ["usual", "long"])
def test_nothing_is_wider_than_the_screen(
    names: str, width_px: int, screen: Screen, tmp_path: Path
) -> None:
    report = long_report() if names == "long" else drawn_report(8)
    # 320 pixels are 1280 at 400% (WCAG 2.2, 1.4.10).
    page = screen.open(
        write_page(tmp_path / LONG, report), viewport={"width": width_px, "height": 700}
    )
    for details in page.locator("details").all():
        details.locator("summary").click()
    for part in ("body", "#skipped", "#sheets", "#pictures"):
        page.locator(part).scroll_into_view_if_needed()
        assert overflow_px(page, "document.documentElement") == 0, part
    page.locator("#photo-1 > a").click()
    assert overflow_px(page, "document.getElementById('depth')") == 0
    for button in page.locator(".controls button").all():
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width_px


def overflow_px(page: Page, element: str) -> int:
    """By how much an element's content is wider than it."""
    width: int = page.evaluate(f"{element}.scrollWidth - {element}.clientWidth")
    return width


@pytest.mark.parametrize("width_px", [360, 390])
def test_fingers_have_room(width_px: int, screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, viewport={"width": width_px, "height": 800})
    # WCAG 2.2, 2.5.8: 24 pixels at least.
    for link in page.locator("nav a, .controls button, .tile a, .draft, summary").all():
        box = link.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24


def test_print_is_a_clean_list(screen: Screen, tmp_path: Path) -> None:
    report = drawn_report(12)
    page = screen.open(write_page(tmp_path, report), color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for part in ("nav", ".filter", ".skip", "dialog", ".next", ".draft"):
        assert not page.locator(part).first.is_visible(), part
    for number, photo in enumerate(report.ready, start=1):
        card = page.locator(f"#photo-{number}")
        assert card.locator(".name").is_visible()
        assert photo.jpeg.output.rpartition("/")[2] in card.inner_text()
        assert "4:2:0" in card.locator(".figures").inner_text()
        assert card.locator("img").evaluate("(e) => e.naturalWidth") == 240
    tiles = page.locator(".tile img").all()
    assert tiles
    assert all(tile.evaluate("(e) => e.decode().then(() => e.naturalWidth)") for tile in tiles)
    assert luminance(colour_at(page, 2, 2)) > 0.9
    assert contrast(computed(page, "h1", "color"), (255, 255, 255)) > 15


def test_a_pdf_has_the_whole_run(screen: Screen, tmp_path: Path) -> None:
    page = screen.open(write_page(tmp_path, drawn_report(12)))
    few = page.pdf(format="A4")
    other = screen.open(write_page(tmp_path, drawn_report(60)))
    many = other.pdf(format="A4")
    assert many.count(b"/Type /Page\n") > few.count(b"/Type /Page\n") > 1
    # Both sheets are there whole, though they were far below the window.
    assert few.count(b"/Subtype /Image") >= 2


def test_what_is_searched_for_is_what_is_printed(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.fill("#search", "lamp")
    page.emulate_media(media="print")
    assert page.locator("#photo-5").is_visible()
    assert not page.locator("#photo-1").is_visible()


def test_nothing_moves_for_who_wants_it_still(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, reduced_motion="reduce")
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter((e) => {"
        " const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0"
        " || s.scrollBehavior === 'smooth' }).length"
    )
    assert moving == 0


def test_forced_colours_leave_bars_and_marks_to_be_seen(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, forced_colors="active")
    fills = {computed(page, f".bar .{part}", "fill")[:3] for part in ("track", "wire", "raw")}
    assert len(fills) == 3
    assert page.locator(".matter.error .mark").first.inner_text() == "✗"
    page.locator("#photo-1 > a").click()
    assert page.locator(".edge").evaluate("(e) => getComputedStyle(e).display") == "block"


WORDS: dict[Language, tuple[str, str]] = {
    "en": ("en", "12 pictures and 2 mails are ready."),
    "zh": ("zh-Hans", ""),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_language_is_there_from_the_first(
    language: Language, browser: Browser, tmp_path: Path
) -> None:
    page_file = write_page(tmp_path, drawn_report(12, language))
    with browser.new_context(java_script_enabled=False, **DESK) as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        before = page.locator("body").inner_text(), page.locator("html").get_attribute("lang")
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        after = page.locator("body").inner_text(), page.locator("html").get_attribute("lang")
        heading = page.locator("h1").inner_text()
    code, words = WORDS[language]
    assert before[1] == after[1] == code
    assert heading in before[0]
    assert words in heading
    assert heading.isascii() == (language == "en")
