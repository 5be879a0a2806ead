"""The slider in the real Chromium: by mouse, finger and keys, and what is to be seen beside it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from tests.proof.browser import PHONE, Screen, needs_chromium, wait_until
from tests.proof.drawn_reports import BLUE, RED, drawn_report, with_photo, write_page

pytestmark = needs_chromium
A_FEW_PX = 3
# JPEG and the browser may change a flat colour by a little.
A_FEW_LEVELS = 8
HALF = 128
SHARES = (0.02, 0.25, 0.6, 0.98)


def box_of(page: Page) -> FloatRect:
    """Where the picture in depth stands in the window."""
    box = page.locator("#compare").bounding_box()
    assert box is not None
    return box


def seam_x(page: Page) -> float:
    """Where original and prepared picture meet, in the window's pixels."""
    x: float = page.evaluate(
        "() => { const box = document.querySelector('.edge').getBoundingClientRect();"
        " return (box.left + box.right) / 2 }"
    )
    return x


def colour_at(page: Page, x: float, y: float) -> tuple[int, ...]:
    """What the window shows there."""
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        pixel = shot.convert("RGB").getpixel((int(x), int(y)))
    assert isinstance(pixel, tuple)
    return pixel


def is_shown(page: Page, colour: tuple[int, int, int], x: float, y: float) -> bool:
    """Whether a colour is shown there."""
    shown = colour_at(page, x, y)
    return max(abs(a - b) for a, b in zip(shown, colour, strict=True)) <= A_FEW_LEVELS


@pytest.mark.parametrize("share", SHARES)
def test_the_seam_is_where_the_mouse_lets_it_go(
    share: float, screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page, "#photo-3")
    box = box_of(page)
    y = box["y"] + box["height"] / 3
    page.mouse.move(seam_x(page), y)
    page.mouse.down()
    for part in (0.4, 0.7, share):
        x = box["x"] + part * box["width"]
        page.mouse.move(x, y, steps=3)
        assert seam_x(page) == pytest.approx(x, abs=A_FEW_PX)
    page.mouse.up()
    page.mouse.move(box["x"] + 1, y)
    assert seam_x(page) == pytest.approx(x, abs=A_FEW_PX)


def test_a_press_beside_the_seam_takes_it_there(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3")
    box = box_of(page)
    for share in SHARES:
        x = box["x"] + share * box["width"]
        page.mouse.click(x, box["y"] + 20)
        assert seam_x(page) == pytest.approx(x, abs=A_FEW_PX)


def test_left_of_the_seam_is_the_original_right_of_it_the_prepared(
    screen: Screen, report_page: Path
) -> None:
    page = screen.open(report_page, "#photo-3")
    box = box_of(page)
    y = box["y"] + box["height"] / 4
    for share in (0.3, 0.7):
        x = box["x"] + share * box["width"]
        page.mouse.click(x, y)
        assert is_shown(page, RED, x - 10, y)
        assert is_shown(page, BLUE, x + 10, y)


@pytest.mark.parametrize("share", SHARES)
def test_a_finger_moves_it(share: float, screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3", **PHONE)
    box = box_of(page)
    y = box["y"] + box["height"] / 2
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], y)
    assert seam_x(page) == pytest.approx(box["x"] + 0.8 * box["width"], abs=A_FEW_PX)
    x = box["x"] + share * box["width"]
    touch(page, [(seam_x(page), y), (box["x"] + 0.5 * box["width"], y), (x, y)])
    assert seam_x(page) == pytest.approx(x, abs=A_FEW_PX)


def test_a_finger_that_goes_down_scrolls(screen: Screen, report_page: Path) -> None:
    page = screen.open(
        report_page, "#photo-3", **PHONE | {"viewport": {"width": 390, "height": 500}}
    )
    box = box_of(page)
    x, y = box["x"] + 100, box["y"] + box["height"] - 20
    touch(page, [(x, y - step * 20) for step in range(8)])
    wait_until(page, "document.getElementById('depth').scrollTop > 0")


