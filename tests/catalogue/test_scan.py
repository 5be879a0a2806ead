from __future__ import annotations

import os
import socket
import sys
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.found import printable
from photoprep.catalogue.scan import default_output_folder, natural_key, scan
from photoprep.errors import UsageError

WithoutRoot = Callable[[], AbstractContextManager[None]]

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX links and names")


def names(*paths: Path) -> list[str]:
    return [file.name for file in scan(paths).files]


def test_files_come_in_the_order_a_person_counts_them(tmp_path: Path) -> None:
    for name in ("img10.jpg", "img2.jpg", "b/1.jpg", "B2.jpg", "a/10.jpg", "a/9.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a/9.jpg", "a/10.jpg", "b/1.jpg", "B2.jpg", "img2.jpg", "img10.jpg"]


def test_the_same_file_dropped_twice_is_taken_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.jpg").touch()
    assert names(tmp_path, tmp_path / "a", tmp_path / "a/x.jpg") == ["a/x.jpg"]


def test_names_are_relative_to_what_the_dropped_paths_share(tmp_path: Path) -> None:
    for name in ("a/x.jpg", "b/c/y.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    dropped = scan([tmp_path / "a", tmp_path / "b/c/y.jpg"])
    assert dropped.root == tmp_path
    assert [file.name for file in dropped.files] == ["a/x.jpg", "b/c/y.jpg"]


def test_hidden_files_and_clutter_are_named_and_left_aside(tmp_path: Path) -> None:
    for name in (".hidden.jpg", "Thumbs.db", "desktop.ini", "ok.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX/ok.jpg").touch()
    aside = {file.name: bool(file.aside) for file in scan([tmp_path]).files}
    assert aside == {
        ".hidden.jpg": True,
        "Thumbs.db": True,
        "desktop.ini": True,
        "__MACOSX": True,
        "ok.jpg": False,
    }


def test_a_folder_that_photoprep_made_is_no_input(tmp_path: Path) -> None:
    made = tmp_path / "x-prepared"
    (made / ".photoprep").mkdir(parents=True)
    (made / "photo.jpg").touch()
    assert names(tmp_path) == []
    with pytest.raises(UsageError, match="made by photoprep"):
        scan([made])


@posix_only
def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "real.jpg").write_bytes(b"x")
    (tmp_path / "link.jpg").symlink_to("real.jpg")
    (tmp_path / "dangling.jpg").symlink_to("nothing.jpg")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = {file.name: file for file in scan([tmp_path]).files}
    assert found["link.jpg"].stamp is not None
    assert "not there" in found["dangling.jpg"].trouble
    assert "not followed" in found["loop"].aside


@posix_only
def test_a_link_that_leads_to_itself_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("b.jpg")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    (tmp_path / "ok.jpg").touch()
    found = {file.name: file for file in scan([tmp_path]).files}
    assert "cannot be looked at" in found["a.jpg"].trouble
    assert found["ok.jpg"].stamp is not None


@posix_only
def test_a_dropped_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.jpg").touch()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert names(tmp_path / "link") == ["a.jpg"]


@posix_only
def test_an_unreadable_folder_is_named_and_the_rest_is_found(
    tmp_path: Path, without_root: WithoutRoot
) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    (tmp_path / "ok.jpg").touch()
    with without_root():
        found = {file.name: file for file in scan([tmp_path]).files}
    assert "cannot be opened" in found["closed"].trouble
    assert found["ok.jpg"].stamp is not None


@pytest.mark.parametrize(
    "name", ["x" * 251 + ".jpg", "工" * 83 + ".jpg", "😀 a.jpg", "-rf.jpg", "é.jpg"]
)
def test_odd_names_are_found_as_they_are(tmp_path: Path, name: str) -> None:
    for form in ("NFC", "NFD"):
        odd = unicodedata.normalize(form, name)
        try:
            (tmp_path / odd).touch()
        except OSError:
            continue  # in NFD a name can be too long for the disk
        assert odd in names(tmp_path)


def test_a_hidden_file_that_is_dropped_by_itself_is_meant(tmp_path: Path) -> None:
    (tmp_path / ".hidden.jpg").touch()
    (file,) = scan([tmp_path / ".hidden.jpg"]).files
    assert not file.aside


@posix_only
def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (file,) = scan([tmp_path]).files
    assert file.aside == "no regular file"


@posix_only
def test_sockets_and_devices_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may have a hundred bytes only
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.jpg")
        for device in ("null", "zero", "tty"):
            (tmp_path / f"{device}.jpg").symlink_to(f"/dev/{device}")
        aside = {file.name: file.aside for file in scan([tmp_path]).files}
    assert aside == dict.fromkeys(
        ["null.jpg", "socket.jpg", "tty.jpg", "zero.jpg"], "no regular file"
    )
    (dropped,) = scan([tmp_path / "zero.jpg"]).files
    assert dropped.aside == "no regular file"


def test_a_folder_that_is_called_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.jpg/y.jpg").mkdir(parents=True)
    (tmp_path / "x.jpg/y.jpg/z.jpg").touch()
    assert names(tmp_path) == ["x.jpg/y.jpg/z.jpg"]
    assert names(tmp_path / "x.jpg") == ["y.jpg/z.jpg"]


@posix_only
def test_a_link_into_a_folder_that_is_closed_costs_itself_alone(
    tmp_path: Path, without_root: WithoutRoot
) -> None:
    (tmp_path / "closed/inner").mkdir(parents=True)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "closed/inner")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "ok.jpg").touch()
    with without_root():
        found = {file.name: file for file in scan([tmp_path]).files}
        (alone,) = scan([tmp_path / "link.jpg"]).files
    (tmp_path / "closed").chmod(0o700)
    assert "cannot be looked at" in found["link.jpg"].trouble
    assert "cannot be looked at" in alone.trouble
    assert found["ok.jpg"].stamp is not None


@posix_only
def test_control_characters_in_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\n.jpg").touch()
    assert names(tmp_path) == ["a\\x1b[31m\\x0a.jpg"]


@posix_only
def test_names_that_are_no_text_stay_distinct_and_printable(tmp_path: Path) -> None:
    for raw in (b"caf\xe9.jpg", b"caf\xea.jpg"):
        try:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).touch()
        except OSError:  # macOS takes no such names
            pytest.skip("this disk takes no names that are not UTF-8")
    assert names(tmp_path) == ["caf\\xe9.jpg", "caf\\xea.jpg"]
    assert printable("工具箱") == "工具箱"


def test_nothing_given_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        scan([])


def test_the_output_folder_is_a_sibling(tmp_path: Path) -> None:
    assert default_output_folder(tmp_path / "Toolbox X100") == tmp_path / "Toolbox X100-prepared"
    assert default_output_folder(Path("/")) == Path("/photos-prepared")


@given(st.lists(st.text("aAbB019/é ", min_size=1), unique=True))
def test_the_order_is_settled_for_any_names(listed: list[str]) -> None:
    ordered = sorted(listed, key=natural_key)
    backwards = listed[::-1]
    assert ordered == sorted(backwards, key=natural_key)
