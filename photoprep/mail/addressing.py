"""A draft becomes a mail to somebody: header lines are rewritten, and not one byte of its body.

A draft knows no recipient and bears ``X-Unsent``. What is sent has To and Cc, a date, and a
Message-ID that is derived from the series, its recipients, its part and its content: it is fixed
before the first attempt, and another attempt sends the same one (RFC 5322, 3.6.4). Where drafts
cite each other, what is sent cites what is sent. Bcc stands in no message.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from photoprep.errors import UsageError
from photoprep.language import say
from photoprep.mail.mailboxes import Mailbox, header_line

_CRLF = b"\r\n"
# What is never taken over from a draft: it is made anew, or has no place in what is sent.
_DROPPED = frozenset(
    {"to", "cc", "bcc", "date", "message-id", "in-reply-to", "references", "x-unsent"}
)
_LINE_MAX_BYTES = 998  # RFC 5322, 2.1.1, without the CRLF
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]?[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")
_MESSAGE_ID = re.compile(rb"<[!-;=?-~]+>")


@dataclass(frozen=True, slots=True)
class Addressees:
    """Who gets the series; each stands once, where it was first named."""

    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for field in ("to", "cc", "bcc"):
            kept = []
            for mailbox in getattr(self, field):
                if mailbox.key not in seen:
                    kept.append(mailbox)
                seen.add(mailbox.key)
            object.__setattr__(self, field, tuple(kept))
        if not self.to:
            raise UsageError(
                say("Nobody is named to send to."), hint=say("Say who gets it: --to ADDRESS.")
            )

    @property
    def all(self) -> tuple[Mailbox, ...]:
        """Everybody, in order: To, Cc, Bcc."""
        return self.to + self.cc + self.bcc


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as its bytes are: header fields by lower-case name, and all the rest.

    A field has its folds and its CRLF; ``body`` begins with the empty line.
    """

    fields: tuple[tuple[str, bytes], ...]
    body: bytes

    def field(self, name: str) -> bytes:
        """The first field of that name; empty where there is none."""
        return next((raw for known, raw in self.fields if known == name), b"")


def parted(data: bytes) -> RawMessage:
    """Header fields and body of a message, if it can travel as it is.

    Raises:
        ValueError: it cannot; the text says why. A line that a bare CR or LF ends would be
            another message to some servers (it "smuggles" one in), and what is not ASCII needs
            servers that take 8 bits.

    """
    if data.count(b"\r") != data.count(_CRLF) or data.count(b"\n") != data.count(_CRLF):
        raise ValueError("bare line break")
    if b"\0" in data or not data.isascii():
        raise ValueError("not ASCII")
    if max(map(len, data.split(_CRLF))) > _LINE_MAX_BYTES:
        raise ValueError("line too long")
    head, blank, _ = data.partition(_CRLF + _CRLF)
    fields, at = [], 0
    while at < len(head):
        found = _FIELD.match(data, at)
        if found is None:
            raise ValueError("no header field")
        fields.append((found[1].decode("ascii").lower(), found[0]))
        at = found.end()
    if not blank or not fields:
        raise ValueError("no headers")
    once = [name for name, _ in fields if name in ("from", "subject", "sender", "content-type")]
    if len(once) != len(set(once)):
        raise ValueError("a header field twice")
    return RawMessage(tuple(fields), data[at:])


class DraftLike(Protocol):
    """What addressing needs of a draft."""

    @property
    def part(self) -> int:
        """Its number in the series, from 1."""

    @property
    def data(self) -> bytes:
        """The whole message."""


def message_ids(
    series: str, drafts: Sequence[DraftLike], sender: Mailbox, addressees: Addressees
) -> list[str]:
    """A Message-ID for each part, the same at each run for the same parts and people.

    Bcc has no part in it: whoever guesses at such an address shall not find out by a hash.
    """
    people = [[mailbox.key for mailbox in row] for row in (addressees.to, addressees.cc)]
    domain = sender.address.rpartition("@")[2]
    ids = []
    for draft in drafts:
        content = hashlib.sha256(draft.data).hexdigest()
        derived = json.dumps([series, sender.key, people, draft.part, content]).encode()
        ids.append(f"<{hashlib.sha256(derived).hexdigest()[:32]}@{domain}>")
    return ids


def ids_of_drafts(drafts: Sequence[DraftLike], sent: Sequence[str]) -> dict[bytes, bytes]:
    """What each draft is called, by its Message-ID if it has one, and what its mail will be."""
    return {
        found: new.encode("ascii")
        for draft, new in zip(drafts, sent, strict=True)
        for found in _ids(parted(draft.data).field("message-id"))
    }


def addressed(
    draft: DraftLike,
    sender: Mailbox,
    addressees: Addressees,
    *,
    ids: Sequence[str],
    renamed: Mapping[bytes, bytes],
    date: str,
) -> bytes:
    """The mail that is sent: the draft's own bytes below new header lines.

    ``ids`` are the whole series' Message-IDs, ``renamed`` what they were as drafts, ``date`` is
    the value of the Date header (RFC 5322, 3.3). Parts after the first answer the first.
    """
    message = parted(draft.data)
    lines = [message.field("from") or header_line("From", [sender])]
    lines.append(header_line("To", addressees.to))
    if addressees.cc:
        lines.append(header_line("Cc", addressees.cc))
    lines.append(f"Date: {date}\r\n".encode("ascii"))
    lines.append(f"Message-ID: {ids[draft.part - 1]}\r\n".encode("ascii"))
    lines += _threads(message, ids[0].encode("ascii") if draft.part > 1 else b"", renamed)
    lines += [raw for name, raw in message.fields if name not in _DROPPED and name != "from"]
    return b"".join(lines) + message.body


def _threads(message: RawMessage, first: bytes, renamed: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """In-Reply-To and References (RFC 5322, 3.6.4), which keep a series in one thread."""
    answered, cited = (
        [renamed.get(each, each) for each in _ids(message.field(name))]
        for name in ("in-reply-to", "references")
    )
    if first:
        answered = answered or [first]
        cited += [] if first in cited else [first]
    for name, ids in ((b"In-Reply-To", answered), (b"References", cited)):
        if ids:
            yield name + b": " + b"\r\n ".join(ids) + _CRLF


def _ids(field: bytes) -> list[bytes]:
    return _MESSAGE_ID.findall(field)
