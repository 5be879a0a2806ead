"""The icon on a real screen: gio launches it as a desktop does, xterm opens, photos come out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shortcut.terminals import STEP_S, missing
from tests.support import photoprep, small_photo

# Debian packages desktop-file-utils, libglib2.0-bin, xvfb, xterm and xdotool.
PROGRAMS = ("desktop-file-validate", "gio", "Xvfb", "xterm", "xdotool")
pytestmark = pytest.mark.skipif(missing(*PROGRAMS), reason=f"needs all of {PROGRAMS}")
HOSTILE = 'it\'s "the" 工具箱 X100, 50% & `x` $HOME; back\\slash'


def waited_for(happens: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 2 * STEP_S
    while not happens():
        assert time.monotonic() < until, f"never came: {what}"
        time.sleep(0.05)


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """A screen of its own, by its name in the environment."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not begin"
    yield {"DISPLAY": f":{number}"}
    server.terminate()
    server.wait(STEP_S)


class Desktop:
    """A Chinese desktop with the icon on it; its browser writes down what it is to show."""

    def __init__(self, folder: Path, screen: dict[str, str]) -> None:
        self._noted = folder / "noted"
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$@" >> "{self._noted}"\n')
        browser.chmod(0o755)
        home = folder / "home of 李娜"
        (home / "桌面").mkdir(parents=True)
        (home / ".config").mkdir()
        (home / ".config/user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/桌面"\n', "utf-8")
        own = {"XDG_CONFIG_HOME": str(home / ".config"), "XDG_DATA_HOME": str(home / ".local")}
        own |= {"HOME": str(home), "BROWSER": str(browser), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        self.env = os.environ | screen | own
        # Of several terminals GLib takes the first that it knows.
        self._bin = folder / "bin"
        self._bin.mkdir()
        for name in ("gio", "xterm"):
            (self._bin / name).symlink_to(shutil.which(name) or name)
        self.icon = home / "桌面" / "photoprep.desktop"

    def drop(self, *paths: Path) -> None:
        subprocess.run(
            ["gio", "launch", str(self.icon), *map(str, paths)],
            env=self.env | {"PATH": str(self._bin)},
            timeout=60,
            check=True,
        )

    def has_shown(self) -> list[str]:
        return self._noted.read_text().splitlines() if self._noted.exists() else []

    def windows(self) -> list[str]:
        found = subprocess.run(
            ["xdotool", "search", "--class", "XTerm"],
            env=self.env,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return found.stdout.split()

    def press_enter(self) -> None:
        """In the window at the upper left; without a window manager keys follow the mouse."""
        keys = ["xdotool", "mousemove", "100", "100", "key", "Return"]
        subprocess.run(keys, env=self.env, capture_output=True, timeout=60, check=True)

    def is_cleared_by_enter(self) -> bool:
        self.press_enter()
        time.sleep(0.2)
        return not self.windows()


@pytest.fixture
def desktop(tmp_path: Path, screen: dict[str, str]) -> Desktop:
    made = Desktop(tmp_path, screen)
    told = photoprep("shortcut", "install", env=made.env)
    assert told.returncode == 0, told.stderr
    assert f"Written: {made.icon}\n" in told.stdout
    subprocess.run(["desktop-file-validate", str(made.icon)], check=True)
    return made


def test_folders_dropped_on_the_icon_come_out_prepared(desktop: Desktop, tmp_path: Path) -> None:
    photos = tmp_path / "来信 \"q\" 'a'" / HOSTILE
    small_photo(photos / "X100 打开.png", 1)
    small_photo(photos / "X100 closed.png", 2)
    out = photos.with_name(f"{HOSTILE}-prepared")
    page = (out / "report.html").as_uri()

    desktop.drop(photos)
    waited_for(lambda: desktop.has_shown() == [page], "the page")
    waited_for(lambda: not desktop.windows(), "the end of the window")
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [row["status"] for row in report["photos"]] == ["prepared", "prepared"]
    assert all((out / row["output"]).is_file() for row in report["photos"])

    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    desktop.drop(photos)
    waited_for(lambda: desktop.has_shown() == [page, page], "the page, again")
    time.sleep(1)  # a window that stays does so however long it is looked at
    assert len(desktop.windows()) == 1
    waited_for(desktop.is_cleared_by_enter, "the end of it after Enter")
    assert desktop.has_shown() == [page, page]
