"""Nothing in a report runs, asks a network, or turns what stands beside it."""

from __future__ import annotations

import os
import re
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from playwright.sync_api import Browser, Page

from photoprep.language import Language
from tests.proof.browser import Screen, needs_chromium
from tests.proof.drawn_reports import drawn_report, thumbnails_of, write_page
from tests.proof.hostile_reports import (
    BREAKING_OUT,
    FILES,
    FOLDER,
    NO_TEXT,
    OVERRIDE,
    TEXTS,
    hostile_report,
)

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no files of such names"),
]
A_MOMENT_S = 0.7
A_WHILE_S = 20.0
READ = "() => [...document.querySelectorAll('bdi')].map((e) => e.textContent)"


@pytest.fixture
def hostile_page(tmp_path: Path) -> Path:
    return write_page(tmp_path / FOLDER, hostile_report())


def nothing_ran(page: Page) -> bool:
    ran = page.evaluate("() => window.pwned")
    return ran is None


def test_no_text_of_a_report_runs(screen: Screen, hostile_page: Path) -> None:
    page = screen.open(hostile_page)
    for details in page.locator("details").all():
        details.locator("summary").click()
    for number in range(1, len(TEXTS) + 1):
        page.locator(f"#photo-{number} > a").click()
        page.mouse.move(600, 300)
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
    for element in page.locator("main a, main summary").all():
        element.focus()
        element.dispatch_event("mouseover")
    assert nothing_ran(page)
    assert page.locator("script").count() == 1
    assert page.locator("style").count() == 1
    assert page.locator("img[onerror], [onmouseover], [onfocus], [onload]").count() == 0


def test_every_text_is_shown_as_it_is(screen: Screen, hostile_page: Path) -> None:
    page = screen.open(hostile_page)
    shown = page.evaluate(READ)
    for text in TEXTS:
        # What is no text in Unicode is shown by its escapes.
        wanted = text.encode("utf-8", "backslashreplace").decode()
        if text in (OVERRIDE, BREAKING_OUT):
            wanted = re.sub("[\u202e\u2066-\u2069]", "", text)
        assert wanted in shown
    assert page.title().startswith("<script>window.pwned=1;alert(1)<_script>")
    folder = re.sub("[\u202e\u2066-\u2069]", "", FOLDER)
    assert page.locator("#folder").text_content() == f"{folder} · "
    assert page.locator("#to-send").text_content() == f'"{folder}"'


def test_hostile_words_can_be_searched_for(screen: Screen, hostile_page: Path) -> None:
    page = screen.open(hostile_page)
    for number, text in enumerate(TEXTS, start=1):
        if text in (NO_TEXT, OVERRIDE, BREAKING_OUT):
            continue  # they are shown otherwise
        page.fill("#search", text)
        assert page.locator(f"#photo-{number}").is_visible()
    assert nothing_ran(page)


@pytest.mark.parametrize("file", FILES, ids=range(len(FILES)))
def test_links_lead_to_files_of_any_name(file: str, screen: Screen, hostile_page: Path) -> None:
    number = FILES.index(file) + 1
    page = screen.open(hostile_page, f"#photo-{number}")
    for image in ("#depth-after", "#depth-before"):
        page.locator(image).evaluate("(e) => e.decode()")
        assert page.locator(image).evaluate("(e) => e.naturalWidth") == 944
    with page.context.expect_page() as opened:
        page.locator("#known a").click()
    opened.value.wait_for_load_state()
    path = os.fsencode(hostile_page.parent / "photos" / file)
    assert unquote_to_bytes(opened.value.url.removeprefix("file://")) == path
    assert opened.value.evaluate("document.images[0].naturalWidth") == 944


def test_a_draft_of_any_name_is_linked(screen: Screen, hostile_page: Path) -> None:
    page = screen.open(hostile_page)
    drafts = [str(link.get_attribute("href")) for link in page.locator("a.draft").all()]
    assert drafts
    for href in drafts:
        assert ":" not in href
        assert os.path.isfile(  # noqa: PTH113 its name is no text
            os.fsencode(hostile_page.parent) + b"/" + unquote_to_bytes(href)
        )


# What stands on a line left of what comes before it.
TURNED = """() => [...document.querySelectorAll('bdi + bdi')].filter((second) => {
  const [its] = second.getClientRects();
  const before = [...second.previousElementSibling.getClientRects()];
  const isLine = (mine) => Math.abs(its.top - mine.top) < 8;
  return its && before.some((mine) => isLine(mine) && its.left < mine.right - 2);
}).map((second) => second.parentNode.textContent)"""


