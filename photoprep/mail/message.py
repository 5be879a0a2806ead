"""A series of mails: planned to the byte from names and sizes, then built from the content.

A plan holds everything that a message says but the pictures themselves, so a message can be built
at any time, in any process, and is the same bytes each time. What was planned and what was built
are held against each other: a message that weighs another byte is never handed out.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from itertools import accumulate, pairwise, product
from pathlib import Path

from photoprep.errors import SourceChangedError
from photoprep.language import say
from photoprep.mail.headers import WIRE_POLICY
from photoprep.mail.items import Attachment, MailItem
from photoprep.mail.letter import Letter, Part, subject, subject_stem
from photoprep.mail.packing import PackItem, pack
from photoprep.mail.wire_size import (
    BOUNDARY_CHARS,
    attachment_bytes,
    frame_bytes,
    message_bytes,
    text_bytes,
    text_part_bytes,
    travels_unencoded,
)
from photoprep.preset import LetterSpec, MailSpec
from photoprep.profile import SenderProfile

__all__ = ["Attachment", "MailItem", "MessagePlan", "build_message", "mail_filename", "plan_series"]

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """One mail of a series: all of it but the content of its pictures.

    ``headers`` are name and value in order, values as people read them; ``text`` is the letter;
    ``wire_bytes`` is exactly what the finished message weighs.
    """

    number: int
    total: int
    attachments: tuple[MailItem, ...]
    headers: Headers
    text: str
    wire_bytes: int

    @property
    def filename(self) -> str:
        """The name of the draft's file, ``mail-01-of-12.eml``."""
        return mail_filename(self.number, self.total)

    @property
    def raw_bytes(self) -> int:
        """What the attached files weigh before they are encoded."""
        return sum(item.size_bytes for item in self.attachments)

    @property
    def subject(self) -> str:
        """The subject as people read it."""
        return dict(self.headers)["Subject"]


def mail_filename(number: int, total: int) -> str:
    """The name of a draft's file, with as many digits as the total needs.

    Raises:
        ValueError: there is no mail ``number`` of ``total``.

    """
    if not 1 <= number <= total:
        raise ValueError(f"there is no mail {number} of {total}")
    return f"mail-{number:0{len(str(total))}}-of-{total}.eml"


def plan_series(
    items: Sequence[MailItem],
    *,
    spec: MailSpec,
    letter: LetterSpec,
    profile: SenderProfile | None,
    customer: str,
    date: datetime.date,
) -> list[MessagePlan]:
    """Divide the pictures over as few mails as hold them; ``packing`` says which plan is best.

    The order of ``items`` is kept, so those of one product stand together. No plan weighs more
    than ``spec.limit_bytes``. No items give no mails.

    A mail's own words say how many mails there are, so the sizes depend on the answer. The series
    is therefore packed as if its numbers had one digit, then two, and so on, until the number of
    mails has no more digits than were allowed for; it never exceeds the number of items, so that
    is an end.

    Raises:
        MailTooLargeError: one picture alone makes a mail over the limit.
        ValueError: two items have the same file name (where case does not matter).

    """
    _check_names_differ(items)
    if not items:
        return []
    writer = Letter(letter.language, profile, customer, date)
    stem = subject_stem(items, letter.language)
    whole = range(len(items))
    single = _plan_message(writer, stem, items, [whole], 1)
    if single.wire_bytes <= spec.limit_bytes:
        return [single]

    packed = [PackItem(item.title, item.filename, item.size_bytes) for item in items]
    runs = [whole]
    for digits in range(1, len(str(len(items))) + 1):
        runs = pack(packed, _RunSizes(writer, stem, items, digits).wire_bytes, spec)
        if len(str(len(runs))) <= digits:
            break
    plans = [_plan_message(writer, stem, items, runs, i + 1) for i in range(len(runs))]
    over = [plan for plan in plans if plan.wire_bytes > spec.limit_bytes]
    if over:
        raise AssertionError(f"planned {over[0].filename} with {over[0].wire_bytes} bytes")
    return plans


