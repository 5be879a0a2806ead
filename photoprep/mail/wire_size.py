"""What a message weighs on the wire, by formula: nothing is built to find out.

On the wire every line ends with CRLF, and three bytes of a picture take four characters in lines
of 76, so a picture weighs about 1.36842 of itself (RFC 2045, 6.8). The message is

    headers, an empty line                              (RFC 5322, 2.1)
    --boundary   the letter                             (RFC 2046, 5.1.1)
    --boundary   a picture, and so on
    --boundary--

where the letter is a text, or a text and its HTML within a boundary of their own (RFC 2046, 5.1.4).

Sizes are in bytes, and exact for what ``message.build_message`` builds; the tests hold the two
against each other. Doubled dots (RFC 5321, 4.5.2) are not counted, as SIZE does not count them
(RFC 1870, 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from photoprep.mail.headers import attachment_disposition, attachment_type, header_bytes

# A boundary of fixed length lets a message be weighed before its content is read. With 34
# characters the Content-Type that announces it still fits one line.
BOUNDARY_CHARS = 34
# The longest line that may travel unencoded (RFC 5322, 2.1.1).
TEXT_LINE_MAX_CHARS = 998

_IN_RESERVE, _RESENT_BYTES = 14, 150

_CRLF = 2
_BASE64_LINE_CHARS = 76
_DELIMITER_LINE = len("--") + BOUNDARY_CHARS + _CRLF
_CLOSING = _CRLF + len("--") + BOUNDARY_CHARS + len("--") + _CRLF

_ENCODING_LINE = len("Content-Transfer-Encoding: ") + _CRLF  # 7bit or base64 stands there
_ALTERNATIVE = (
    _DELIMITER_LINE
    # With its boundary the line would be too long for one.
    + len('Content-Type: multipart/alternative; boundary=""')
    + BOUNDARY_CHARS
    + 2 * _CRLF
    + _CRLF
    + _CLOSING
)


@dataclass(frozen=True, slots=True)
class TextWeight:
    """What a text weighs: its bytes by ``text_bytes``, and whether it may travel as it is."""

    size_bytes: int
    unencoded: bool

    @classmethod
    def of(cls, text: str) -> TextWeight:
        """Weigh a text that breaks its lines with a line feed alone, and ends with one."""
        return cls(text_bytes(text), travels_unencoded(text))


def base64_bytes(size_bytes: int) -> int:
    """``size_bytes`` as base64 in lines of 76, each ended by CRLF (RFC 2045, 6.8)."""
    characters = 4 * -(-size_bytes // 3)
    return characters + _CRLF * -(-characters // _BASE64_LINE_CHARS)


def largest_base64_content_bytes(room_bytes: int) -> int:
    """The most bytes whose ``base64_bytes`` are at most ``room_bytes``; 0 when none are."""
    full_lines, rest = divmod(max(0, room_bytes), _BASE64_LINE_CHARS + _CRLF)
    return full_lines * (_BASE64_LINE_CHARS // 4 * 3) + max(0, rest - _CRLF) // 4 * 3


@lru_cache(maxsize=8192)
def filename_bytes(filename: str) -> int:
    """What the name and the fixed headers of a picture's part weigh, from its type on.

    An ASCII name adds its length, and a fold from 35 characters on; another one adds both of its
    forms (``headers``).
    """
    return (
        len(attachment_type("image/jpeg", filename))
        + _CRLF
        + _ENCODING_LINE
        + len("base64")
        + len(attachment_disposition(filename))
        + _CRLF
    )


def attachment_bytes(filename: str, size_bytes: int) -> int:
    """A picture of ``size_bytes`` as a part of the message, its delimiter line counted."""
    return _CRLF + _DELIMITER_LINE + filename_bytes(filename) + _CRLF + base64_bytes(size_bytes)


def resending_bytes(attachments: int) -> int:
    """What a mail program may add to a draft that it sends, beyond what the reserve is for.

    Thunderbird 153 writes some 145 bytes more for each attachment (docs/drafts.md); the reserve
    that a preset has as a rule is enough for those of ``_IN_RESERVE``.
    """
    return max(0, attachments - _IN_RESERVE) * _RESENT_BYTES


def travels_unencoded(text: str) -> bool:
    """Whether the text may go as 7bit (RFC 2045, 6.2): ASCII, in lines of at most 998."""
    return text.isascii() and all(len(line) <= TEXT_LINE_MAX_CHARS for line in text.splitlines())


def text_bytes(text: str) -> int:
    """The text in UTF-8 with CRLF for each line break, before any encoding.

    The text breaks its lines with a line feed alone, and ends with one.
    """
    return len(text.encode("utf-8")) + text.count("\n")


def text_part_bytes(weight: TextWeight, subtype: str = "plain") -> int:
    """A text as the first of some parts, delimiter line counted."""
    encoding, body_bytes = (
        ("7bit", weight.size_bytes)
        if weight.unencoded
        else ("base64", base64_bytes(weight.size_bytes))
    )
    content_type = len(f'Content-Type: text/{subtype}; charset="utf-8"') + _CRLF
    return _DELIMITER_LINE + content_type + _ENCODING_LINE + len(encoding) + _CRLF + body_bytes


def letter_bytes(weights: Sequence[TextWeight]) -> int:
    """A letter as the first part of a message: its text alone, or the text and its HTML."""
    if len(weights) == 1:
        return text_part_bytes(weights[0])
    text, html = weights
    return _ALTERNATIVE + text_part_bytes(text) + _CRLF + text_part_bytes(html, "html")


def frame_bytes(headers: Iterable[tuple[str, str]]) -> int:
    """Everything of a message but its parts: headers, the empty line, the closing boundary.

    ``headers`` are name and value, Content-Type left out: it is always the same.
    """
    content_type = len('Content-Type: multipart/mixed; boundary=""') + BOUNDARY_CHARS + _CRLF
    return sum(header_bytes(*header) for header in headers) + content_type + _CRLF + _CLOSING


def message_bytes(
    headers: Iterable[tuple[str, str]],
    texts: Sequence[str],
    attachments: Iterable[tuple[str, int]],
) -> int:
    """The whole message: ``headers``, the letter in its forms, attachments by name and size."""
    return (
        frame_bytes(headers)
        + letter_bytes([TextWeight.of(text) for text in texts])
        + sum(attachment_bytes(filename, size_bytes) for filename, size_bytes in attachments)
    )
