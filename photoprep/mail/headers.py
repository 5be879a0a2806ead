"""Header lines as they go onto the wire, folded by rules that are stated here.

Python's own folding is right by the RFCs and yet not what is wanted in three places: it splits
file names over some 60 characters into ``filename*0*=`` pieces (RFC 2231, 3), which plain readers
such as munpack lose; it parts long Chinese names in ways that differ between Python versions; and
the size of its output follows no short formula; and it takes Message-IDs of over 77 characters for
words to be encoded. So subject, sender, identifiers and file names are folded here, and everything
else is left to the standard library.

A file name that is not ASCII goes out in two forms: by the standard, as ``filename*`` of the
Content-Disposition (RFC 2231, 4), and as an encoded word in ``name`` of the Content-Type, which no
standard allows and nearly every mail program reads, those among them that know nothing newer.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from email.headerregistry import AddressHeader, ContentDispositionHeader, ContentTypeHeader
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any
from urllib.parse import quote

CRLF = "\r\n"
# Without the CRLF: what a line should keep to (RFC 5322, 2.1.1) …
LINE_CHARS = 78
# … and what a line with an encoded word must keep to, and each such word (RFC 2047, 2).
_ENCODED_LINE_CHARS = 76
_ENCODED_WORD_CHARS = 75
_WORD_START, _ESCAPED_START, _WORD_END = "=?utf-8?b?", "=?utf-8?q?", "?="
# Lists of identifiers (RFC 5322, 3.6.4), none of which may be broken.
_IDENTIFIERS = frozenset({"Message-ID", "In-Reply-To", "References"})
# What may stand unescaped in an extended parameter: attribute-char (RFC 2231, 7).
_ATTRIBUTE_CHARS = "!#$&+-.^_`{|}~"


def _fold_ascii(line: str) -> str:
    """Break a line before the last space that keeps it within 78 characters, and so on."""
    lines: list[str] = []
    while len(line) > LINE_CHARS:
        # From 1 on: a continuation starts with the space it was broken at.
        cut = line.rfind(" ", line.index(":") + 2 if not lines else 1, LINE_CHARS + 1)
        if cut < 0:
            # One word longer than the line: it ends at its own end (998 are allowed).
            cut = line.find(" ", LINE_CHARS + 1)
        if cut < 0:
            break
        lines.append(line[:cut])
        line = line[cut:]
    return CRLF.join([*lines, line])


def _encoded_words(text: str, first_room_chars: int) -> list[str]:
    """The text as base64 encoded words of whole characters (RFC 2047, 4.1 and 5).

    The first is at most ``first_room_chars`` long. Readers drop the white space between adjacent
    words, so the text comes back exactly; all of it is encoded, for the same reason.
    """
    words = []
    room_chars = first_room_chars
    chunk = b""
    for character in text:
        encoded = character.encode("utf-8")
        # Four characters of base64 carry three bytes.
        room_bytes = (room_chars - len(_WORD_START) - len(_WORD_END)) // 4 * 3
        if len(chunk) + len(encoded) > room_bytes:
            words.append(chunk)
            chunk = b""
            room_chars = _ENCODED_WORD_CHARS
        chunk += encoded
    words.append(chunk)
    return [f"{_WORD_START}{base64.b64encode(word).decode('ascii')}{_WORD_END}" for word in words]


def _escaped_words(text: str, room_chars: int) -> list[str]:
    """The same with each byte escaped (RFC 2047, 4.2), in words of at most ``room_chars``.

    For file names: a program that does not know encoded words takes this for the name itself, and
    base64 has slashes in it, with which munpack made folders.
    """
    words, word = [], ""
    for character in text:
        escaped = character
        if not (character.isascii() and character.isalnum()) and character not in "-.":
            escaped = "".join(f"={byte:02X}" for byte in character.encode("utf-8"))
        if len(_ESCAPED_START) + len(word) + len(escaped) + len(_WORD_END) > room_chars:
            words.append(word)
            word = ""
        word += escaped
    return [f"{_ESCAPED_START}{word}{_WORD_END}" for word in [*words, word]]


def _fold_text(name: str, text: str) -> str:
    """``Name: text`` for an unstructured header (RFC 5322, 2.2.1), encoded where not ASCII."""
    if text.isascii():
        return _fold_ascii(f"{name}: {text}")
    words = _encoded_words(text, _ENCODED_LINE_CHARS - len(name) - 2)
    return f"{name}: " + f"{CRLF} ".join(words)


class WirePolicy(EmailPolicy):
    """``email.policy.SMTP`` with subject, sender and file names folded as this module says."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, Any]:
        """As the standard library's, but for identifiers, which are kept as they are.

        Its parser falls over some of a stranger's, and there is nothing to be parsed in them.
        """
        if name in _IDENTIFIERS:
            if len(value.splitlines()) > 1:
                raise ValueError(f"{name} may not have line breaks in it")
            return name, value
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines, each ended by CRLF, in ASCII."""
        folded = _fold_plain(name, value) or _fold_structured(name, value)
        if folded is None:
            return super().fold_binary(name, value)
        return f"{folded}{CRLF}".encode("ascii")


def _fold_plain(name: str, value: str) -> str | None:
    """The header where its text alone says how it is folded, else None."""
    if name == "Subject":
        return _fold_text(name, value)
    if name in _IDENTIFIERS:
        return _fold_identifiers(name, value.split())
    return None


def _fold_structured(name: str, value: str) -> str | None:
    """A sender, or a header of a part, where it is one of ours; else None."""
    if name == "From" and isinstance(value, AddressHeader):
        address = value.addresses[0]
        if address.display_name.isascii():
            return _fold_ascii(f"{name}: {address}")
        return f"{_fold_text(name, address.display_name)}{CRLF} <{address.addr_spec}>"
    if name == "Content-Disposition" and isinstance(value, ContentDispositionHeader):
        return attachment_disposition(value.params["filename"])
    if name == "Content-Type" and isinstance(value, ContentTypeHeader):
        filename = value.params.get("name")
        if filename is not None:
            return attachment_type(value.content_type, filename)
        return _fold_parameters(f"{name}: {value.content_type}", value.params)
    return None


def attachment_disposition(filename: str) -> str:
    """The header that says that a part is to be saved, and under which name.

    A name stands unsplit on its line (RFC 2231, 3, would let it be split, and readers lose it).
    """
    start = "Content-Disposition: attachment"
    if filename.isascii():
        return _fold_parameters(start, {"filename": filename})
    return f"{start};{CRLF} filename*=utf-8''{quote(filename, safe=_ATTRIBUTE_CHARS)}"


def attachment_type(content_type: str, filename: str) -> str:
    """The header that says what a part is; it has the name too where that is not ASCII."""
    start = f"Content-Type: {content_type}"
    if filename.isascii():
        return start
    words = _escaped_words(filename, _ENCODED_LINE_CHARS - len(' name=""'))
    # Words over several lines are one text: white space between two of them is dropped.
    return f'{start};{CRLF} name="' + f"{CRLF} ".join(words) + '"'


def _fold_parameters(start: str, parameters: Mapping[str, str]) -> str:
    """``start; key="value"``, each parameter on a line of its own where the line has no room."""
    folded = start
    for key, value in parameters.items():
        last = folded.rpartition(CRLF)[2]
        one = f'{key}="{value}"'
        room = len(last) + len("; ") + len(one) <= LINE_CHARS
        folded += f"; {one}" if room else f";{CRLF} {one}"
    return folded


def _fold_identifiers(name: str, identifiers: Iterable[str]) -> str:
    """As many on a line as have room, and none broken."""
    folded = f"{name}:"
    for identifier in identifiers:
        room = len(folded.rpartition(CRLF)[2]) + 1 + len(identifier) <= LINE_CHARS
        # The first stays beside the header's name: a line of white space alone is none.
        folded += f" {identifier}" if room or folded.endswith(":") else f"{CRLF} {identifier}"
    return folded


WIRE_POLICY = WirePolicy(linesep=CRLF)


def header_bytes(name: str, value: str) -> int:
    """What the header weighs on the wire, its folds and its CRLF counted."""
    folded = _fold_plain(name, value)
    if folded is not None:
        return len(folded) + len(CRLF)
    return _parsed_header_bytes(name, value)


# What is the same in all mails of a series: parsing it costs more than all else of a header.
@lru_cache(maxsize=64)
def _parsed_header_bytes(name: str, value: str) -> int:
    name, parsed = WIRE_POLICY.header_store_parse(name, value)
    return len(WIRE_POLICY.fold_binary(name, parsed))