def test_marks_do_not_turn_what_stands_beside_them(screen: Screen, hostile_page: Path) -> None:
    page = screen.open(hostile_page, viewport={"width": 3000, "height": 900}, bypass_csp=True)
    assert page.evaluate(TURNED) == []
    page.add_style_tag(content="bdi { unicode-bidi: normal !important }")
    assert page.evaluate(TURNED) != [], "without the isolation they would"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server of which nobody should ask anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def was_asked(server: socket.socket, within_s: float) -> bool:
    """Whether a request comes, or has come, before nothing came for so many seconds.

    A connection alone is none: Chromium opens one where it may soon go, before it asks the policy,
    and nothing goes over it.
    """
    connections: list[socket.socket] = []
    try:
        while ready := select.select([server, *connections], [], [], within_s)[0]:
            for each in ready:
                if each is server:
                    connections.append(server.accept()[0])
                elif each.recv(1):
                    return True
                else:
                    connections.remove(each)
                    each.close()
        return False
    finally:
        for each in connections:
            each.close()


TRIES = {
    "image": "new Image().src = url",
    "element": "document.body.append(Object.assign(document.createElement('img'), {src: url}))",
    "fetch": "fetch(url, {mode: 'no-cors'}).catch(() => 0)",
    "beacon": "navigator.sendBeacon(url, 'x')",
    "style": "document.body.style.background = `url(${url})`",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: url}))",
    "form": "(() => { const f = document.createElement('form'); f.action = url;"
    " document.body.append(f); f.submit() })()",
    "base": "(() => { const b = document.createElement('base'); b.href = url;"
    " document.head.append(b); new Image().src = 'a.jpg' })()",
    "socket": "(() => { try { new WebSocket(url.replace('http', 'ws')) } catch {} })()",
    "sheet": "document.head.append(Object.assign(document.createElement('link'),"
    " {rel: 'stylesheet', href: url}))",
    "video": "document.body.append(Object.assign(document.createElement('video'), {src: url}))",
}


@pytest.mark.parametrize("way", TRIES)
@pytest.mark.parametrize("guarded", [True, False], ids=["with policy", "without"])
def test_the_policy_lets_nothing_out(
    way: str, guarded: bool, browser: Browser, report_page: Path, listening: socket.socket,
    tmp_path: Path,
) -> None:  # fmt: skip
    page_file = report_page
    if not guarded:
        page_file = tmp_path / "report.html"
        html = report_page.read_text(encoding="utf-8")
        page_file.write_text(html.replace("Content-Security-Policy", "x"), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        page.evaluate(f"(url) => {{ {TRIES[way]} }}", url)
        assert was_asked(listening, A_MOMENT_S if guarded else A_WHILE_S) is not guarded


INJECTED = {
    "script": "<script>window.pwned = 1</script>",
    "handler": "<img src='data:,' onerror='window.pwned = 1'>",
    "style": "<style>h1 { color: rgb(1, 2, 3) !important }</style>",
    "attribute": "<b id=styled style='color: rgb(1, 2, 3)'>x</b>",
    "address": "<a id=address href='javascript:window.pwned = 1'>x</a>",
}
# The browser tells both of them a while after the page is there: a link's script runs as a task of
# its own, and so does the listener of what the policy refused.
REFUSED = "addEventListener('securitypolicyviolation', () => { window.refused = true })"
OUTCOME = """(deadlineMs) => new Promise((settle) => {
  const coloured = () => [...document.querySelectorAll('h1, #styled')]
    .some((e) => getComputedStyle(e).color === 'rgb(1, 2, 3)');
  const look = () => {
    if (window.pwned || coloured()) settle('harmed');
    else if (window.refused) settle('refused');
    else if (performance.now() > deadlineMs) settle('neither');
    else setTimeout(look, 10);
  };
  look();
})"""


@pytest.mark.parametrize("way", INJECTED)
@pytest.mark.parametrize("guarded", [True, False], ids=["with policy", "without"])
def test_what_were_written_into_the_page_would_not_run(
    way: str, guarded: bool, browser: Browser, report_page: Path, tmp_path: Path
) -> None:
    html = report_page.read_text(encoding="utf-8").replace("</h1>", f"</h1>{INJECTED[way]}")
    if not guarded:
        html = html.replace("Content-Security-Policy", "x")
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    with browser.new_context() as context:
        context.add_init_script(REFUSED)
        page = context.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        if way == "address":
            page.locator("#address").click()
        assert page.evaluate(OUTCOME, 20_000) == ("refused" if guarded else "harmed")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_asks_for_what_lies_beside_it_alone(
    language: Language, screen: Screen, tmp_path: Path
) -> None:
    report = drawn_report(8, language)
    without_one = dict(list(thumbnails_of(report).items())[1:])
    page = screen.open(write_page(tmp_path, report, without_one))
    page.mouse.wheel(0, 20_000)
    page.locator("#photo-1 > a").click()
    while page.locator("#depth-next").is_enabled():
        page.locator("#depth-next").click()
        page.locator("#depth-after").evaluate("(e) => e.decode()")
    watch = screen.opened[0][0]
    assert watch.asked_elsewhere == []
    assert len({url for url in watch.asked if url.startswith("file:")}) >= 8 + 2
