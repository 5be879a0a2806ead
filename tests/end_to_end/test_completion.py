"""The Tab key in real shells, as ``--install-completion`` sets them up in an empty home."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import photoprep, written

_WITHIN_S = 60.0  # only a test that fails waits so long


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home with a blank in its name, in whose ``bin`` photoprep lies."""
    command = written(
        tmp_path / "my home/bin/photoprep",
        f'#!/bin/sh\nexec "{sys.executable}" -m photoprep "$@"\n',
    )
    command.chmod(0o755)
    return tmp_path / "my home"


def environment(home: Path) -> dict[str, str]:
    repository = Path(__file__).parents[2]
    return {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(repository)),
        "PHOTOPREP_CONFIG_DIR": os.environ["PHOTOPREP_CONFIG_DIR"],
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }


def installed(shell: str, home: Path) -> None:
    """Let the shell itself install the completion: typer asks which one began it."""
    if shutil.which(shell) is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-c", "photoprep --install-completion; true"],
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{shell} completion installed" in done.stdout, done.stderr


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command: list[str], home: Path) -> None:
        import pty

        self._ours, theirs = pty.openpty()
        self._shell = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(home),
            cwd=home,
            start_new_session=True,
        )
        os.close(theirs)
        self._said, self._seen = "", 0

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, words: str) -> None:
        """Read what the terminal shows until some words have come, after those before."""
        end_s = time.monotonic() + _WITHIN_S
        while words not in self._said[self._seen :] and time.monotonic() < end_s:
            if select.select([self._ours], [], [], 1.0)[0]:
                self._said += os.read(self._ours, 4096).decode(errors="replace")
        assert words in self._said[self._seen :], f"{words} in {self._said[self._seen :]!r}"
        self._seen = self._said.index(words, self._seen) + len(words)

    def close(self) -> None:
        self._shell.kill()
        self._shell.wait()
        os.close(self._ours)


# What is typed before the Tab key, and the words that stand there after it.
COMPLETED = {
    "photoprep chec": ("photoprep", "check"),
    "photoprep --dry": ("photoprep", "--dry-run"),
    "photoprep 'my photos' --cust": ("photoprep", "my photos", "--customer"),
    "photoprep my\\ photos --preset messe": ("photoprep", "my photos", "--preset", "messenger"),
    "photoprep presets show shop": ("photoprep", "presets", "show", "shopify"),
    "photoprep send my\\ photos --account wo": (
        "photoprep",
        "send",
        "my photos",
        "--account",
        "work",
    ),
    "photoprep my\\ photos --lang z": ("photoprep", "my photos", "--lang", "zh"),
    "photoprep my": ("photoprep", "my photos"),  # and a stroke, which zsh takes off again
}


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix")
@pytest.mark.parametrize(
    ("shell", "command"),
    [("bash", ["bash", "-i"]), ("zsh", ["zsh", "-i"])],
    ids=["bash", "zsh"],
)
def test_the_tab_key_completes(
    shell: str, command: list[str], home: Path, config_folder: Path
) -> None:
    installed(shell, home)
    (home / "my photos").mkdir()
    account = '[work]\naddress = "a@example.com"\n[work.smtp]\nhost = "192.0.2.1"\n'
    written(config_folder / "accounts.toml", account)
    terminal = Terminal(command, home)
    try:
        # Said in two pieces, so that what is echoed is not taken for it. Once the prompt stands
        # there the keys are the shell's, and no longer the terminal's own.
        terminal.type("PS1='rea''dy> '\n")
        terminal.wait_for("ready> ")
        if shell == "zsh":  # whose first Tab only loads what completes
            terminal.type("photoprep \t\x15\n")
            terminal.wait_for("ready> ")
        for typed, completed in COMPLETED.items():
            # The line is completed, and then, from its beginning, made one that shows its words.
            terminal.type(f"{typed}\t\x01printf '<%s>' \n")
            terminal.wait_for("".join(f"<{word}>" for word in completed).removesuffix(">"))
            terminal.wait_for("ready> ")
    finally:
        terminal.close()


def test_fish_offers_names_with_their_meaning(home: Path, config_folder: Path) -> None:
    installed("fish", home)
    (home / "my photos").mkdir()

    def offered(typed: str) -> list[str]:
        done = subprocess.run(
            ["fish", "-c", f"complete --do-complete {typed!r}"],
            env=environment(home),
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    assert offered("photoprep chec") == [
        "check\tSay what is missing or doubtful, without preparing anything."
    ]
    assert offered("photoprep FOLDER --preset messe") == ["messenger"]
    assert offered("photoprep FOLDER --dry")[0].startswith("--dry-run\tSay exactly")
    assert offered("photoprep my") == ["my photos/"]


def powershell(typed: str, word: str) -> str:
    asked = {"_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_WORD_TO_COMPLETE": word}
    return photoprep(env={"_PHOTOPREP_COMPLETE": "complete_powershell"} | asked).stdout


def test_powershell_is_told_name_and_meaning() -> None:
    """By the text that its script takes apart at ``:::``; no PowerShell can be had here."""
    assert powershell("photoprep FOLDER --dry", "--dry") == (
        "--dry-run:::Say exactly what a run would do; write nothing.\n"
    )
    assert powershell("photoprep --preset messe", "messe") == "messenger::: \n"
    script = photoprep(env={"_PHOTOPREP_COMPLETE": "source_powershell"}).stdout
    assert "Register-ArgumentCompleter -Native -CommandName photoprep" in script
    assert '$Env:_PHOTOPREP_COMPLETE = "complete_powershell"' in script


def test_chinese_meanings_where_the_system_is_chinese() -> None:
    env = {"_PHOTOPREP_COMPLETE": "complete_powershell", "LANG": "zh_CN.UTF-8"}
    asked = {"_TYPER_COMPLETE_ARGS": "photoprep X --dr", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "--dr"}
    name, _, meaning = photoprep(env=env | asked).stdout.strip().partition(":::")
    assert name == "--dry-run"
    assert not meaning.isascii()


def test_a_broken_file_of_accounts_offers_none(config_folder: Path) -> None:
    written(config_folder / "accounts.toml", "[work\n")
    env = {
        "_PHOTOPREP_COMPLETE": "complete_bash",
        "COMP_WORDS": "photoprep send X --account w",
        "COMP_CWORD": "4",
    }
    told = photoprep(env=env)
    assert (told.stdout.strip(), told.stderr) == ("", "")
