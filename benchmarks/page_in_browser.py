"""How soon a run's page is there in Chromium, and how it scrolls.

    python -m benchmarks.page_in_browser [PHOTOS …]

For pages of 50, 500 and 2000 photos, or as many as named, with thumbnails of 8 kB: the page's size,
when it was first painted and when it was loaded, and how long a search takes until all but one
photo are hidden; then, scrolled from its top to its end by a wheel in the real Chromium, the
longest time that the page kept its thread busy, and how many frames took longer than two of the
screen's (33 ms). Chromium draws by the processor here; a graphics card does
better. Needs Chromium and the ``test`` extra.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.proof.browser import DESK, started_chromium
from tests.proof.drawn_reports import drawn_report, thumbnails_of, write_page

PHOTOS = (50, 500, 2000)
THUMBNAIL_BYTES = 8_000
WHEEL_PX = 400
SLOW_FRAME_MS = 33

WATCH = """() => {
  window.busy = [0]; window.frames = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) window.busy.push(each.duration);
  }).observe({type: "longtask", buffered: false});
  let last = performance.now();
  const frame = (now) => {
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
READ = """() => ({
  busy: Math.max(...window.busy), frames: window.frames.length,
  slow: window.frames.filter((each) => each > SLOW).length, longest: Math.max(...window.frames),
})""".replace("SLOW", str(SLOW_FRAME_MS))
LOADED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [paint ? paint.startTime : NaN, page.loadEventEnd];
}"""
# Two frames later what was hidden is so on the screen.
SEARCH = """(words) => new Promise((done) => {
  const begun = performance.now();
  const search = document.getElementById("search");
  search.value = words;
  search.dispatchEvent(new Event("input"));
  const drawn = () => done(performance.now() - begun);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn)));
})"""
AT_END = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"


def main(counts: tuple[int, ...]) -> None:
    """Print a row for every count of photos."""
    print("photos      MB  painted ms  loaded ms  search ms  busy ms  frames  slow  longest ms")
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        for photos in counts:
            report = drawn_report(photos, sheets=10)
            thumbnails = thumbnails_of(report, THUMBNAIL_BYTES)
            page_file = write_page(Path(folder) / str(photos), report, thumbnails)
            size_mb = page_file.stat().st_size / 1e6
            painted, loaded, searched, read = _measured(browser, page_file)
            print(
                f"{photos:6} {size_mb:7.2f} {painted:11.0f} {loaded:10.0f} {searched:10.0f}"
                f" {read['busy']:8.0f}"
                f" {read['frames']:7} {read['slow']:5} {read['longest']:11.0f}"
            )


def _measured(browser: Browser, page_file: Path) -> tuple[float, float, float, dict[str, Any]]:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_timeout(500)
        painted, loaded = page.evaluate(LOADED)
        searched = page.evaluate(SEARCH, "img_0040")
        page.evaluate(SEARCH, "")
        return painted, loaded, searched, _scrolled(page)


def _scrolled(page: Page) -> dict[str, Any]:
    """What scrolling through the whole page took; the wheel turns once a frame, or so."""
    page.evaluate(WATCH)
    page.mouse.move(640, 450)
    while not page.evaluate(AT_END):
        page.mouse.wheel(0, WHEEL_PX)
    read: dict[str, Any] = page.evaluate(READ)
    return read


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or PHOTOS)
