"""The session of the README: a folder dropped into a watched one, its batch done, the status.

    python -m benchmarks.watch_session [--to docs/watch.svg]

The real daemon on a real terminal (tmux), with the demo's photos. What stands on the terminal is
caught at each step and drawn as one picture.
"""

from __future__ import annotations

import argparse
import io
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from photoprep.files import write_whole

WIDTH, HEIGHT = 100, 16
_PATIENCE_S = 120.0
_USER, _HOST = "anna", "nas"
_PROMPT = "[bold green]$[/] "


class Terminal:
    """A tmux server of its own, with one window."""

    def __init__(self, place: Path) -> None:
        self._socket, self._place = str(place / "tmux"), place

    def __enter__(self) -> Terminal:
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        shell = f"env PS1= LOGNAME={_USER} TERM=xterm-256color sh"
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, shell)
        return self

    def __exit__(self, *_raised: object) -> None:
        self._tmux("kill-server")

    def run(self, *arguments: str) -> None:
        """Begin a photoprep command in the place's folder, on a clean screen."""
        command = shlex.join([sys.executable, "-m", "photoprep", *arguments])
        line = f"clear; cd {shlex.quote(str(self._place))}; clear; {command}; echo '#'"
        self._tmux("send-keys", f" {line}", "Enter")

    def press(self, key: str) -> None:
        """Press a key."""
        self._tmux("send-keys", key)

    def screen_when(self, holds: Callable[[str], bool]) -> str:
        """What stands there, with colours, as soon as that holds of its text."""
        deadline = time.monotonic() + _PATIENCE_S
        while not holds(plain := self._tmux("capture-pane", "-p")):
            if time.monotonic() > deadline:
                raise SystemExit(f"the terminal never showed it:\n{plain}")
            time.sleep(0.05)
        return self._tmux("capture-pane", "-e", "-p")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Play, draw, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=Path, default=Path("docs/watch.svg"))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="photoprep-") as folder:
        place = Path(folder)
        screens = _play(place)
        drawn = _draw(screens, str(place))
    write_whole(wanted.to, drawn.encode(), temporary=wanted.to.with_suffix(".part"))


def _play(place: Path) -> list[tuple[str, str]]:
    """Each step: what was done, and the screen after it."""
    demo = [sys.executable, "-m", "photoprep", "demo", str(place / "Demo")]
    subprocess.run(demo, check=True, capture_output=True)
    (place / "Enquiries").mkdir()
    watching = ("watch", "Enquiries", "--lang", "en")
    with Terminal(place) as terminal:
        terminal.run(*watching)
        terminal.screen_when(lambda text: "Enquiries" in text and "#" not in text)
        shutil.copytree(place / "Demo", place / "Enquiries/Smith Trading")
        settling = terminal.screen_when(_row("arriving"))
        working = terminal.screen_when(_row("at work +━"))
        done = terminal.screen_when(_row("done"))
        with Terminal(place / "Demo") as other:
            other.run("watch", str(place / "Enquiries"), "--status", "--lang", "en")
            status = other.screen_when(lambda text: text.rstrip().endswith("#"))
        terminal.press("C-c")
    return [
        ("photoprep watch Enquiries", settling),
        ("# a moment later", working),
        ("# and done", done),
        ("photoprep watch Enquiries --status", status),
    ]


def _neutral(line: str, place: str) -> str:
    """A line without what is this machine's alone."""
    return line.replace(place, "~").replace(f" on {platform.node()} ", f" on {_HOST} ")


def _row(state: str) -> Callable[[str], bool]:
    """Whether the table has the batch in that state."""
    return lambda text: re.search(rf"^Smith Trading +{state}", text, re.MULTILINE) is not None


def _draw(screens: list[tuple[str, str]], place: str) -> str:
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for number, (command, screen) in enumerate(screens):
        if number:
            console.print()
        console.print(f"[dim]{command}[/]" if command[0] == "#" else f"{_PROMPT}{command}")
        for line in screen.rstrip().splitlines():
            if line.strip() and line.strip() != "#":
                console.print(Text.from_ansi(_neutral(line, place)), no_wrap=True)
    drawn = console.export_svg(title="photoprep watch", unique_id="watch")
    # Rich names fonts on the web; whoever looks at a picture of ours asks no network.
    return re.sub(r"\n *@font-face \{.*?\n *\}(?=\n)", "", drawn, flags=re.DOTALL)


if __name__ == "__main__":
    main()
