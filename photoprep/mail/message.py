"""A series of mails: planned to the byte from names and sizes, then built from the content.

A plan holds everything that a message says but the pictures themselves, so a message can be built
at any time, in any process, and is the same bytes each time. What was planned and what was built
are held against each other: a message that weighs another byte is never handed out.
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
from photoprep.mail.items import Attachment, MailItem
from photoprep.mail.letter import Letter, Part, subject
from photoprep.mail.wire_size import BOUNDARY_CHARS, message_bytes, travels_unencoded

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


def draft_headers(writer: Letter, stem: str, number: int, total: int) -> Headers:
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
    )
    headers = draft_headers(writer, stem, number, len(runs))
    text = writer.text(attached, part)
    sizes = [(item.filename, item.size_bytes) for item in attached]
    return MessagePlan(
        number, len(runs), attached, headers, text, message_bytes(headers, text, sizes)
    )