def build_message(plan: MessagePlan, read: Callable[[str], bytes]) -> bytes:
    """The finished message, in the bytes that go onto the wire; the same ones each time.

    ``read`` gives the content of an attachment by its file name.

    Raises:
        SourceChangedError: a picture has not the size that was planned with.

    """
    attachments = [Attachment(item.filename, read(item.filename)) for item in plan.attachments]
    for item, attachment in zip(plan.attachments, attachments, strict=True):
        if len(attachment.data) != item.size_bytes:
            raise SourceChangedError(
                say(
                    "The picture has {found} bytes, and the mail was planned with {planned}.",
                    found=len(attachment.data),
                    planned=item.size_bytes,
                ),
                hint=say("Run again, so that the mails are planned anew."),
                path=Path(item.filename),
            )
    message = EmailMessage(policy=WIRE_POLICY)
    for name, value in plan.headers:
        message[name] = value
    message["Content-Type"] = f'multipart/mixed; boundary="{_boundary(plan, attachments)}"'
    message.set_payload([_text_part(plan.text), *map(_image_part, attachments)])
    data = message.as_bytes()
    if len(data) != plan.wire_bytes:
        raise AssertionError(f"{plan.filename}: {len(data)} bytes, planned {plan.wire_bytes}")
    return data


def _text_part(text: str) -> MIMEPart:
    part = MIMEPart(policy=WIRE_POLICY)
    # Said outright: left alone, Chinese goes as 8bit, which not every server takes (RFC 6152).
    part.set_content(text, cte="7bit" if travels_unencoded(text) else "base64")
    return part


def _image_part(attachment: Attachment) -> MIMEPart:
    part = MIMEPart(policy=WIRE_POLICY)
    # An attachment and no inline picture: older Outlooks make those hard to save.
    part.set_content(
        attachment.data,
        maintype="image",
        subtype="jpeg",
        disposition="attachment",
        filename=attachment.filename,
    )
    return part


def _boundary(plan: MessagePlan, attachments: Sequence[Attachment]) -> str:
    """A boundary of fixed length that is the same for the same content, and in none of it.

    A delimiter line begins with two hyphens, which base64 has not, and a letter that goes
    unencoded would have to quote a hash of itself.
    """
    digest = hashlib.sha256()
    texts = [plan.text, *(text for header in plan.headers for text in header)]
    chunks = [text.encode("utf-8") for text in texts]
    for attachment in attachments:
        chunks += [attachment.filename.encode("ascii"), attachment.data]
    for chunk in chunks:
        # The length first, so that no two lists of chunks make one stream.
        digest.update(len(chunk).to_bytes(8, "big") + chunk)
    return f"=_{digest.hexdigest()}"[:BOUNDARY_CHARS]


def _headers(writer: Letter, stem: str, number: int, total: int) -> Headers:
    """The headers of a draft, in order.

    No To: nobody is known yet. No Message-ID: the one who sends gives it, and a draft that is
    opened and sent twice must not go out twice under one (RFC 5322, 3.6.4). X-Unsent opens the
    draft for writing in Outlook and Thunderbird.
    """
    headers = []
    if writer.profile is not None and writer.profile.email:
        name = writer.profile.name or writer.profile.company
        headers.append(("From", str(Address(name, addr_spec=writer.profile.email))))
    # Noon, so that the day is the same nearly everywhere; a clock would change the bytes.
    noon = datetime.datetime.combine(writer.date, datetime.time(12), datetime.UTC)
    return (
        *headers,
        ("Subject", subject(stem, language=writer.language, number=number, total=total)),
        ("Date", format_datetime(noon)),
        ("MIME-Version", "1.0"),
        ("X-Unsent", "1"),
    )


