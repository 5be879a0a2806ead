"""What several tests of letters and messages need: a sender, pictures, and their planned series."""

from __future__ import annotations

import datetime
import email
import email.policy
import os
import random
import shutil
from collections.abc import Callable, Sequence
from email.message import EmailMessage

import pytest

from photoprep.mail.enquiry import Enquiry
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence
from photoprep.mail.message import MessagePlan
from photoprep.mail.series import divide
from photoprep.preset import LetterSpec, MailSpec
from photoprep.profile import SenderProfile

TRADE = MailSpec(preferred_bytes=600_000, max_bytes=800_000, reserve_bytes=4_096)
DATE = datetime.date(2026, 11, 23)
WANG = SenderProfile(
    name="Wang Li",
    title="Export Manager",
    company="Hengli Tools Co., Ltd.",
    address="18 Haitian Road\nBeilun District, Ningbo 315800\nP. R. China",
    telephone="+86 574 8690 1234",
    email="wang.li@example.com",
)
TOOLBOX = [
    MailItem("Toolbox_X100_closed.jpg", 3_000, "Toolbox", "X100", "closed"),
    MailItem("Toolbox_X100_open.jpg", 3_001, "Toolbox", "X100", "open"),
    MailItem("strap.jpg", 3_002, "Toolbox", "X100", "accessory-not-included", "shoulder strap"),
    MailItem("Lamp_L20_front.jpg", 3_003, "Work Lamp", "L20", "front"),
]


def plan(
    items: Sequence[MailItem],
    letter: LetterSpec | None = None,
    *,
    spec: MailSpec = TRADE,
    profile: SenderProfile | None = WANG,
    customer: str = "",
    contact: str = "",
    enquiry: Enquiry | None = None,
) -> list[MessagePlan]:
    about = Correspondence(letter or LetterSpec("en"), profile, customer, DATE, contact, enquiry)
    return list(divide(items, spec, about).plans)


def within(limit_bytes: int) -> MailSpec:
    """Mails of at most so many bytes."""
    return MailSpec(preferred_bytes=1, max_bytes=limit_bytes, reserve_bytes=0)


def reader(items: Sequence[MailItem]) -> Callable[[str], bytes]:
    """Content that is different for each name, and the same each time."""
    sizes = {item.filename: item.size_bytes for item in items}
    return lambda name: random.Random(name).randbytes(sizes[name])


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    assert not message.defects
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def program(name: str, package: str) -> str:
    """Where a program of Debian's is; where it is missing the test is skipped, but never in CI."""
    found = shutil.which(name)
    if found is None and "PHOTOPREP_REQUIRE_READERS" in os.environ:
        pytest.fail(f"{name} is not installed (Debian package {package})")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return found
