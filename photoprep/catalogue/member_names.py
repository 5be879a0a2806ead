"""The names of files in a ZIP archive: which letters their bytes mean, and whether they are safe.

Nothing is ever written under such a name. It names a row of the report and tells what a photo
shows; so the danger left is a name that lies, not one that reaches out of a folder.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from photoprep.catalogue.zip_directory import Entry, extra_field
from photoprep.language import say

_SAYS_UTF_8 = 0x0800
_UNICODE_PATH = 0x7075  # Info-ZIP's field: version, CRC-32 of the plain name, the name in UTF-8
_LONGEST_NAME = 1000

_DRIVE = re.compile(r"[A-Za-z]:")


def names_of(entries: Sequence[Entry]) -> list[str]:
    """The entries' names as text, with forward slashes.

    One that says it is UTF-8 is read so. The others were written in what their maker's system
    spoke, which the archive does not tell; they are read alike: as UTF-8 if all of them are valid
    in it, else as GBK (Windows in China) if all are and it looks like writing, else as cp437, in
    which every byte means something.
    """
    told = [_told(entry) for entry in entries]
    untold = [entry.raw_name for entry, name in zip(entries, told, strict=True) if name is None]
    encoding = encoding_of(untold)
    return [
        (entry.raw_name.decode(encoding, "replace") if name is None else name).replace("\\", "/")
        for entry, name in zip(entries, told, strict=True)
    ]


def encoding_of(raw_names: Sequence[bytes]) -> str:
    """In what names without a word about it are written; see ``names_of``."""
    unclear = [name for name in raw_names if not name.isascii()]
    if all(_reads(name, "utf-8") for name in unclear):
        return "utf-8"
    if all(_reads(name, "gbk") for name in unclear) and _looks_chinese(unclear):
        return "gbk"
    return "cp437"


def tidy_name(name: str) -> str:
    """The name without empty steps and steps on the spot: ``./a//b`` is ``a/b``."""
    return "/".join(step for step in name.split("/") if step not in {"", "."})


def unsafe_because(name: str) -> str:
    """Why a name is not taken; empty where it is. ``name`` has forward slashes."""
    if name.startswith("/") or _DRIVE.match(name):
        return say("its name begins at the top of a disk, which no honest archive has")
    if ".." in name.split("/"):
        return say("its name leads out of the archive")
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in name):
        return say("its name holds control characters")
    if len(name) > _LONGEST_NAME:
        return say("its name is too long")
    return "" if tidy_name(name) else say("it has no name")


def _told(entry: Entry) -> str | None:
    """The name by what the entry says of its letters; None where it says nothing that holds."""
    if entry.flags & _SAYS_UTF_8 and _reads(entry.raw_name, "utf-8"):
        return entry.raw_name.decode("utf-8")
    field = extra_field(entry.extra, _UNICODE_PATH)
    if field[:1] == b"\x01" and field[1:5] == zlib.crc32(entry.raw_name).to_bytes(4, "little"):
        return field[5:].decode("utf-8") if _reads(field[5:], "utf-8") else None
    return None


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(raw_names: Sequence[bytes]) -> bool:
    """Whether most of what GBK would read are letters of GB 2312, which almost all writing is.

    The accented letters of cp437 (0x80–0xA5) lead, in GBK, to the rare ones that it adds.
    """
    letters = [
        letter for name in raw_names for letter in name.decode("gbk") if not letter.isascii()
    ]
    common = sum(1 for letter in letters if _in_gb2312(letter))
    return 2 * common > len(letters)


def _in_gb2312(letter: str) -> bool:
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
