"""A series of mails: planned to the byte from names and sizes, then built from the content.

A plan holds everything that a message says but the pictures themselves, so a message can be built
at any time, in any process, and is the same bytes each time. What was planned and what was built
are held against each other: a message that weighs another byte is never handed out.

    multipart/mixed
      multipart/alternative (where there is a template of HTML)
        text/plain
        text/html
      image/jpeg, attached, and so on
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from pathlib import Path

from photoprep.errors import SourceChangedError
from photoprep.language import say
from photoprep.mail.headers import WIRE_POLICY
from photoprep.mail.identity import threading
from photoprep.mail.items import Attachment, MailItem
from photoprep.mail.letter import Letter, Part, is_excluded, subject
from photoprep.mail.wire_size import BOUNDARY_CHARS, message_bytes, travels_unencoded

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """One mail of a series: all of it but the content of its pictures.

    ``headers`` are name and value in order, values as people read them; ``text`` is the letter,
    and ``html`` the same again, empty where it goes as text alone; ``wire_bytes`` is exactly what
    the finished message weighs.
    """

    number: int
    total: int
    attachments: tuple[MailItem, ...]
    headers: Headers
    text: str
    html: str
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
    outer, inner = _boundaries(plan, attachments)
    message["Content-Type"] = f'multipart/mixed; boundary="{outer}"'
    message.set_payload([_letter_part(plan, inner), *map(_image_part, attachments)])
    data = message.as_bytes()
    if len(data) != plan.wire_bytes:
        raise AssertionError(f"{plan.filename}: {len(data)} bytes, planned {plan.wire_bytes}")
    return data


def _letter_part(plan: MessagePlan, boundary: str) -> MIMEPart:
    text = _text_part(plan.text, "plain")
    if not plan.html:
        return text
    part = MIMEPart(policy=WIRE_POLICY)
    part["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    # The best last: a reader takes the last one that it can show (RFC 2046, 5.1.4).
    part.set_payload([text, _text_part(plan.html, "html")])
    return part


def _text_part(text: str, subtype: str) -> MIMEPart:
    part = MIMEPart(policy=WIRE_POLICY)
    # Said outright: left alone, Chinese goes as 8bit, which not every server takes (RFC 6152).
    part.set_content(text, subtype, cte="7bit" if travels_unencoded(text) else "base64")
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
        params={} if attachment.filename.isascii() else {"name": attachment.filename},
    )
    return part


def _boundaries(plan: MessagePlan, attachments: Sequence[Attachment]) -> tuple[str, str]:
    """Two boundaries of fixed length that are the same for the same content, and in none of it.

    A delimiter line begins with two hyphens, which base64 has not, and a letter that goes
    unencoded would have to quote a hash of itself.
    """
    digest = hashlib.sha256()
    texts = [plan.text, plan.html, *(text for header in plan.headers for text in header)]
    chunks = [text.encode("utf-8") for text in texts]
    for attachment in attachments:
        chunks += [attachment.filename.encode("utf-8"), attachment.data]
    for chunk in chunks:
        # The length first, so that no two lists of chunks make one stream.
        digest.update(len(chunk).to_bytes(8, "big") + chunk)
    drawn = digest.hexdigest()
    chars = BOUNDARY_CHARS - len("=_")
    return f"=_{drawn[:chars]}", f"=_{drawn[chars : 2 * chars]}"


def draft_headers(
    writer: Letter, stem: str, number: int, total: int, message_id: str, first_id: str
) -> Headers:
    """The headers of a draft, in order; ``first_id`` is the Message-ID of part 1.

    No To: nobody is known yet. The Message-ID is for whoever looks whether this very draft is
    there already; the one who sends may give another. X-Unsent opens the draft for writing in
    Outlook and Thunderbird.
    """
    headers = []
    if writer.profile is not None and writer.profile.email:
        name = writer.profile.name or writer.profile.company
        headers.append(("From", str(Address(name, addr_spec=writer.profile.email))))
    # Noon, so that the day is the same nearly everywhere; a clock would change the bytes.
    noon = datetime.datetime.combine(writer.date, datetime.time(12), datetime.UTC)
    answers = first_id if number > 1 else ""
    return (
        *headers,
        ("Subject", subject(stem, language=writer.language, number=number, total=total)),
        ("Date", format_datetime(noon)),
        *threading(writer.series, message_id, answers=answers, enquiry=writer.enquiry),
        ("MIME-Version", "1.0"),
        ("X-Unsent", "1"),
    )


def plan_message(
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
        excluded=sum(map(is_excluded, attached)),
    )
    first_id = _message_id(writer, stem, items, runs, 1)
    own_id = first_id if number == 1 else _message_id(writer, stem, items, runs, number)
    headers = draft_headers(writer, stem, number, len(runs), own_id, first_id)
    text, html = writer.text(attached, part), writer.html(attached, part)
    sizes = [(item.filename, item.size_bytes) for item in attached]
    wire_bytes = message_bytes(headers, [text, html] if html else [text], sizes)
    return MessagePlan(number, len(runs), attached, headers, text, html, wire_bytes)


def _message_id(
    writer: Letter, stem: str, items: Sequence[MailItem], runs: Sequence[range], number: int
) -> str:
    """The Message-ID of a mail: of the series, which knows all its words, and of its pictures."""
    run = runs[number - 1]
    return writer.series.message_id(
        stem,
        number,
        len(runs),
        len(items) - run.stop,
        [[item.filename, item.size_bytes, item.sha256] for item in items[run.start : run.stop]],
    )
