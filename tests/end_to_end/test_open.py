"""``--open``: the page of a finished run is handed to the person's own browser, here a script."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from tests.support import photoprep, small_photo

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="BROWSER names a program where there is a shell"
)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder whose name an address has to escape."""
    folder = tmp_path / "product photos 产品 #1 100%"
    small_photo(folder / "Toolbox X100/X100 打开.png", 1)
    small_photo(folder / "Toolbox X100/X100 closed.png", 2)
    return folder


@pytest.fixture
def out(photos: Path) -> Path:
    return photos.with_name(f"{photos.name}-prepared")


class Browser:
    """A browser that talks, writes down what it is given, and ends as it is told to."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        folder.mkdir()
        self._noted = folder / "noted"
        self._program = folder / "browser"
        notes = f'echo chatter; echo chatter >&2; echo "$@" >> "{self._noted}"'
        self._program.write_text(f"#!/bin/sh\n{notes}\nexit {code}\n")
        self._program.chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        """Surroundings in which it is the only browser."""
        # Without a display and with no other program on the path there is no second one to try.
        nothing = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": str(self._program.parent)}
        return nothing | {"BROWSER": str(self._program)}

    @property
    def opened(self) -> list[str]:
        """The addresses that it was given."""
        return self._noted.read_text().splitlines() if self._noted.exists() else []


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path / "bin")


def test_the_page_is_opened_once_by_an_address_that_names_it(
    photos: Path, out: Path, browser: Browser
) -> None:
    told = photoprep(photos, "--open", env=browser.env)
    assert told.returncode == ExitCode.DONE, told.stderr
    assert browser.opened == [(out / "report.html").as_uri()]
    assert browser.opened[0].isascii()
    assert "chatter" not in told.stdout + told.stderr


def test_nothing_is_opened_unasked(photos: Path, browser: Browser) -> None:
    assert photoprep(photos, env=browser.env).returncode == ExitCode.DONE
    assert browser.opened == []


def test_it_is_opened_beside_json_and_in_silence(photos: Path, out: Path, browser: Browser) -> None:
    told = photoprep(photos, "--open", "--json", env=browser.env)
    report = json.loads(told.stdout)
    assert report == json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert "report.html" not in told.stdout
    quiet = photoprep(photos, "--open", "--quiet", env=browser.env)
    assert quiet.stdout + quiet.stderr == ""
    assert len(browser.opened) == 2


def test_where_there_is_no_browser_it_says_where_the_page_lies(
    photos: Path, out: Path, tmp_path: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    refusing = Browser(tmp_path / "refusing", code=3)
    for env in (refusing.env, refusing.env | {"BROWSER": "nowhere-to-be-found"}):
        told = photoprep(photos, "--open", env=env)
        assert told.returncode == ExitCode.SOME_FAILED  # as without --open
        (said,) = told.stderr.splitlines()
        assert said.endswith(str(out / "report.html"))
        assert "Traceback" not in told.stderr


def test_a_rehearsal_has_no_page_to_show(photos: Path, out: Path, browser: Browser) -> None:
    told = photoprep(photos, "--open", "--dry-run", env=browser.env)
    assert told.returncode == ExitCode.WRONG_USAGE
    assert told.stdout == ""
    assert "--dry-run" in told.stderr
    assert not out.exists()
    assert browser.opened == []


def test_where_nothing_could_be_prepared_nothing_is_opened_that_is_not_there(
    tmp_path: Path, browser: Browser
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    told = photoprep(empty, "--open", env=browser.env)
    assert told.returncode == ExitCode.NO_PHOTOS
    assert browser.opened == []
