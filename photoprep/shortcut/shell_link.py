r"""A Windows shell link as bytes; pure ([MS-SHLLINK] 2.1 to 2.5).

Explorer starts a link's target with the link's arguments and, behind them, the paths that were
dropped, as one command line for the program itself. A batch file in its place would be read by
cmd, to which ``&`` and ``^`` in a name are no letters, and Explorer puts only names with spaces in
quotes.
"""

from __future__ import annotations

import ntpath
import re
import struct
import subprocess
from uuid import UUID

from photoprep.errors import UsageError
from photoprep.language import say
from photoprep.shortcut.wanted import Shortcut

_LINK = UUID("00021401-0000-0000-C000-000000000046").bytes_le
_COMPUTER = UUID("20D04FE0-3AEA-1069-A2D8-08002B30309D").bytes_le
# LinkFlags (2.1.1)
_HAS_ID_LIST, _HAS_NAME = 0x1, 0x4
_HAS_ARGUMENTS, _HAS_ICON, _IS_UNICODE, _HAS_EXPANDED = 0x20, 0x40, 0x80, 0x200
_A_FILE, _A_FOLDER = 0x20, 0x10  # FileAttributesFlags (2.1.2): archive, directory
_SHOW_NORMAL = 1
_EXPANDED_PATH = 0xA0000001  # EnvironmentVariableDataBlock (2.5.4)
_PATH_CHARACTERS = 260
# What Explorer puts a variable's value in for, in a target as in arguments; it cannot be escaped.
_REPLACED = re.compile(r"%[^%]+%")


def shell_link(shortcut: Shortcut, icon: str, about: str) -> bytes:
    """The link, whole: to the command's program, with its arguments, an icon and a description.

    The program is named twice: by the shell's list of folders, and by a path in which variables
    could stand; on a share by the latter alone. There is no LinkInfo (2.3), which is for finding
    what has been moved: some readers take only its path in ASCII, and a name need not be that.

    Raises:
        UsageError: a word has in it what Windows would put a variable's value in for.

    """
    for word in shortcut.command:
        if _REPLACED.search(word):
            raise UsageError(
                say("{word} has a variable in it, which Windows replaces.", word=repr(word)),
                hint=say("Rename the file, or name it by another path."),
            )
    program = ntpath.normpath(shortcut.command[0])
    arguments = subprocess.list2cmdline(shortcut.command[1:])
    flags = _HAS_NAME | _HAS_ARGUMENTS | _HAS_ICON | _IS_UNICODE
    target = expanded = b""
    if re.match(r"[A-Za-z]:\\", program):
        flags |= _HAS_ID_LIST
        target = _id_list(program)
    if len(program) < _PATH_CHARACTERS:
        flags |= _HAS_EXPANDED
        expanded = _expanded_path(program)
    header = struct.pack(
        "<I16sIIQQQIiIHHII", 76, _LINK, flags, _A_FILE, 0, 0, 0, 0, 0, _SHOW_NORMAL, 0, 0, 0, 0
    )
    texts = b"".join(map(_counted, (about, arguments, icon)))
    return header + target + texts + expanded + bytes(4)


def _id_list(program: str) -> bytes:
    """LinkTargetIDList (2.2): the computer, the drive, each folder, the file."""
    drive, *folders, name = program.split("\\")
    items = [
        _item(b"\x1f\x50" + _COMPUTER),
        _item(b"\x2f" + f"{drive.upper()}\\".encode("ascii").ljust(22, b"\0")),
        *(_entry(folder, _A_FOLDER) for folder in folders),
        _entry(name, _A_FILE),
    ]
    listed = b"".join(items) + bytes(2)
    return struct.pack("<H", len(listed)) + listed


def _item(content: bytes) -> bytes:
    return struct.pack("<H", 2 + len(content)) + content


def _entry(name: str, attributes: int) -> bytes:
    """A folder or file in the list, as Windows XP writes them and all later ones read them.

    The format is the shell's own: a head with attributes and a short name, then an extension that
    has the long name (libfwsi, "File entry shell item" and its "extension block 0xbeef0004" of
    version 3).
    """
    kind = 0x31 if attributes == _A_FOLDER else 0x32
    short = _ascii(name)
    head = struct.pack("<BBIIH", kind, 0, 0, 0, attributes) + short + bytes(2 - len(short) % 2)
    long = name.encode("utf-16-le") + bytes(2)
    place = 2 + len(head)
    extension = struct.pack("<HIIIHH", 3, 0xBEEF0004, 0, 0, 20, 0) + long + struct.pack("<H", place)
    return _item(head + _item(extension))


def _counted(text: str) -> bytes:
    """StringData (2.4): how many UTF-16 units, then these."""
    data = text.encode("utf-16-le")
    return struct.pack("<H", len(data) // 2) + data


def _expanded_path(path: str) -> bytes:
    """EnvironmentVariableDataBlock (2.5.4)."""
    plain = _ascii(path).ljust(_PATH_CHARACTERS, b"\0")
    unicode = path.encode("utf-16-le").ljust(2 * _PATH_CHARACTERS, b"\0")
    return struct.pack("<II", 8 + len(plain) + len(unicode), _EXPANDED_PATH) + plain + unicode


def _ascii(text: str) -> bytes:
    """A text for readers that know no Unicode; Windows prefers the other one beside it."""
    return text.encode("ascii", "replace")