def _plan_message(
    writer: Letter, stem: str, items: Sequence[MailItem], runs: Sequence[range], number: int
) -> MessagePlan:
    """Mail ``number`` of the series that has these runs, weighed exactly."""
    run = runs[number - 1]
    attached = tuple(items[run.start : run.stop])
    part = Part(
        number=number,
        total=len(runs),
        pictures=len(attached),
        products=len({item.title for item in attached}),
        remaining=len(items) - run.stop,
    )
    headers = _headers(writer, stem, number, len(runs))
    text = writer.text(attached, part)
    sizes = [(item.filename, item.size_bytes) for item in attached]
    return MessagePlan(
        number, len(runs), attached, headers, text, message_bytes(headers, text, sizes)
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What surrounds the list of pictures: headers, and the letter above and below the list."""

    frame_bytes: int
    letter_bytes: int
    unencoded: bool

    @classmethod
    def of(cls, writer: Letter, headers: Headers, part: Part) -> _Around:
        """Weigh the surroundings of the list in this part of a series."""
        opening, ending = writer.opening(part), writer.ending(part)
        return cls(
            frame_bytes(headers),
            text_bytes(opening) + text_bytes(ending),
            travels_unencoded(opening) and travels_unencoded(ending),
        )


class _RunSizes:
    """What a mail with any run of the items weighs at most, each answer in constant time.

    Exact but for the mail's number, which is taken with ``digits`` digits, as many as the total
    has: a few bytes above the truth, never below. The words for the first mail and for the last
    are a few bytes shorter than the others, and a picture more weighs hundreds, so a longer run
    weighs more.
    """

    def __init__(self, writer: Letter, stem: str, items: Sequence[MailItem], digits: int) -> None:
        most = 10**digits - 1
        self._around = {
            (number > 1, *counts): _Around.of(
                writer, _headers(writer, stem, number, most), Part(number, most, *counts)
            )
            for number in (1, most)
            for counts in product((1, 2), (1, 2), (0, 1, 2))
        }
        headings = ["\n".join(writer.heading_lines(item)) + "\n" for item in items]
        lines = [writer.picture_line(item) + "\n" for item in items]
        changes = [False, *(now.title != item.title for item, now in pairwise(items))]
        self._heading_bytes = [text_bytes(heading) for heading in headings]
        # Sums over the first i items, so that a run costs two look-ups each.
        self._changes = _sums_before(changes)
        self._later_headings = _sums_before(
            size if change else 0 for size, change in zip(self._heading_bytes, changes, strict=True)
        )
        self._lines = _sums_before(map(text_bytes, lines))
        self._encoded = _sums_before(
            not (travels_unencoded(heading) and travels_unencoded(line))
            for heading, line in zip(headings, lines, strict=True)
        )
        self._attachments = _sums_before(
            attachment_bytes(item.filename, item.size_bytes) for item in items
        )

    def wire_bytes(self, first: int, stop: int) -> int:
        """At least what a mail with items[first:stop] weighs."""
        several_products = self._changes[stop] > self._changes[first + 1]
        remaining = len(self._heading_bytes) - stop
        around = self._around[
            first > 0, min(stop - first, 2), 2 if several_products else 1, min(remaining, 2)
        ]
        letter_bytes = (
            around.letter_bytes
            + self._heading_bytes[first]
            + self._later_headings[stop]
            - self._later_headings[first + 1]
            + self._lines[stop]
            - self._lines[first]
        )
        unencoded = around.unencoded and self._encoded[stop] == self._encoded[first]
        return (
            around.frame_bytes
            + text_part_bytes(letter_bytes, unencoded=unencoded)
            + self._attachments[stop]
            - self._attachments[first]
        )


def _sums_before(values: Iterable[int]) -> list[int]:
    """Under i: the sum of the first i values."""
    return [*accumulate(values, initial=0)]


def _check_names_differ(items: Sequence[MailItem]) -> None:
    """Two attachments of one name would overwrite each other where they are saved."""
    seen: set[str] = set()
    for item in items:
        if item.filename.lower() in seen:
            raise ValueError(f"two pictures are named {item.filename!r}")
        seen.add(item.filename.lower())
