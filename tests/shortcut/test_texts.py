"""Launchers, scripts, links and droplets to the letter, read by those who are to read them."""

from __future__ import annotations

import io
import json
import os
import plistlib
import re
import struct
import subprocess
import sys
from pathlib import Path

import LnkParse3
import pytest

from photoprep.errors import UsageError
from photoprep.shortcut.desktop_entry import launcher_text, script_text, service_menu_text
from photoprep.shortcut.finder import droplet_source, quick_action, terminal_script
from photoprep.shortcut.shell_link import shell_link
from photoprep.shortcut.wanted import ICONS, TYPES, Shortcut
from tests.shortcut.make_icons import ICO_PX, PNG_PX, drawn
from tests.shortcut.terminals import missing, recording_terminal, the_only_note
from tests.support import written

HOSTILE = "/pre sets/50% off/%F %% $HOME ${x}/\"q\" 'a' `id`/back\\slash/订单/-x;#&<>|*?~()="
NAMES = ("工具箱 X100", "\"q\" 'a'", "50% $HOME `x` a&b;c", "back\\slash", "a:b", "-x", " end ")
COMMAND = ("/usr/bin/python3", "-P", "-m", "photoprep", "dropped", "--preset", HOSTILE, "--")
SHORTCUT = Shortcut("photoprep 二号", COMMAND)
needs_desktop_files = pytest.mark.skipif(
    missing("desktop-file-validate"), reason="needs the Debian package desktop-file-utils"
)
needs_gio = pytest.mark.skipif(missing("gio"), reason="needs the Debian package libglib2.0-bin")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


def value(text: str, key: str) -> str:
    (found,) = [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]
    return found


def test_a_launcher_says_a_hostile_word_in_the_specifications_way() -> None:
    text = launcher_text(SHORTCUT, "/icons\\x/photoprep.png", ("inode/directory", "image/png"))
    assert value(text, "Exec") == (
        '"/usr/bin/python3" "-P" "-m" "photoprep" "dropped" "--preset" '
        '"/pre sets/50%% off/%%F %%%% \\\\$HOME \\\\${x}/\\\\"q\\\\" \'a\' \\\\`id\\\\`/'
        'back\\\\\\\\slash/订单/-x;#&<>|*?~()=" "--" %F'
    )
    assert value(text, "Name") == "photoprep 二号"
    assert value(text, "Icon") == "/icons\\\\x/photoprep.png"
    assert value(text, "Terminal") == "true"
    assert value(text, "MimeType") == "inode/directory;image/png;"
    assert "MimeType" not in launcher_text(SHORTCUT, "/x.png")


@needs_desktop_files
@pytest.mark.parametrize("word", [HOSTILE, "plain", "\\", "%", "$", "ends\\"])
def test_the_systems_validator_finds_nothing_wrong(word: str, tmp_path: Path) -> None:
    shortcut = Shortcut("photoprep 二号", ("/usr/bin/env", word))
    text = launcher_text(shortcut, "/x.png", TYPES)
    assert validated(text, tmp_path) == ""
    assert "Exec" in validated(text.replace("%F", "%F %F"), tmp_path)
    assert "MimeType" in validated(text.replace("inode/directory", "inode"), tmp_path)


