"""The real Chromium, watched: a page that asks, complains or runs what it should not is a failure.

It is Debian's, not one that playwright would download, and its names lead nowhere. Where there is
its shell without windows (the same engine, of the same build), that one is taken: the whole browser
spends three times as long on a page, most of it on the parts around it that nobody sees.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

CHROMIUM = next(
    filter(
        shutil.which,
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    ),
    None,
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="Chromium is not installed",
)
A_MINUTE_S = 60
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
DESK: Any = {"viewport": {"width": 1280, "height": 900}}
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """A browser of its own, with no network but this machine."""
    assert CHROMIUM is not None, "Chromium is required here and not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which(CHROMIUM), args=["--no-sandbox", OFFLINE]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What a page asked for and said while it was looked at."""

    folder: bytes
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context, and what they open."""
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda message: self.said.append(message.text))
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        context.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    @property
    def asked_elsewhere(self) -> list[str]:
        """Requests for anything but what is in the page, or beside it."""
        return [url for url in self.asked if not self._is_ours(url)]

    def _is_ours(self, url: str) -> bool:
        if url.startswith("data:"):
            return True
        path = unquote_to_bytes(url.partition("#")[0].removeprefix("file://"))
        return url.startswith("file:///") and path.startswith(self.folder + b"/")


def wait_until(page: Page, expression: str) -> None:
    """Wait until JavaScript comes to be true; the page's policy forbids playwright's own waiting.

    Raises:
        AssertionError: it has not within a minute.

    """
    end = time.monotonic() + A_MINUTE_S
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


class Screen:
    """Opens pages and, at the end, holds them to their silence."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.opened: list[tuple[Watch, BrowserContext]] = []

    def open(self, path: Path, anchor: str = "", **options: Any) -> Page:
        """The page in a window of its own; ``options`` are those of a browser context."""
        context = self.browser.new_context(**(DESK | options))
        context.set_default_timeout(60_000)
        watch = Watch(os.fsencode(path.parent))
        watch.over(context)
        self.opened.append((watch, context))
        page = context.new_page()
        page.goto(path.as_uri() + anchor)
        return page

    def close(self) -> None:
        """Close all windows.

        Raises:
            AssertionError: a page asked for something elsewhere, complained, or opened a dialog.

        """
        for _, context in self.opened:
            context.close()
        for watch, _ in self.opened:
            assert not watch.asked_elsewhere
            assert not watch.said
