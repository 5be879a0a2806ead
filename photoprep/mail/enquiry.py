"""The customer's enquiry that a series answers: its place in a thread, its subject and its date.

All of it comes from a stranger. Identifiers go into headers of ours, so only those are taken that
are plain (RFC 5322, 3.6.4); a subject is made one clean line (``items.one_line``).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.files import at_home
from photoprep.language import say
from photoprep.mail.items import one_line

# Atoms and dots, or a literal domain (RFC 5322, 3.6.4), without the oldest forms: quoted strings
# and white space are hardly ever seen, and some of them are more than Python's own parser bears.
_BARE_ID = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.:-]{1,200}@(?:[A-Za-z0-9._:-]{1,200}|\[[A-Za-z0-9.:-]{1,60}\])"
)
_ID = re.compile(rf"<{_BARE_ID.pattern}>")
# What stands before the subject of an answer (RFC 5322, 3.6.5), once or several times.
_REPLY_MARKS = re.compile(r"(re\s*(\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_SUBJECT_MAX_CHARS = 150
# A thread of many answers: its first message and the last ones are enough to find its place.
_REFERENCES_KEPT = 10
# Headers stand at the top; attached drawings need not be read.
_READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What is known of the message that is answered.

    ``message_id`` and ``references`` are in angle brackets, ready for a header; ``references`` are
    the enquiry's own, oldest first. ``subject`` is one line without ``Re:``. Subject and date are
    missing where only the Message-ID was given.
    """

    message_id: str
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime.date | None = None


def read_enquiry(file_or_id: str) -> Enquiry:
    """The enquiry in a saved message (``.eml``), or the one that has this Message-ID.

    Raises:
        UsageError: it is neither, the file cannot be read, or it is no message with a Message-ID.

    """
    path = Path(at_home(file_or_id))
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL within
        is_file = False
    if is_file:
        return _read(path)
    bare = file_or_id.strip().removeprefix("<").removesuffix(">")
    if _BARE_ID.fullmatch(bare) and _is_plain(bare):
        return Enquiry(f"<{bare}>")
    raise UsageError(
        say(
            "--enquiry: {given} is neither a saved message nor a Message-ID.",
            given=repr(file_or_id[:200]),
        ),
        hint=say(
            "Save the customer's mail as an .eml file and name that, or give its Message-ID, which "
            "looks like <text@server>."
        ),
    )


def _read(path: Path) -> Enquiry:
    from email.parser import BytesHeaderParser
    from email.policy import compat32

    try:
        with path.open("rb") as file:
            data = file.read(_READ_BYTES)
    except OSError as error:
        raise UsageError(
            say(
                "The enquiry cannot be read ({reason}).",
                reason=error.strerror or type(error).__name__,
            ),
            hint=say("Check the path and your rights to it."),
            path=path,
        ) from error
    # The old policy hands out what stands there; the new one fails on some broken headers.
    headers = BytesHeaderParser(policy=compat32).parsebytes(data)
    own = _ids(str(headers.get("Message-ID", "")))
    if not own:
        raise UsageError(
            say("The enquiry has no Message-ID that an answer could name."),
            hint=say(
                "Save the customer's mail itself as an .eml file (Outlook's .msg is not read), or "
                "leave --enquiry out."
            ),
            path=path,
        )
    references = _ids(str(headers.get("References", "")))
    if not references:
        # RFC 5322, 3.6.4: an answer without References may still say what it answers.
        references = _ids(str(headers.get("In-Reply-To", "")))[:1]
    references = [known for known in dict.fromkeys(references) if known != own[0]]
    if len(references) > _REFERENCES_KEPT:
        references = [references[0], *references[1 - _REFERENCES_KEPT :]]
    return Enquiry(
        own[0],
        tuple(references),
        _subject(str(headers.get("Subject", ""))),
        _date(str(headers.get("Date", ""))),
    )


def _ids(text: str) -> list[str]:
    return [found for found in _ID.findall(text) if _is_plain(found)]


def _is_plain(identifier: str) -> bool:
    """Whether nobody takes it for an encoded word (RFC 2047)."""
    return "=?" not in identifier


def _subject(raw: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        text = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):  # an unknown charset, broken base64
        text = raw
    line = one_line(text)
    line = line[_mark_chars(line) :]
    if len(line) > _SUBJECT_MAX_CHARS:
        line = f"{line[:_SUBJECT_MAX_CHARS].rstrip()}..."
    return line


def _mark_chars(line: str) -> int:
    found = _REPLY_MARKS.match(line)
    return found.end() if found else 0


def _date(raw: str) -> datetime.date | None:
    """The day on which it was written, where it was written."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(raw).date()
    except (ValueError, TypeError, OverflowError):
        return None
