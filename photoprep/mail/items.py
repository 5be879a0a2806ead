"""What is attached to a mail, and which names and words may go into one.

A message is lines of text, so whoever can put a line break into it writes headers of their own.
File names come from another room that makes them clean, and an unclean one is a bug: it is
refused. Products, models and customer numbers come from folders and people: they are cleaned.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

# A file name may take 255 bytes on the usual file systems; a header line 998 (RFC 5322, 2.1.1).
_FILENAME_MAX_CHARS = 255
_FORBIDDEN_IN_FILENAME = frozenset('/\\":*?<>|')


def check_filename(filename: str) -> None:
    """Hold what an attachment's name promises: printable ASCII that is a file name everywhere.

    Refused are control characters (NUL, CR and LF among them), characters beyond ASCII, path
    separators and what else Windows forbids, a leading dot (``..`` among them), a space at
    either end, a dot at the end, encoded words (``=?…?=``, RFC 2047, which some readers decode in
    names too), the empty name and names over 255 characters.

    Raises:
        ValueError: the name is none that may be attached; this is a bug of the caller.

    """
    refusals = (
        (not filename, "it is empty"),
        (len(filename) > _FILENAME_MAX_CHARS, f"it has over {_FILENAME_MAX_CHARS} characters"),
        (not filename.isascii() or not filename.isprintable(), "it is not printable ASCII"),
        ("=?" in filename, "it looks like an encoded word"),
        (bool(_FORBIDDEN_IN_FILENAME & set(filename)), "it has a character that no name may have"),
        (filename.startswith("."), "it starts with a dot"),
        (filename.endswith("."), "it ends with a dot"),
        (filename != filename.strip(), "it has a space at an end"),
    )
    for refused, reason in refusals:
        if refused:
            raise ValueError(f"{filename!r} cannot be an attachment's name: {reason}")


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
    is also what keeps pictures together.

    Raises:
        ValueError: the file name is refused by ``check_filename``, or there is no content.

    """

    filename: str
    size_bytes: int
    product: str = ""
    model: str = ""
    view: str = "unknown"
    label: str = ""
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
