"""The daemon's own configuration: read, told of its mistakes, and kept from the watched folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.errors import ExitCode, PresetError
from photoprep.watch.config import HandOverConfig, WatchConfig, is_within, load_config
from tests.support import written


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in box"
    folder.mkdir()
    return folder


def refusal(inbox: Path, path: Path) -> PresetError:
    with pytest.raises(PresetError) as refused:
        load_config(inbox, path)
    assert refused.value.exit_code == ExitCode.WRONG_PRESET
    assert refused.value.path == path
    return refused.value


def test_none_in_the_users_folder_is_no_mistake_but_a_named_one_is(
    config_folder: Path, inbox: Path, tmp_path: Path
) -> None:
    assert load_config(inbox) == WatchConfig()
    assert "no such file" in refusal(inbox, tmp_path / "watch.toml").message
    written(config_folder / "watch.toml", "[after]\nnotify = true")
    assert load_config(inbox).after.notify


def test_all_of_it_is_read_and_files_are_looked_for_beside_it(inbox: Path, tmp_path: Path) -> None:
    place = written(
        tmp_path / "conf" / "watch.toml",
        """
        archive = "../done photos"
        [after]
        drafts_account = "work"
        drafts_folder = "Entwürfe"
        command = ["./done.sh", "--for", "a b", ""]
        command_limit_s = 5
        notify = true
        """,
    )
    assert load_config(inbox, place) == WatchConfig(
        tmp_path / "done photos",
        HandOverConfig(
            "work",
            "Entwürfe",
            (str(tmp_path / "conf" / "done.sh"), "--for", "a b", ""),
            5,
            notify=True,
        ),
    )


def test_a_program_without_a_folder_is_left_to_the_path(inbox: Path, tmp_path: Path) -> None:
    place = written(tmp_path / "watch.toml", '[after]\ncommand = ["logger"]')
    assert load_config(inbox, place).after.command == ("logger",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("archive = 5", "watch.toml does not hold: line 1: archive: expected a text in quotes"),
        ('[after]\nnotify = "yes"', "line 2: after.notify: expected true or false, received 'yes'"),
        ("[after]\nnotify = 1", "line 2: after.notify: expected true or false, received 1"),
        ('[after]\ncommand = "rm x"', "after.command: expected a list in square brackets"),
        ("[after]\ncommand = [5]", "after.command.0: expected a text in quotes, received 5"),
        ('[after]\ncommand = [""]', "after.command: expected the name of a program first"),
        ('[after]\ncommand = ["a\\u0000"]', "expected a text without NUL characters"),
        ("[after]\ncommand_limit_s = 0", "after.command_limit_s: expected at least 0.1"),
        ('[after]\ndraft_account = "x"', "(did you mean drafts_account?)"),
        ('archiv = "x"', "archiv is not a known key (did you mean archive?)"),
        ("after = true", "after: expected a section [after], received True"),
        ("archive = ", "not valid TOML"),
    ],
)
def test_mistakes_are_told_by_line_expected_and_received(
    text: str, words: str, inbox: Path, tmp_path: Path
) -> None:
    assert words in refusal(inbox, written(tmp_path / "watch.toml", text)).message


def test_what_is_no_text_and_what_cannot_be_read_is_told(inbox: Path, tmp_path: Path) -> None:
    place = tmp_path / "watch.toml"
    place.write_bytes(b'archive = "x"\n\xff')
    assert "Line 2" in refusal(inbox, place).message
    place.unlink()
    place.mkdir()
    assert "cannot be read" in refusal(inbox, place).message


def test_it_is_refused_in_the_watched_folder_however_it_is_spelt(
    inbox: Path, tmp_path: Path
) -> None:
    inside = written(inbox / "sub" / "watch.toml", "")
    assert "lies in the watched folder" in refusal(inbox, inside).message
    assert "lies in the" in refusal(inbox, inbox / "sub" / ".." / "sub" / "watch.toml").message
    led_in = tmp_path / "watch.toml"
    led_in.symlink_to(inside)
    assert "lies in the" in refusal(inbox, led_in).message
    alias = tmp_path / "alias"
    alias.symlink_to(inbox)
    assert "lies in the" in refusal(alias, inside).message
    assert "lies in the" in refusal(inbox, alias / "sub" / "watch.toml").message
    # A link in the watched folder leads out of it, and may be led elsewhere tomorrow.
    led_out = inbox / "led out.toml"
    led_out.symlink_to(written(tmp_path / "real.toml", ""))
    assert "lies in the" in refusal(inbox, led_out).message


def test_a_command_in_the_watched_folder_is_refused(inbox: Path, tmp_path: Path) -> None:
    place = written(tmp_path / "watch.toml", f"[after]\ncommand = ['{inbox / 'run'}']")
    message = refusal(inbox, place).message
    assert "line 2: after.command" in message
    assert "lies in the watched folder" in message


def test_what_lies_within_is_told_by_the_disk_too(inbox: Path, tmp_path: Path) -> None:
    assert is_within(inbox, inbox)
    assert is_within(inbox / "not there" / "yet", inbox)
    assert not is_within(tmp_path, inbox)
    assert not is_within(tmp_path / "in box 2", inbox)
    other = tmp_path / "IN BOX"
    if other.exists() and other.samefile(inbox):  # a disk that ignores capitals
        assert is_within(other / "x", inbox)
