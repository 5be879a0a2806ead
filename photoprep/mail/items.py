"""What is attached to a mail, and which names and words may go into one.

A message is lines of text, so whoever can put a line break into it writes headers of their own.
File names come from another room that makes them clean, and an unclean one is a bug: it is
refused. Products, models, customer numbers and who is addressed come from folders and people: they
are cleaned.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

# Most file systems take 255 bytes (NTFS as many characters); a header line has 998 characters, and
# a byte of a name in another script takes three of them (RFC 2231, 4).
_FILENAME_MAX_BYTES = 255
_FORBIDDEN_IN_FILENAME = frozenset('/\\":*?<>|%')
# Control, format, surrogate, private and unassigned characters, and spaces but the plain one: what
# cannot be seen can turn a name around or end a line.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Names of devices, with any extension (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3]|conin\$|conout\$)\s*(\..*)?",
    re.IGNORECASE,
)


def check_filename(filename: str) -> None:
    """Hold what an attachment's name promises: a file name that is safe everywhere.

    Refused are characters that cannot be seen (controls such as NUL, CR and LF, marks that reverse
    the direction of writing, spaces of other kinds), path separators and what else Windows
    forbids, ``%`` (which some readers decode), names of Windows' devices, a leading dot (``..``
    among them), a space at either end, a dot at the end, encoded words (``=?…?=``, RFC 2047, which
    some readers decode in names too), what is not composed (NFC), the empty name and names over
    255 bytes.

    Raises:
        ValueError: the name is none that may be attached; this is a bug of the caller.

    """
    unseen = any(
        character != " " and unicodedata.category(character) in _UNSEEN_CATEGORIES
        for character in filename
    )
    refusals = (
        (not filename, "it is empty"),
        (unseen, "it has a character that cannot be seen"),
        (not unseen and _too_long(filename), f"it has over {_FILENAME_MAX_BYTES} bytes"),
        ("=?" in filename, "it looks like an encoded word"),
        (bool(_FORBIDDEN_IN_FILENAME & set(filename)), "it has a character that no name may have"),
        (is_device_name(filename), "it is the name of a device"),
        (filename.startswith("."), "it starts with a dot"),
        (filename.endswith("."), "it ends with a dot"),
        (filename != filename.strip(), "it has a space at an end"),
        (not unicodedata.is_normalized("NFC", filename), "it is not composed"),
    )
    for refused, reason in refusals:
        if refused:
            raise ValueError(f"{filename!r} cannot be an attachment's name: {reason}")


def is_device_name(filename: str) -> bool:
    """Whether Windows takes a name for that of a device, whatever its extension."""
    return _DEVICE.fullmatch(filename) is not None


def _too_long(filename: str) -> bool:
    return len(filename.encode("utf-8")) > _FILENAME_MAX_BYTES


def one_line(text: str) -> str:
    """The text as one line that is safe in a header and in a letter.

    White space of every kind and control characters become single spaces; invisible format
    characters (they can reverse the direction of writing) and lone surrogates go; ``=?`` is
    parted, so that nothing reads as an encoded word (RFC 2047, 2) and is decoded into a line
    break. Composed to NFC. Cleaning twice changes nothing.
    """
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif category not in ("Cf", "Cs"):
            kept.append(character)
    # Composed again: what stood on both sides of a removed character may now combine.
    line = unicodedata.normalize("NFC", " ".join("".join(kept).split()))
    return line.replace("=?", "= ?")


@dataclass(frozen=True, slots=True)
class MailItem:
    """A picture to be mailed, as much of it as planning needs: not its content.

    ``view`` is a kind of view (``open``, ``closed`` …), ``sheet`` for a composite, or any words.
    ``label`` says more of the picture, such as what an accessory is called.
    ``title`` is product and model on one line, ``Toolbox X100``, empty when neither is known; it
    is also what keeps pictures together. ``sha256`` stands for the content, where it is known: two
    mails that differ in nothing else have different Message-IDs by it.

    Raises:
        ValueError: the file name is refused by ``check_filename``, or there is no content.

    """

    filename: str
    size_bytes: int
    product: str = ""
    model: str = ""
    view: str = "unknown"
    label: str = ""
    sha256: str = ""
    title: str = field(init=False)

    def __post_init__(self) -> None:
        check_filename(self.filename)
        if self.size_bytes < 1:
            raise ValueError(f"{self.filename!r} has {self.size_bytes} bytes")
        product, model = one_line(self.product), one_line(self.model)
        named = model in product.split()
        object.__setattr__(self, "title", product if named else f"{product} {model}".strip())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture with its content, ready to be put into a message.

    Raises:
        ValueError: the file name is refused by ``check_filename``.

    """

    filename: str
    data: bytes

    def __post_init__(self) -> None:
        check_filename(self.filename)
