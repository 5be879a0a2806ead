"""What a person sees: on a narrow terminal, without colours, in a file, and with the Tab key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import photoprep, small_photo

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_photo(tmp_path / "photos/Toolbox X100/X100 打开.jpg", 1, size=(1200, 800))
    small_photo(tmp_path / "photos/Toolbox X100/X100 closed.png", 2)
    (tmp_path / "photos/broken.jpg").write_bytes(b"")
    return tmp_path / "photos"


def on_a_terminal(folder: Path, columns: int, **env: str) -> str:
    """What the command writes to a real pseudo-terminal of that width."""
    if sys.platform == "win32":
        pytest.skip("needs a pseudo-terminal")
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    surroundings = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    with subprocess.Popen(
        [sys.executable, "-m", "photoprep", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=surroundings | {"TERM": "xterm-256color"} | env,
    ):
        os.close(theirs)
        told = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not chunk:
                break
            told += chunk
    os.close(ours)
    return told.decode()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_names_and_figures_can_be_read_at_any_width(folder: Path, columns: int) -> None:
    told = CONTROL.sub("", on_a_terminal(folder, columns))
    for words in ("Toolbox_X100_open_", "X100 打开.jpg", "944×629", "24.0 cm, 100 DPI", "empty"):
        assert words in told
    assert "Preparing photos" in told


def test_what_wants_something_done_comes_first_and_photos_last(folder: Path) -> None:
    told = CONTROL.sub("", on_a_terminal(folder, 100))
    parts = (
        "Not prepared: 1 picture",
        "The letters end without your name",
        "mail-1-of-1.eml",
        "Subject: Product pictures: Toolbox X100",
        "Toolbox X100: closed, open",
        "Toolbox_X100_open_",
        "1 not prepared",
    )
    places = [told.rindex(part) for part in parts]
    assert places == sorted(places)


def test_sentences_fill_a_terminal_by_words(folder: Path) -> None:
    told = CONTROL.sub("", on_a_terminal(folder, 50))
    assert re.search(r'Set them once with "photoprep profile edit",\r?\n +then run again\.', told)


def test_colours_are_left_out_when_asked(folder: Path) -> None:
    assert COLOUR.search(on_a_terminal(folder, 80))
    assert not COLOUR.search(on_a_terminal(folder, 80, NO_COLOR="1"))


def test_a_file_gets_plain_text_and_whole_names(folder: Path) -> None:
    told = photoprep(folder)
    assert "\x1b" not in told.stdout + told.stderr
    assert "Preparing photos" not in told.stderr
    assert re.search(
        r"^Toolbox_X100_open_\d{8}\.jpg .*24\.0 cm, 100 DPI", told.stdout, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("shell", "env"),
    [
        ("bash", {"COMP_WORDS": "photoprep prepare --dr", "COMP_CWORD": "2"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "photoprep prepare --dr"}),
        (
            "fish",
            {
                "_TYPER_COMPLETE_ARGS": "photoprep prepare --dr",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            },
        ),
        (
            "powershell",
            {
                "_TYPER_COMPLETE_ARGS": "photoprep prepare --dr",
                "_TYPER_COMPLETE_WORD_TO_COMPLETE": "--dr",
            },
        ),
    ],
)
def test_the_tab_key_completes_options(shell: str, env: dict[str, str]) -> None:
    told = photoprep(env={"_PHOTOPREP_COMPLETE": f"complete_{shell}"} | env)
    assert "--dry-run" in told.stdout
    assert "--date" not in told.stdout


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="bash is not installed")
def test_the_completion_script_works_in_a_real_bash() -> None:
    # typer asks which shell began it: bash itself, as in a terminal, not what runs the tests.
    script = subprocess.run(
        ["/bin/bash", "-c", f'"{sys.executable}" -m photoprep --show-completion; true'],
        env=os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": ""},
        text=True,
        capture_output=True,
        check=False,
    )
    assert "complete" in script.stdout
    done = subprocess.run(
        ["/bin/bash", "-n"], input=script.stdout, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
@pytest.mark.parametrize(
    "arguments", [("presets", "show", "trade-email"), ("presets", "list"), ("letter", "show")]
)
def test_a_reader_that_has_seen_enough_is_no_bug(arguments: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "photoprep", *arguments],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write_end)
    assert done.returncode in (1, 128 + 13)
    assert done.stderr == ""
