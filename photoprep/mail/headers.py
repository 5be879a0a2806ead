"""Header lines as they go onto the wire, folded by rules that are stated here.

Python's own folding is right by the RFCs and yet not what is wanted in three places: it splits
file names over some 60 characters into ``filename*0*=`` pieces (RFC 2231, 3), which plain readers
such as munpack lose; it parts long Chinese names in ways that differ between Python versions; and
the size of its output follows no short formula. So subject, sender and file name are folded here,
and everything else is left to the standard library.
"""

from __future__ import annotations

import base64
from email.headerregistry import AddressHeader, ContentDispositionHeader
from email.policy import EmailPolicy

CRLF = "\r\n"
# Without the CRLF: what a line should keep to (RFC 5322, 2.1.1) …
LINE_CHARS = 78
# … and what a line with an encoded word must keep to, and each such word (RFC 2047, 2).
_ENCODED_LINE_CHARS = 76
_ENCODED_WORD_CHARS = 75
_WORD_START, _WORD_END = "=?utf-8?b?", "?="


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


def _fold_text(name: str, text: str) -> str:
    """``Name: text`` for an unstructured header (RFC 5322, 2.2.1), encoded where not ASCII."""
    if text.isascii():
        return _fold_ascii(f"{name}: {text}")
    words = _encoded_words(text, _ENCODED_LINE_CHARS - len(name) - 2)
    return f"{name}: " + f"{CRLF} ".join(words)


class WirePolicy(EmailPolicy):
    """``email.policy.SMTP`` with subject, sender and file names folded as this module says."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines, each ended by CRLF, in ASCII."""
        if name == "Subject":
            folded = _fold_text(name, value)
        elif name == "From" and isinstance(value, AddressHeader):
            address = value.addresses[0]
            if address.display_name.isascii():
                folded = _fold_ascii(f"{name}: {address}")
            else:
                folded = f"{_fold_text(name, address.display_name)}{CRLF} <{address.addr_spec}>"
        elif name == "Content-Disposition" and isinstance(value, ContentDispositionHeader):
            disposition, filename = value.content_disposition, value.params["filename"]
            folded = f'{name}: {disposition}; filename="{filename}"'
            if len(folded) > LINE_CHARS:
                folded = f'{name}: {disposition};{CRLF} filename="{filename}"'
        else:
            return super().fold_binary(name, value)
        return f"{folded}{CRLF}".encode("ascii")


WIRE_POLICY = WirePolicy(linesep=CRLF)


def header_bytes(name: str, value: str) -> int:
    """What the header weighs on the wire, its folds and its CRLF counted."""
    name, parsed = WIRE_POLICY.header_store_parse(name, value)
    return len(WIRE_POLICY.fold_binary(name, parsed))
