"""What an icon runs, on a real pseudo-terminal: its window closes, or stays until it was read."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from tests.support import photoprep, small_photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
WAITS = "Press Enter to close this window."
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STEP_S = 120  # for a machine however slow; nothing depends on it


class Window:
    """A terminal's window in which a drop runs."""

    def __init__(self, *arguments: str | Path, env: dict[str, str], early: bytes = b"") -> None:
        import pty

        self._ours, theirs = pty.openpty()
        os.write(self._ours, early)  # typed before there is anything to answer
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "photoprep", "dropped", *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color"} | env,
        )
        os.close(theirs)
        self._written = b""

    @property
    def text(self) -> str:
        """All that it has shown, without colours."""
        return CONTROL.sub("", self._written.decode(errors="replace"))

    def shows(self, words: str) -> bool:
        """Whether the words come up before the window closes."""
        while words not in self.text:
            assert select.select([self._ours], [], [], _STEP_S)[0], self.text
            try:
                chunk = os.read(self._ours, 4096)
            except OSError:  # Linux's way to say that the other end is closed
                return False
            if not chunk:
                return False
            self._written += chunk
        return True

    def is_open(self) -> bool:
        """Whether it stands and waits; one that waits stays, however long it is looked at."""
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            return True
        return False

    def types(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def is_interrupted(self) -> None:
        """Ctrl-C; it is no session of its own, to which the terminal would send the signal."""
        self._process.send_signal(signal.SIGINT)

    def code(self) -> int:
        """The exit code of a process that ends by itself."""
        assert not self.shows("\0 never said")
        return self._process.wait(_STEP_S)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


class Desk:
    """A person's desk: a browser that writes down what it shows, and windows."""

    def __init__(self, folder: Path) -> None:
        self._noted, self._windows = folder / "noted", list[Window]()
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$@" >> "{self._noted}"\n')
        browser.chmod(0o755)
        self._env = {"BROWSER": str(browser), "DISPLAY": "", "WAYLAND_DISPLAY": ""}

    def drop(self, *arguments: str | Path, early: bytes = b"", **env: str) -> Window:
        self._windows.append(Window(*arguments, env=self._env | env, early=early))
        return self._windows[-1]

    @property
    def shown(self) -> list[str]:
        return self._noted.read_text().splitlines() if self._noted.exists() else []

    def clear(self) -> None:
        for window in self._windows:
            window.end()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    found.clear()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / 'it\'s "the" 工具箱 50% & $HOME'
    small_photo(folder / "X100 打开.png", 1)
    small_photo(folder / "X100 closed.png", 2)
    return folder


def page_of(photos: Path) -> str:
    return (photos.with_name(f"{photos.name}-prepared") / "report.html").as_uri()


def test_when_all_went_well_the_window_closes_and_the_page_is_shown(
    desk: Desk, photos: Path
) -> None:
    window = desk.drop("--", photos)
    assert window.code() == ExitCode.DONE
    assert WAITS not in window.text
    assert window.text.startswith('\x1b]2;photoprep\aPreparing it\'s "the" 工具箱 50% & $HOME …')
    assert "Preparing photos" in window.text
    assert desk.shown == [page_of(photos)]


def test_when_a_photo_failed_the_window_stays_with_its_reason_last(
    desk: Desk, photos: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    window = desk.drop("--preset", "ebay", "--", photos)
    assert window.shows(WAITS)
    assert window.is_open()
    assert desk.shown == [page_of(photos)]
    last = window.text.rindex("Not prepared: 1 picture")
    assert window.text.rindex("1 not prepared") < last < window.text.rindex(WAITS)
    window.types(b"\n")
    assert window.code() == ExitCode.SOME_FAILED


def test_an_enter_from_before_is_no_answer(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    window = desk.drop("--", tmp_path / "empty", early=b"\n\n")
    assert window.shows(WAITS)
    assert window.is_open()
    window.types(b"\n")
    assert window.code() == ExitCode.NO_PHOTOS


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["--"], "Nothing was dropped on the icon.", ExitCode.WRONG_USAGE),
        (["--", "/no/such/folder"], "There is no file or folder", ExitCode.WRONG_USAGE),
        (["--of-another-version", "--"], "There is no option", ExitCode.WRONG_USAGE),
        (["--lang", "fr", "--"], "does not speak 'fr'", ExitCode.WRONG_USAGE),
    ],
)
def test_whatever_is_wrong_can_be_read(
    desk: Desk, arguments: list[str], words: str, code: ExitCode
) -> None:
    window = desk.drop(*arguments)
    assert window.shows(WAITS)
    assert words in window.text
    assert "Traceback" not in window.text
    window.types(b"\x04")  # the end of what is typed is an answer too
    assert window.code() == code


def test_a_preset_that_is_gone_can_be_read(desk: Desk, photos: Path) -> None:
    window = desk.drop("--preset", "/gone/mine.toml", "--", photos)
    assert window.shows(WAITS)
    assert "/gone/mine.toml" in window.text
    window.types(b"\n")
    assert window.code() == ExitCode.WRONG_PRESET
    assert desk.shown == []


def test_without_a_browser_the_window_says_where_the_page_lies(desk: Desk, photos: Path) -> None:
    window = desk.drop("--", photos, BROWSER="nowhere", PATH=str(photos))
    assert window.shows(WAITS)
    assert "No browser could be opened" in window.text
    window.types(b"\n")
    assert window.code() == ExitCode.DONE


def test_a_run_that_the_person_ends_does_not_ask_again(desk: Desk, photos: Path) -> None:
    for seed in range(3, 13):
        small_photo(photos / f"X100 detail {seed}.jpg", seed, size=(1800, 1200))
    window = desk.drop("--", photos)
    assert window.shows("Preparing photos")
    window.is_interrupted()
    assert window.code() == ExitCode.INTERRUPTED
    assert WAITS not in window.text


def test_without_a_terminal_nobody_is_waited_for(photos: Path) -> None:
    told = photoprep("dropped", "--")
    assert told.returncode == ExitCode.WRONG_USAGE
    assert WAITS not in told.stderr


def test_the_help_does_not_list_it() -> None:
    told = photoprep("--help")
    assert re.search("│ drafts ", told.stdout)
    assert not re.search("│ dropped ", told.stdout)
    assert "photoprep shortcut install" in told.stdout
