"""From the page into a picture in depth, on to the next one, and back to where one was."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.proof.browser import Screen, needs_chromium, wait_until
from tests.proof.drawn_reports import drawn_report, write_page

pytestmark = needs_chromium
CARD_3 = "#photo-3 > a"
FIRST_TILE = ".envelope .tile a >> nth=0"


def is_open(page: Page) -> bool:
    shown: bool = page.evaluate("document.getElementById('depth').open")
    return shown


def title(page: Page) -> str:
    return page.locator("#depth-title").inner_text()


def place(page: Page) -> str:
    return page.locator("#depth-place").inner_text()


def test_a_card_opens_its_picture_and_the_address_says_which(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    assert not is_open(page)
    page.locator(CARD_3).click()
    assert is_open(page)
    assert title(page) == "Toolbox X1, rear view"
    assert page.url.endswith("report.html#photo-3")
    after = page.locator("#depth-after")
    assert after.evaluate("(e) => decodeURI(e.src)").endswith("photos/003_X1_back.jpg")
    assert after.get_attribute("alt") == "Toolbox X1, rear view"


@pytest.mark.parametrize("way", ["Escape", "button", "back"])
@pytest.mark.parametrize(
    "opener", [CARD_3, FIRST_TILE, ".matter.warning .source a", "#sheet-1 > a"]
)
def test_closing_leads_back_to_where_one_was(
    way: str, opener: str, screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    link = page.locator(opener)
    link.scroll_into_view_if_needed()
    link.focus()
    page.keyboard.press("Enter")
    assert is_open(page)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "button":
        page.locator("#depth-close").click()
    else:
        page.go_back()
    wait_until(page, "!document.getElementById('depth').open && !location.hash")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()


def test_forward_opens_it_again_and_back_is_never_needed_twice(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    before = page.evaluate("history.length")
    page.locator(CARD_3).click()
    page.locator("#depth-next").click()
    page.locator("#depth-next").click()
    assert page.url.endswith("#photo-5")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    wait_until(page, "!document.getElementById('depth').open")
    expect(page.locator("#photo-5 > a")).to_be_focused()
    page.go_forward()
    wait_until(page, "document.getElementById('depth').open")
    assert title(page) == "Lamp X2, closed"
    page.keyboard.press("Escape")
    wait_until(page, "!location.hash")
    assert page.evaluate("history.length") == before + 1


def test_an_address_opens_its_picture(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3")
    assert is_open(page)
    expect(page.locator("#slider")).to_be_focused()
    page.locator("#depth-close").click()
    wait_until(page, "!location.hash")
    expect(page.locator(CARD_3)).to_be_focused()
    page.goto(report_page.as_uri() + "#sheet-2")  # as typed into the open page's address
    wait_until(page, "document.getElementById('depth').open")
    assert title(page) == "Sheet: overview"


@pytest.mark.parametrize("anchor", ["#photo-99", "#mails", "#depth", "#", "#%", "#content"])
def test_an_address_of_no_picture_opens_none(
    anchor: str, screen: Screen, report_page: Path
) -> None:
    assert not is_open(screen.open(report_page, anchor))


def test_buttons_go_through_all_pictures_and_sheets(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-1")
    titles = [title(page)]
    assert page.locator("#depth-previous").is_disabled()
    while page.locator("#depth-next").is_enabled():
        page.locator("#depth-next").click()
        titles.append(title(page))
    assert len(titles) == 14
    assert place(page) == "14 / 14"
    assert titles[-2:] == ["Sheet: Lamp X1", "Sheet: overview"]
    for wanted in reversed(titles[:-1]):
        page.locator("#depth-previous").click()
        assert title(page) == wanted


def test_keys_go_through_them_where_no_other_use_is_made_of_them(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page, "#photo-1")
    page.locator("#depth-next").focus()
    for key, wanted in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        assert place(page) == f"{wanted} / 14"
    page.keyboard.press("Alt+ArrowRight")
    page.locator("input[value=fit]").focus()
    page.keyboard.press("ArrowRight")
    assert place(page) == "2 / 14"
    assert page.get_by_label("1 : 1").is_checked()


def test_at_the_last_picture_focus_is_not_lost(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#sheet-1")
    page.locator("#depth-next").focus()
    page.keyboard.press("Enter")
    assert place(page) == "14 / 14"
    assert page.evaluate("document.getElementById('depth').contains(document.activeElement)")
    page.keyboard.press("ArrowLeft")
    assert place(page) == "13 / 14"


def test_under_a_filter_only_what_it_shows_is_gone_through(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page)
    page.get_by_label("Search pictures").fill("lamp open")
    page.locator("#photo-6 > a").click()
    assert place(page) == "1 / 3"
    page.locator("#depth-next").click()
    assert title(page).startswith("Sheet:")
    page.keyboard.press("Escape")
    page.locator(FIRST_TILE).click()
    assert title(page) == "Toolbox X1, closed", "a mail's picture opens whatever the filter says"
    page.keyboard.press("Escape")
    wait_until(page, "!location.hash")
    expect(page.locator(FIRST_TILE)).to_be_focused()


def test_figures_and_remarks_are_shown_with_the_picture(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-1")
    known = page.locator("#known")
    expect(known).to_contain_text("It may be blurred.")
    labels, values = (known.locator(each).all_inner_texts() for each in ("dt", "dd"))
    rows = dict(zip(labels, values, strict=True))
    assert rows["Size"] == "151 kB of at most 200 kB"
    assert rows["Pixels"] == "944 × 708"
    assert rows["Quality"] == "91.5 of 100, estimated"
    assert rows["Chroma subsampling"] == "4:2:0"
    assert rows["Colours"] == "sRGB, converted from Adobe RGB"
    assert rows["Original"] == "autumn/IMG_0001.JPG, 4000 × 3000 pixels, 3.4 MB"
    page.locator("#depth-next").click()
    expect(known).not_to_contain_text("It may be blurred.")
    assert known.locator("dl").count() == 1


def test_a_file_opens_beside_the_page(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3")
    with page.context.expect_page() as opened:
        page.locator("#known a").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == (report_page.parent / "photos" / "003_X1_back.jpg").as_uri()
    assert is_open(page)


def test_what_lies_behind_is_out_of_reach(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3")
    expect(page.locator("#slider")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"  # the browser's own buttons
            " || document.getElementById('depth').contains(document.activeElement)"
        )


def test_a_run_of_one_picture_has_no_next(screen: Screen, tmp_path: Path) -> None:
    page = screen.open(write_page(tmp_path, drawn_report(1, sheets=0)), "#photo-1")
    assert page.locator("#depth-previous").is_disabled()
    assert page.locator("#depth-next").is_disabled()
    assert place(page) == "1 / 1"
