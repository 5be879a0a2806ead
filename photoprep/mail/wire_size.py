"""What a message weighs on the wire, by formula: nothing is built to find out.

On the wire every line ends with CRLF, and three bytes of a picture take four characters in lines
of 76, so a picture weighs about 1.36842 of itself (RFC 2045, 6.8). The message is

    headers, an empty line                              (RFC 5322, 2.1)
    --boundary   the letter                             (RFC 2046, 5.1.1)
    --boundary   a picture, and so on
    --boundary--

Sizes are in bytes, and exact for what ``message.build_message`` builds; the tests hold the two
against each other. Doubled dots (RFC 5321, 4.5.2) are not counted, as SIZE does not count them
(RFC 1870, 3).
"""

from __future__ import annotations

from collections.abc import Iterable

from photoprep.mail.headers import LINE_CHARS, header_bytes

# A boundary of fixed length lets a message be weighed before its content is read. With 34
# characters the Content-Type that announces it still fits one line.
BOUNDARY_CHARS = 34
# The longest line that may travel unencoded (RFC 5322, 2.1.1).
TEXT_LINE_MAX_CHARS = 998

_CRLF = 2
_BASE64_LINE_CHARS = 76
_DELIMITER_LINE = len("--") + BOUNDARY_CHARS + _CRLF
_CLOSING = _CRLF + len("--") + BOUNDARY_CHARS + len("--") + _CRLF

_NAME_LINE_CHARS = len('Content-Disposition: attachment; filename=""')
_IMAGE_HEADERS = (
    len("Content-Type: image/jpeg")
    + _CRLF
    + len("Content-Transfer-Encoding: base64")
    + _CRLF
    + _NAME_LINE_CHARS
    + _CRLF
)
_TEXT_HEADERS = (
    len('Content-Type: text/plain; charset="utf-8"')
    + _CRLF
    + len("Content-Transfer-Encoding: ")  # 7bit or base64 follows
    + _CRLF
)


def base64_bytes(size_bytes: int) -> int:
    """``size_bytes`` as base64 in lines of 76, each ended by CRLF (RFC 2045, 6.8)."""
    characters = 4 * -(-size_bytes // 3)
    return characters + _CRLF * -(-characters // _BASE64_LINE_CHARS)


def largest_base64_content_bytes(room_bytes: int) -> int:
    """The most bytes whose ``base64_bytes`` are at most ``room_bytes``; 0 when none are."""
    full_lines, rest = divmod(max(0, room_bytes), _BASE64_LINE_CHARS + _CRLF)
    return full_lines * (_BASE64_LINE_CHARS // 4 * 3) + max(0, rest - _CRLF) // 4 * 3


def filename_bytes(filename: str) -> int:
    """What an ASCII file name adds to its part: its length, and a fold from 35 characters on.

    A folded name stands unsplit on a line of its own: ``filename*0=`` pieces (RFC 2231, 3) are
    what some readers lose.
    """
    folded = _NAME_LINE_CHARS + len(filename) > LINE_CHARS
    return len(filename) + (_CRLF if folded else 0)


def attachment_bytes(filename: str, size_bytes: int) -> int:
    """A picture of ``size_bytes`` as a part of the message, its delimiter line counted."""
    return (
        _CRLF
        + _DELIMITER_LINE
        + _IMAGE_HEADERS
        + filename_bytes(filename)
        + _CRLF
        + base64_bytes(size_bytes)
    )


def travels_unencoded(text: str) -> bool:
    """Whether the text may go as 7bit (RFC 2045, 6.2): ASCII, in lines of at most 998."""
    return text.isascii() and all(len(line) <= TEXT_LINE_MAX_CHARS for line in text.splitlines())


def text_bytes(text: str) -> int:
    """The text in UTF-8 with CRLF for each line break, before any encoding.

    The text breaks its lines with a line feed alone, and ends with one.
    """
    return len(text.encode("utf-8")) + text.count("\n")


def text_part_bytes(size_bytes: int, *, unencoded: bool) -> int:
    """A text of ``size_bytes`` (by ``text_bytes``) as the first part, delimiter line counted."""
    encoding, body_bytes = (
        ("7bit", size_bytes) if unencoded else ("base64", base64_bytes(size_bytes))
    )
    return _DELIMITER_LINE + _TEXT_HEADERS + len(encoding) + _CRLF + body_bytes


def frame_bytes(headers: Iterable[tuple[str, str]]) -> int:
    """Everything of a message but its parts: headers, the empty line, the closing boundary.

    ``headers`` are name and value, Content-Type left out: it is always the same.
    """
    content_type = len('Content-Type: multipart/mixed; boundary=""') + BOUNDARY_CHARS + _CRLF
    return sum(header_bytes(*header) for header in headers) + content_type + _CRLF + _CLOSING


def message_bytes(
    headers: Iterable[tuple[str, str]], text: str, attachments: Iterable[tuple[str, int]]
) -> int:
    """The whole message: ``headers``, the letter, and attachments by file name and size."""
    return (
        frame_bytes(headers)
        + text_part_bytes(text_bytes(text), unencoded=travels_unencoded(text))
        + sum(attachment_bytes(filename, size_bytes) for filename, size_bytes in attachments)
    )