def touch(page: Page, way: list[tuple[float, float]]) -> None:
    """One finger along a way, as the browser's own input has it."""
    session = page.context.new_cdp_session(page)
    for at, (x, y) in enumerate(way):
        kind = "touchStart" if at == 0 else "touchMove"
        points = [{"x": x, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("keys", "share"),
    [
        (["Home"], 0.0),
        (["End"], 1.0),
        (["ArrowLeft"] * 5, 0.45),
        (["ArrowRight", "ArrowUp"], 0.52),
        (["PageUp"], 0.6),
        (["PageDown", "PageDown"], 0.3),
    ],
)
def test_keys_move_it(keys: list[str], share: float, screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-3")
    expect(page.locator("#slider")).to_be_focused()
    for key in keys:
        page.keyboard.press(key)
    box = box_of(page)
    assert seam_x(page) == pytest.approx(box["x"] + share * box["width"], abs=A_FEW_PX)
    assert page.locator("#slider").get_attribute("aria-valuetext") == f"{round(share * 100)} %"
    assert page.locator("#depth-title").inner_text() == "Toolbox X1, rear view"


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize(("zoom", "times"), [("1", 1), ("2", 2)])
def test_a_pixel_of_the_picture_is_one_of_the_screen(
    zoom: str, times: int, ratio: int, screen: Screen, tmp_path: Path
) -> None:
    report = with_photo(drawn_report(1, sheets=0), 1, width_px=400, height_px=300)
    page_file = write_page(tmp_path, report)
    chequered = Image.new("L", (400, 300))
    chequered.putdata([255 * ((x + y) % 2) for y in range(300) for x in range(400)])
    chequered.save(tmp_path / report.ready[0].jpeg.output, "JPEG", quality=100)
    page = screen.open(page_file, "#photo-1", device_scale_factor=ratio)
    expect(page.locator("#slider")).to_be_focused()
    page.keyboard.press("Home")
    page.get_by_label(f"{zoom} : 1").check()
    box = box_of(page)
    assert (box["width"], box["height"]) == (400 * times / ratio, 300 * times / ratio)
    with Image.open(io.BytesIO(page.screenshot(scale="device"))) as shot:
        left, top = round(box["x"] * ratio), round(box["y"] * ratio)
        # Beside the words that stand on the picture, and the seam's handle.
        part = shot.convert("L").crop((left + 150, top + 100, left + 190, top + 140))
    levels = np.asarray(part) > HALF
    blocks = levels[::times, ::times]
    assert (np.kron(blocks, np.ones((times, times), bool)) == levels).all()
    assert (blocks[:, 1:] != blocks[:, :-1]).all()
    assert (blocks[1:] != blocks[:-1]).all()


def test_whole_is_the_whole_picture(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-1", viewport={"width": 1000, "height": 500})
    page.get_by_label("2 : 1").check()
    assert box_of(page)["width"] == 2 * 944
    page.get_by_label("Whole").check()
    box = box_of(page)
    scroll = page.locator(".scroll")
    assert scroll.evaluate(
        "(e) => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    ) == [0, 0]
    assert 0 <= box["y"] < box["y"] + box["height"] < 500
    assert 0 <= box["x"] < box["x"] + box["width"] < 1000
    assert box["width"] / box["height"] == pytest.approx(944 / 708, rel=0.01)


def test_a_zoomed_picture_is_moved_by_keys_and_fingers(screen: Screen, report_page: Path) -> None:
    page = screen.open(report_page, "#photo-1", **PHONE)
    page.get_by_label("2 : 1").check()
    scroll = page.locator(".scroll")
    assert page.evaluate("document.getElementById('depth').scrollWidth") == 390
    start = scroll.evaluate("(e) => e.scrollLeft")
    assert start == pytest.approx((2 * 944 - scroll.evaluate("(e) => e.clientWidth")) / 2, abs=2)
    scroll.focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, f"document.querySelector('.scroll').scrollLeft > {start}")
    assert page.locator("#depth-title").inner_text() == "Toolbox X1, closed"
    box = scroll.bounding_box()
    assert box is not None
    moved = scroll.evaluate("(e) => e.scrollLeft")
    y = box["y"] + 100
    touch(page, [(box["x"] + 300 - step * 20, y) for step in range(12)])
    wait_until(page, f"document.querySelector('.scroll').scrollLeft > {moved}")


def test_a_picture_without_original_stands_alone(screen: Screen, tmp_path: Path) -> None:
    whole = drawn_report(2, sheets=1)
    page = screen.open(write_page(tmp_path, with_photo(whole, 1, preview="")), "#photo-1")
    assert page.locator("#no-original").is_visible()
    assert not page.locator("#slider").is_visible()
    assert not page.locator(".side.before").is_visible()
    box = box_of(page)
    assert is_shown(page, BLUE, box["x"] + 20, box["y"] + 200)
    page.locator("#depth-next").click()
    assert page.locator("#slider").is_visible()
    assert not page.locator("#no-original").is_visible()
    page.locator("#depth-next").click()
    assert page.locator("#depth-title").inner_text() == "Sheet: overview"
    assert not page.locator("#slider").is_visible()
    assert not page.locator("#no-original").is_visible(), "a sheet has no original"


@pytest.mark.parametrize("lost", ["preview", "output"])
def test_what_is_not_beside_the_page_is_said(lost: str, screen: Screen, tmp_path: Path) -> None:
    report = drawn_report(2, sheets=0)
    page_file = write_page(tmp_path, report)
    (tmp_path / getattr(report.ready[0].jpeg, lost)).unlink()
    page = screen.open(page_file, "#photo-1")
    said = page.locator("#no-original" if lost == "preview" else "#not-here")
    said.wait_for(state="visible")
    page.locator("#depth-next").click()
    said.wait_for(state="hidden")
    assert page.locator("#slider").is_visible()
    box = box_of(page)
    assert is_shown(page, RED, box["x"] + 20, box["y"] + 200)
    (screen.opened[0][0]).said.clear()  # Chromium itself says that a file was not found


def test_a_sheet_is_seen_whole(screen: Screen, tmp_path: Path) -> None:
    report = replace(drawn_report(1, sheets=1), findings=())
    page = screen.open(write_page(tmp_path, report), "#sheet-1")
    box = box_of(page)
    assert box["width"] / box["height"] == pytest.approx(1000 / 1414, rel=0.01)
    assert box["y"] + box["height"] <= 900