def validated(text: str, folder: Path) -> str:
    path = written(folder / "photoprep.desktop", text)
    asked = subprocess.run(
        ["desktop-file-validate", "--warn-kde", str(path)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return asked.stdout + asked.stderr


@needs_gio
def test_gio_hands_over_every_word_and_every_dropped_name(tmp_path: Path) -> None:
    env = recording_terminal(tmp_path / "bin", tmp_path / "notes")
    dropped = [str(tmp_path / name) for name in NAMES]
    for path in dropped:
        Path(path).mkdir()
    launcher = written(tmp_path / "photoprep.desktop", launcher_text(SHORTCUT, "/x.png"))
    # GLib begins nothing of which the program is not there.
    command = (sys.executable, *COMMAND[1:])
    launcher.write_text(launcher_text(Shortcut("x", command), "/x.png"), encoding="utf-8")
    subprocess.run(["gio", "launch", str(launcher), *dropped], env=env, timeout=60, check=True)
    assert the_only_note(tmp_path / "notes") == ["-e", *command, *dropped]


@needs_gio
@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_a_file_managers_script_gives_its_names_to_the_launcher(shell: str, tmp_path: Path) -> None:
    if missing(shell):
        pytest.skip(f"needs {shell}")
    env = recording_terminal(tmp_path / "bin", tmp_path / "notes")
    command = (sys.executable, *COMMAND[1:])
    launcher = written(
        tmp_path / "it's a $launcher.desktop", launcher_text(Shortcut("x", command), "/x.png")
    )
    folder = tmp_path / "chosen from"
    for name in NAMES:
        (folder / name).mkdir(parents=True)
    script = written(tmp_path / "script", script_text(str(launcher)))
    chosen = [*NAMES, str(folder / NAMES[0])]  # as GNOME Files and as others give them
    subprocess.run([shell, str(script), *chosen], cwd=folder, env=env, timeout=60, check=True)
    there = [str(folder / name) for name in chosen]
    assert the_only_note(tmp_path / "notes") == ["-e", *command, *there]


def test_dolphins_menu_has_one_entry_in_a_terminal() -> None:
    text = service_menu_text(SHORTCUT, "/x.png", TYPES)
    head, action = text.split("\n\n")
    assert value(head, "Type") == "Service"
    assert value(head, "Terminal") == "true"
    assert value(head, "MimeType").startswith("inode/directory;application/zip;image/jpeg;")
    assert action.startswith("[Desktop Action prepare]\nName=Prepare with photoprep 二号\n")
    assert value(action, "Exec") == value(launcher_text(SHORTCUT, "/x.png"), "Exec")


@on_posix
@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_what_macos_opens_runs_the_command_with_every_name_and_is_gone(
    shell: str, tmp_path: Path
) -> None:
    if missing(shell):
        pytest.skip(f"needs {shell}")
    room, note = tmp_path / "temporary 文件", tmp_path / "note"
    room.mkdir()
    opener = written(tmp_path / "bin" / "open", '#!/bin/sh\nexec "$1"\n')
    opener.chmod(0o755)
    code = f"import json, sys\nopen({str(note)!r}, 'w').write(json.dumps(sys.argv[1:]))"
    dropped = [f"/Volumes/{name}/" for name in NAMES]
    subprocess.run(
        [
            shell,
            "-c",
            terminal_script((sys.executable, "-c", code, HOSTILE)),
            "photoprep",
            *dropped,
        ],
        env=os.environ | {"TMPDIR": str(room), "PATH": f"{opener.parent}:{os.environ['PATH']}"},
        timeout=60,
        check=True,
    )
    assert json.loads(note.read_text()) == [HOSTILE, *dropped]
    assert list(room.iterdir()) == []


def test_a_droplet_gives_what_is_dropped_to_that_script() -> None:
    source = droplet_source(SHORTCUT)
    assert source == (
        "on run\n\tprepare({})\nend run\n\n"
        "on open theItems\n\tprepare(theItems)\nend open\n\n"
        "on prepare(theItems)\n"
        '\tset theWords to ""\n'
        "\trepeat with theItem in theItems\n"
        '\t\tset theWords to theWords & " " & quoted form of POSIX path of theItem\n'
        "\tend repeat\n"
        f"\tset theScript to {literal(source)}\n"
        '\tdo shell script "/bin/sh -c " & quoted form of theScript & " photoprep" & theWords\n'
        "end prepare\n"
    )
    # AppleScript Language Guide, "text": in quotes \\ \" \n \r \t stand for one letter each.
    meant = {"n": "\n", "\\": "\\", '"': '"'}
    unescaped = re.sub(r"\\(.)", lambda found: meant[found[1]], literal(source)[1:-1])
    assert unescaped == terminal_script(COMMAND)


def literal(source: str) -> str:
    (line,) = [line for line in source.splitlines() if line.startswith("\tset theScript to ")]
    found = re.fullmatch(r'"(?:[^"\\]|\\.)*"', line.removeprefix("\tset theScript to "))
    assert found
    return found[0]


def test_a_quick_action_is_two_property_lists_that_read_back() -> None:
    files = quick_action(SHORTCUT, "Prepare with photoprep 二号")
    assert list(files) == ["Info.plist", "document.wflow"]
    assert all(
        data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>') for data in files.values()
    )
    (service,) = plistlib.loads(files["Info.plist"])["NSServices"]
    assert service == {
        "NSMenuItem": {"default": "Prepare with photoprep 二号"},
        "NSMessage": "runWorkflowAsService",
        "NSRequiredContext": {"NSApplicationIdentifier": "com.apple.finder"},
        "NSSendFileTypes": ["public.item", "public.data", "public.folder"],
    }
    document = plistlib.loads(files["document.wflow"])
    (step,) = document["actions"]
    assert step["action"]["BundleIdentifier"] == "com.apple.RunShellScript"
    assert step["action"]["ActionParameters"] == {
        "COMMAND_STRING": terminal_script(COMMAND),
        "CheckedForUserDefaultShell": True,
        "inputMethod": 1,
        "shell": "/bin/sh",
        "source": "",
    }
    meta = document["workflowMetaData"]
    assert meta["serviceInputTypeIdentifier"] == "com.apple.Automator.fileSystemObject"
    assert meta["workflowTypeIdentifier"] == "com.apple.Automator.servicesMenu"
    assert files == quick_action(SHORTCUT, "Prepare with photoprep 二号")  # the same every time
    assert files != quick_action(Shortcut("other", COMMAND), "Prepare with other")


PYTHON = "c:\\Program Files\\程序\\py thön.exe"
WINDOWS = Shortcut("x", (PYTHON, *COMMAND[1:-2], "C:\\a b\\预设 & 50% ^.toml", "--"))


def test_a_shell_link_says_program_arguments_and_icon_to_another_reader() -> None:
    data = shell_link(WINDOWS, "C:\\图\\photoprep.ico", "把文件夹拖到这里")
    link = LnkParse3.lnk_file(io.BytesIO(data)).get_json()
    assert link["size"] == len(data)
    assert link["header"]["windowstyle"] == "SW_SHOWNORMAL"
    assert link["header"]["link_flags"] == [
        *("HasTargetIDList", "HasName", "HasArguments", "HasIconLocation"),
        *("IsUnicode", "HasExpString"),
    ]
    assert link["data"] == {
        "description": "把文件夹拖到这里",
        # As Microsoft's C runtime takes a command line apart.
        "command_line_arguments": "-P -m photoprep dropped --preset "
        '"C:\\a b\\预设 & 50% ^.toml" --',
        "icon_location": "C:\\图\\photoprep.ico",
    }
    (block,) = link["extra"].values()
    assert block["target_unicode"] == PYTHON
    assert block["target_ansi"] == "c:\\Program Files\\??\\py th?n.exe"
    computer, drive, *entries = link["target"]["items"]
    assert computer["guid"] == "20D04FE0-3AEA-1069-A2D8-08002B30309D"
    assert drive["volume_name"] == "C:\\"
    assert [entry["flags"] for entry in entries] == ["Is directory", "Is directory", "Is file"]
    assert [entry["file_attribute_flags"] for entry in entries] == [0x10, 0x10, 0x20]


def test_its_list_of_folders_has_every_name_in_full() -> None:
    """Where libfwsi's documentation has it ("extension block 0xbeef0004")."""
    data = shell_link(WINDOWS, "x", "x")
    (listed,) = struct.unpack_from("<H", data, 76)
    at, names = 78, []
    while size := struct.unpack_from("<H", data, at)[0]:
        item = data[at : at + size]
        if item[2] in {0x31, 0x32}:
            (block_at,) = struct.unpack_from("<H", item, size - 2)
            block, version, signature = struct.unpack_from("<HHI", item, block_at)
            assert (block_at + block, version, signature) == (size, 3, 0xBEEF0004)
            (name_at,) = struct.unpack_from("<H", item, block_at + 16)
            names.append(item[block_at + name_at : -2].decode("utf-16-le"))
        at += size
    assert names == ["Program Files\0", "程序\0", "py thön.exe\0"]
    assert at + 2 == 78 + listed


def test_a_program_on_a_share_or_at_a_long_path_is_named_in_one_way() -> None:
    def flags(program: str) -> int:
        return int(struct.unpack_from("<I", shell_link(Shortcut("x", (program,)), "", ""), 20)[0])

    assert flags("\\\\server\\share\\python.exe") & 0x203 == 0x200
    assert flags("C:\\" + "x" * 300 + "\\python.exe") & 0x203 == 0x001


def test_what_windows_would_replace_is_refused() -> None:
    with pytest.raises(UsageError, match="which Windows replaces"):
        shell_link(Shortcut("x", ("C:\\python.exe", "C:\\%TEMP%\\x.toml")), "", "")


@pytest.mark.parametrize("word", ["/x\nExec=/bin/rm", "/x\x1b[2J", "/x\udcff", "/x\u202e"])
def test_a_word_that_no_launcher_can_say_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="no icon can be given"):
        Shortcut("x", ("/bin/true", word))


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", ".x", "x.", " x", "x ", "a/b", "a\\b", "a:b", 'a"b', "a?", "x" * 65),
        *("a\nb", "nul", "Con.txt", "com1", "x\u202e"),
    ],
)
def test_a_name_that_is_no_files_on_all_systems_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of an icon"):
        Shortcut(name, ("/bin/true",))


@pytest.mark.parametrize("name", ["photoprep", "照片 2MB", "a b.c", "con x", "-x", "it's 50%"])
def test_names_that_people_give_are_taken(name: str) -> None:
    assert Shortcut(name, ("/bin/true",)).name == name


def test_the_icons_are_drawn_from_their_description() -> None:
    from PIL import Image, ImageChops

    with Image.open(ICONS / "photoprep.png") as png, Image.open(ICONS / "photoprep.ico") as ico:
        assert png.size == (PNG_PX, PNG_PX)
        assert ico.info["sizes"] == {(side_px, side_px) for side_px in ICO_PX}
        for picture in (png.convert("RGBA"), ico.convert("RGBA")):
            # Another librsvg may round edges otherwise.
            apart = ImageChops.difference(picture, drawn(PNG_PX)).convert("L")
            assert sum(apart.histogram()[32:]) < 100, "run: python -m tests.shortcut.make_icons"
