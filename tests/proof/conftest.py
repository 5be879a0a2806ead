"""One browser for the tests of a file, and a screen for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.proof.browser import Screen, started_chromium
from tests.proof.drawn_reports import drawn_report, write_page


# No longer than a file's tests: while it is there, its thread has a running event loop, beside
# which asyncio's own tests could not run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as long as the tests of a file run."""
    with started_chromium() as started:
        yield started


@pytest.fixture
def screen(browser: Browser) -> Iterator[Screen]:
    """Where pages are opened; they must have been silent at the test's end."""
    opened = Screen(browser)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def report_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of twelve photos, with all that stands beside it."""
    return write_page(tmp_path_factory.mktemp("run") / "autumn-prepared", drawn_report())
