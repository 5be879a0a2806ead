"""The drafts of an output folder, read as they lie there: nothing in them is made anew."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.language import say

_REPORT = "report.json"
_MAILS = "mails"
# What stands between angle brackets in Message-ID and References (RFC 5322, 3.6.4), without what
# would have to be escaped in a search (RFC 9051, 9, "quoted").
_MESSAGE_ID = re.compile(r'<[^<>\s"\\\x00-\x20\x7f-\U0010ffff]+>')
_NUMBERING = re.compile(r"\d+/\d+")
# Line ends as some editors leave them; on the wire there is only CRLF (RFC 5322, 2.1).
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a message's head says of who it is.

    ``series`` is the first of its References, which all mails of a series share; empty where
    there is none. ``message_id`` has its angle brackets, or is empty. ``unsent`` says that it has
    the X-Unsent of a draft that no mail program has saved.
    """

    subject: str
    message_id: str
    series: str
    unsent: bool

    @property
    def numbering(self) -> str:
        """What the subject says of its place in the series, ``2/3``; empty where there is none."""
        numbers = _NUMBERING.findall(self.subject)
        return numbers[-1] if numbers else ""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft in the output folder: ``output`` is its path there, ``data`` the whole of it."""

    output: str
    identity: Identity
    data: bytes

    @property
    def filename(self) -> str:
        """The name of its file, ``mail-01-of-12.eml``."""
        return self.output.rpartition("/")[2]


def read_drafts(folder: Path) -> tuple[DraftFile, ...]:
    """The drafts that report.json names, in their order.

    Whatever else lies among them, such as a person's own edition of one, is not ours to take.

    Raises:
        UsageError: this is no output folder, its run did not finish, it has no mails, or one of
            them is gone or says not who it is.

    """
    outputs = _listed(folder)
    if not outputs:
        raise UsageError(
            say("There are no mails in this folder."),
            hint=say("Run photoprep prepare again, without --no-mails."),
            path=folder,
        )
    return tuple(_read(folder, output) for output in outputs)


def identity_of(data: bytes) -> Identity:
    """What the head of a message says; ``data`` may be the head alone."""
    head = BytesHeaderParser().parsebytes(data)
    references = _MESSAGE_ID.findall(str(head.get("References", "")))
    own = _MESSAGE_ID.findall(str(head.get("Message-ID", "")))
    return Identity(
        _text(str(head.get("Subject", ""))),
        own[0] if own else "",
        references[0] if references else "",
        "X-Unsent" in head,
    )


def attachments_of(data: bytes) -> tuple[str, ...]:
    """The hashes of what a message has attached, sorted: encoding, names and order left aside."""
    hashes = []
    for part in BytesParser().parsebytes(data).walk():
        if part.get_filename() and not part.is_multipart():
            content = _content(part)
            hashes.append(hashlib.sha256(content).hexdigest())
    return tuple(sorted(hashes))


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _listed(folder: Path) -> list[str]:
    """The paths of the mails as report.json has them."""
    path = folder / _REPORT
    try:
        rows = json.loads(path.read_bytes())["mails"]
        outputs = [str(row["output"]) for row in rows]
    except FileNotFoundError as error:
        raise UsageError(
            say("This is no folder that photoprep has prepared: it has no report.json."),
            hint=say("Name the folder with the results; by default its name ends in -prepared."),
            path=folder,
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            say("This is no report of a run."),
            hint=say("Run photoprep prepare again, which writes it anew."),
            path=path,
        ) from error
    for output in outputs:
        room, _, name = output.partition("/")
        if room != _MAILS or name in {"", ".", ".."} or "/" in name or "\\" in name:
            raise UsageError(
                say("The report names a mail in another place: {output}.", output=repr(output)),
                hint=say("Run photoprep prepare again, which writes it anew."),
                path=path,
            )
    return outputs


def _read(folder: Path, output: str) -> DraftFile:
    path = folder / output
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(
            say("A mail of the series is gone."),
            hint=say("Run photoprep prepare again, which writes what is missing."),
            path=path,
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    identity = identity_of(data)
    if not identity.message_id:
        raise UsageError(
            say("The mail has no Message-ID, by which it could be found again."),
            hint=say("Run photoprep prepare again, which writes the mails anew."),
            path=path,
        )
    return DraftFile(output, identity, _LINE_END.sub(b"\r\n", data))


def _unreadable(path: Path, error: OSError) -> UsageError:
    reason = error.strerror or type(error).__name__
    return UsageError(
        say("The file cannot be read ({reason}).", reason=reason),
        hint=say("Check the disk or the network share, and your rights to the file."),
        path=path,
    )


def _text(header: str) -> str:
    """A header as people read it; one that is encoded wrongly as it stands.

    Nothing is left that a terminal would obey.
    """
    text = "".join(header.splitlines())
    with suppress(ValueError, LookupError, UnicodeError):
        text = str(make_header(decode_header(text)))
    return "".join(letter for letter in text if letter.isprintable())
