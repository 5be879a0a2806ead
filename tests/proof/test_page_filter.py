"""The search among pictures, and the whole page by keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from photoprep.outcome import Prepared
from tests.proof.browser import Screen, needs_chromium, wait_until
from tests.proof.drawn_reports import drawn_report, write_page

pytestmark = needs_chromium
TOP = "document.querySelector('{}').getBoundingClientRect().top"
UNDER_THE_BAR_PX = 64
SEARCH, SHOWN = "#search", "#shown"


def shown(page: Page) -> list[str]:
    """The anchors of the cards that are to be seen."""
    return [
        str(card.get_attribute("id"))
        for card in page.locator(".pictures .picture").all()
        if card.is_visible()
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("lamp", [5, 6, 7, 8]),
        ("LAMP  Open", [6]),
        ("工具箱", [9, 10, 11, 12]),
        ("工具箱　open", [10]),
        ("Ｘ２", [5, 6, 7, 8]),
        ("img_0007", [7]),
        ("blurred", [1]),
        ("x1_closed.jpg", [1]),
        ("  ", list(range(1, 13))),
    ],
)
def test_words_find_pictures(
    words: str, numbers: list[int], screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    page.fill(SEARCH, words)
    assert shown(page) == [f"photo-{number}" for number in numbers]
    said = f"{len(numbers)} of 12 shown" if len(numbers) < 12 else ""
    assert page.locator(SHOWN).inner_text() == said


def test_letters_with_accents_are_found_however_they_are_made(
    screen: Screen, tmp_path: Path
) -> None:
    whole = drawn_report(2, sheets=0)
    first = whole.ready[0]
    apart = Prepared("Cable\u0301 STRASSE Straße.jpg", first.subject, first.jpeg)
    page = screen.open(
        write_page(tmp_path, replace(whole, photos=(apart, whole.photos[1]), products=()))
    )
    for words in ("cabl\u00e9", "CABLE\u0301", "straße", "strasse"):
        page.fill(SEARCH, words)
        assert shown(page) == ["photo-1"]


def test_in_chinese_the_words_for_views_are_chinese(screen: Screen, tmp_path: Path) -> None:
    page = screen.open(write_page(tmp_path, drawn_report(language="zh")))
    label = page.locator("#photo-2 .label").text_content()
    assert label is not None
    product, _, view = label.partition("、")
    assert (product, view.isascii()) == ("Toolbox X1", False)
    page.fill(SEARCH, view)
    assert shown(page) == ["photo-2", "photo-6", "photo-10"]


def test_only_those_with_remarks(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.get_by_label("Only those with remarks").check()
    assert shown(page) == ["photo-1", "photo-12"]
    page.fill(SEARCH, "lamp")
    assert shown(page) == []
    assert page.locator(SHOWN).inner_text() == "No picture fits that search."
    page.fill(SEARCH, "")
    page.get_by_label("Only those with remarks").uncheck()
    assert len(shown(page)) == 12


def test_the_count_is_said_to_who_does_not_see_it(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.fill(SEARCH, "lamp")
    expect(page.get_by_role("status").filter(has_text="4 of 12 shown")).to_be_visible()


def test_enter_in_the_search_leaves_the_page_where_it_is(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.fill(SEARCH, "lamp")
    page.press(SEARCH, "Enter")
    assert page.url == report_page.as_uri()
    assert len(shown(page)) == 4


# What has the focus: where it stands in the page, and whether that is seen.
FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const style = getComputedStyle(it);
  const middle = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(...middle) || document;
  return {
    tag: it.tagName, name: it.id || it.getAttribute("href") || it.textContent.trim(),
    at: [...document.querySelectorAll("*")].indexOf(it),
    seen: box.width > 1 && box.bottom > 0 && box.top < innerHeight,
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    under: it === document.body || it.contains(top) || top.contains(it),
  };
}"""


def test_tab_reaches_everything_in_order_and_shows_where_it_is(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    can_be_used = page.evaluate(
        "() => [...document.querySelectorAll('a[href], summary, input, button')]"
        ".filter((e) => !e.closest('dialog') && !e.closest('details:not([open]) > :not(summary)')"
        " && e.checkVisibility()).length"
    )
    places = []
    while True:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            break
        assert focused["seen"], focused
        assert focused["ringed"], focused
        assert focused["under"], focused  # no bar lies on it
        places.append(focused["at"])
    assert places == sorted(set(places))
    assert len(places) == can_be_used


def test_the_first_tab_skips_what_is_above(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main a, main summary").first).to_be_focused()


def test_back_tab_is_not_hidden_under_the_bar(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    page.locator("#photo-12 > a").focus()
    for _ in range(15):
        page.keyboard.press("Shift+Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], focused
        assert focused["under"], focused


def test_signposts_lead_to_their_parts(screen: Screen, tmp_path: Path) -> None:
    page = screen.open(write_page(tmp_path, drawn_report(100)))
    for post in page.locator("nav a").all()[::-1]:
        post.click()
        part = post.get_attribute("href")
        wait_until(page, f"Math.abs({TOP.format(part)} - {UNDER_THE_BAR_PX}) < 2")
        heading = page.locator(f"{part} h2")
        box, bar = heading.bounding_box(), page.locator("nav").bounding_box()
        assert box is not None
        assert bar is not None
        assert box["y"] >= bar["y"] + bar["height"], "the bar does not lie on the heading"


def test_a_letter_and_the_remarks_unfold_by_keys(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page)
    for part in ("details.remarks", "details.letter >> nth=0"):
        summary = page.locator(part).locator("summary")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.locator(part).locator(":scope > :not(summary)")).to_be_visible()
    expect(page.locator(".letter pre").first).to_contain_text("Dear Sir or Madam,")
