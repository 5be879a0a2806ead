"""What a batch may say about itself, and what whoever may write to a share must not get by it."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep import prepare
from photoprep.errors import ExitCode, PresetError
from photoprep.watch.batch import BatchSettings
from photoprep.watch.settings import MAX_FILE_BYTES, batch_settings, preset_contents
from tests.support import Inline, small_photo, written

DEFAULT = BatchSettings("trade-email", customer="C1", language="en", contents="as it was")


def said(folder: Path, text: str) -> BatchSettings:
    """The settings of a batch whose file has this text."""
    written(folder / "photoprep.toml", text)
    return batch_settings(folder, DEFAULT)


def refusal(folder: Path, text: str) -> PresetError:
    with pytest.raises(PresetError) as refused:
        said(folder, text)
    assert refused.value.exit_code == ExitCode.WRONG_PRESET
    assert refused.value.path == folder / "photoprep.toml"
    assert refused.value.hint
    return refused.value


def test_without_a_file_the_default_holds(tmp_path: Path) -> None:
    assert batch_settings(tmp_path, DEFAULT) is DEFAULT


def test_a_batch_chooses_customer_language_and_an_installed_preset(tmp_path: Path) -> None:
    text = (
        '\ufeff# Mr Smith\r\ncustomer = " C0123 "\r\nlanguage = "zh"\r\npreset = "mailbox-2mb"\r\n'
    )
    assert said(tmp_path, text) == BatchSettings(
        "mailbox-2mb", "C0123", "zh", preset_contents("mailbox-2mb")
    )


def test_what_it_does_not_say_stays_as_it_was(tmp_path: Path) -> None:
    assert said(tmp_path, 'customer = "王先生"') == replace(DEFAULT, customer="王先生")
    assert said(tmp_path, 'customer = ""\npreset = ""') == DEFAULT
    assert said(tmp_path, "# nothing yet") == DEFAULT


def test_ones_own_preset_is_chosen_by_name_and_its_contents_count(
    config_folder: Path, tmp_path: Path
) -> None:
    own = config_folder / "presets" / "smith.toml"
    written(own, 'schema = 1\nextends = "trade-email"\n[photo]\ndpi_min = 80\n')
    before = said(tmp_path, 'preset = "smith"')
    written(own, 'schema = 1\nextends = "trade-email"\n[photo]\ndpi_min = 90\n')
    after = said(tmp_path, 'preset = "smith"')
    assert before.preset == after.preset == "smith"
    assert before.contents != after.contents


def test_capitals_do_not_hide_it(tmp_path: Path) -> None:
    written(tmp_path / "Photoprep.TOML", 'customer = "C2"')
    assert batch_settings(tmp_path, DEFAULT).customer == "C2"


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="their disks ignore capitals")
def test_two_of_them_are_refused(tmp_path: Path) -> None:
    written(tmp_path / "Photoprep.toml", 'customer = "C2"')
    written(tmp_path / "photoprep.toml", 'customer = "C3"')
    with pytest.raises(PresetError, match=r"Photoprep\.toml, photoprep\.toml"):
        batch_settings(tmp_path, DEFAULT)


@pytest.mark.parametrize(
    "name",
    [
        "../presets/mailbox-2mb",
        "/etc/passwd",
        "C:\\presets\\x",
        "\\\\server\\share\\x",
        "mailbox-2mb.toml",
        "MAILBOX-2MB.TOML",
        "..",
        "~/mailbox",
        "presets/mailbox-2mb",
        "mailbox\\u001b[2J",
    ],
)
def test_a_file_cannot_be_named_as_a_preset(name: str, tmp_path: Path) -> None:
    written(tmp_path / "mailbox-2mb.toml", "schema = 1")
    quoted = name if "\\u" in name else name.replace("\\", "\\\\")
    error = refusal(tmp_path, f'customer = "C1"\npreset = "{quoted}"')
    assert "line 2: preset: expected the name of an installed preset" in error.message
    assert error.message.isprintable()


def test_a_name_that_is_no_preset_gets_a_guess(tmp_path: Path) -> None:
    error = refusal(tmp_path, 'preset = "mailbox-2m"')
    assert 'Did you mean "mailbox-2mb"?' in error.message
    assert "no preset" in refusal(tmp_path, 'preset = "trade-email "').message
    assert "no preset" in refusal(tmp_path, 'preset = "Trade-Email"').message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer = 5", "line 1: customer: expected a text in quotes, received 5"),
        ('\nlanguage = "de"', "line 2: language: expected '', 'en' or 'zh', received 'de'"),
        ("language = true", "expected '', 'en' or 'zh', received True"),
        ('preset = ["trade-email"]', "preset: expected a text in quotes"),
        ('custommer = "C1"', "custommer is not a known key (did you mean customer?)"),
        ('command = ["rm", "-rf", "/"]', "command is not a known key"),
        ('[after]\ncommand = ["rm"]', "after is not a known key"),
        ('extends = "trade-email"', "extends is not a known key"),
        ('[photo]\nmax_bytes = "9 MB"', "photo is not a known key"),
        ('customer = "a\\nb"', "customer: expected one line without invisible characters"),
        ('customer = "a\\u202eb"', "customer: expected one line without invisible characters"),
        ('customer = "=?utf-8?q?x?="', "customer: expected a text without =?"),
        (f'customer = "{"x" * 81}"', "customer: expected at most 80 characters"),
        (f'preset = "{"x" * 201}"', "preset: expected at most 200 characters"),
        ("customer = ", "not valid TOML"),
        ("x = " + "[" * 5000, "not valid TOML"),
        ("x = " + "9" * 5000, "not valid TOML"),
    ],
)
def test_all_else_is_refused_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    assert words in refusal(tmp_path, text).message


def test_what_others_wrote_is_not_repeated_at_length_and_moves_no_cursor(tmp_path: Path) -> None:
    many = "".join(f'"\\u001b[2J{number}{"k" * 900}" = 1\n' for number in range(60))
    message = refusal(tmp_path, many).message
    assert len(message) < 4000
    assert "\x1b" not in message


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photoprep.toml").write_bytes(b'customer = "\xff"')
    with pytest.raises(PresetError, match="not UTF-8"):
        batch_settings(tmp_path, DEFAULT)


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "photoprep.toml").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing
    with pytest.raises(PresetError, match=f"more than {MAX_FILE_BYTES} bytes"):
        batch_settings(tmp_path, DEFAULT)
    fits = 'customer = "C2"\n'
    assert said(tmp_path, fits + "#" * (MAX_FILE_BYTES - len(fits))).customer == "C2"


def test_a_link_is_refused_even_to_a_good_file(tmp_path: Path) -> None:
    good = written(tmp_path / "elsewhere" / "good.toml", 'customer = "C2"')
    batch = tmp_path / "batch"
    batch.mkdir()
    (batch / "photoprep.toml").symlink_to(good)
    with pytest.raises(PresetError, match="link"):
        batch_settings(batch, DEFAULT)
    (batch / "photoprep.toml").unlink()
    (batch / "photoprep.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(PresetError, match="link"):
        batch_settings(batch, DEFAULT)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
def test_a_pipe_a_socket_a_device_or_a_folder_in_its_place_is_refused_at_once(
    tmp_path: Path,
) -> None:
    place = tmp_path / "photoprep.toml"
    os.mkfifo(place)
    with pytest.raises(PresetError, match="no regular file"):
        batch_settings(tmp_path, DEFAULT)
    place.unlink()
    place.mkdir()
    with pytest.raises(PresetError, match="no regular file"):
        batch_settings(tmp_path, DEFAULT)
    place.rmdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's whole path has at most 108 bytes
        try:
            listening.bind("photoprep.toml")
        finally:
            os.chdir(here)
        with pytest.raises(PresetError, match="no regular file"):
            batch_settings(tmp_path, DEFAULT)
    place.unlink()
    if os.geteuid() == 0:
        os.mknod(place, 0o20666, os.makedev(1, 5))  # /dev/zero
        with pytest.raises(PresetError, match="no regular file"):
            batch_settings(tmp_path, DEFAULT)


def test_prepare_knows_the_file_and_takes_no_list_of_products_for_it(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    small_photo(photos / "Toolbox open.png")
    written(photos / "photoprep.toml", 'customer = "C2"')
    written(photos / "below" / "photoprep.toml", 'customer = "C2"')
    written(photos / "products.toml", '[[products]]\nproduct = "Torch"\nfile = "Toolbox open"\n')
    with Inline() as executor:
        report = prepare(photos, out=tmp_path / "out", executor=executor, mails=False)
    reasons = {skipped.source: skipped.reason for skipped in report.skipped}
    assert reasons["photoprep.toml"] == "It says how the folder is prepared where it is watched."
    assert reasons["below/photoprep.toml"] == "It is no picture."
    assert reasons["products.toml"] == "It is the manifest."
