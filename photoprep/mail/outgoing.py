"""The drafts of an output folder as a series that can be sent: whole, in order, as it lies.

Which files belong to it stands in report.json, which a run writes last of all: a draft that does
not weigh what the report says is another run's, half done, or was edited by a person.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from photoprep.errors import DraftUnusableError
from photoprep.language import say
from photoprep.mail.addressing import parted
from photoprep.mail.items import one_line

# The most a mail may weigh where no report says it: 800,000 less what servers add.
DEFAULT_LIMIT_BYTES = 795_904
_NUMBERED = re.compile(r"mail-(\d+)-of-(\d+)(-\d+)?\.eml")
_WHY = {
    "bare line break": say("a line in it does not end with CR and LF"),
    "not ASCII": say("it has characters that need encoding"),
    "line too long": say("a line in it is longer than 998 bytes"),
    "no header field": say("a line above its letter is no header"),
    "no headers": say("it has no headers"),
    "a header field twice": say("a header that may stand once stands twice"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail of the series as it lies: its file's name, its place, and all its bytes.

    ``subject``, ``sender`` (the From header; may be empty) and the ``attachments``' names are as
    people read them.
    """

    filename: str
    part: int
    total: int
    data: bytes
    subject: str
    sender: str
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutgoingSeries:
    """All drafts of an output folder in order.

    ``identity`` is another one as soon as a byte of any draft is another; ``limit_bytes`` is the
    most that a mail of it may weigh when it is sent, ``None`` where only the server knows.
    """

    drafts: tuple[Draft, ...]
    limit_bytes: int | None
    identity: str


def read_series(folder: Path, *, edited: bool = False) -> OutgoingSeries:
    """The series in an output folder; ``edited`` takes drafts that a person has changed.

    Raises:
        DraftUnusableError: there is none, a part of it is missing, or one cannot go as it lies.

    """
    report = _report(folder)
    rows = _rows(report, folder)
    if not rows:
        raise DraftUnusableError(
            say("There are no mails in this folder."),
            hint=say("Name the folder that photoprep has written, such as PHOTOS-prepared."),
            path=folder,
        )
    drafts = tuple(
        _draft(path, part + 1, len(rows), None if edited else size_bytes)
        for part, (path, size_bytes) in enumerate(rows)
    )
    digest = hashlib.sha256()
    for draft in drafts:
        digest.update(hashlib.sha256(draft.data).digest())
    return OutgoingSeries(drafts, _limit_bytes(report), digest.hexdigest()[:32])


def _report(folder: Path) -> dict[str, Any]:
    """The run's report; empty where there is none that could be read."""
    try:
        report = json.loads((folder / "report.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def _rows(report: dict[str, Any], folder: Path) -> list[tuple[Path, int | None]]:
    """The drafts' places in order, and what the report says that they weigh."""
    if report:
        listed = [(str(row["output"]), int(row["wire_bytes"])) for row in report.get("mails", [])]
        # The report is a file like any other: it must not lead elsewhere.
        return [(folder / "mails" / output.rpartition("/")[2], size) for output, size in listed]
    found = sorted(
        (int(numbers[1]), int(numbers[2]), path)
        for path in (folder / "mails").glob("mail-*-of-*.eml")
        if (numbers := _NUMBERED.fullmatch(path.name)) and not numbers[3]
    )
    if [(part, total) for part, total, _ in found] != [
        (part + 1, len(found)) for part in range(len(found))
    ]:
        raise DraftUnusableError(
            say("The mails in this folder are not one whole series."),
            hint=say("Prepare the photos again, which writes the series anew."),
            path=folder / "mails",
        )
    return [(path, None) for _, _, path in found]


def _draft(path: Path, part: int, total: int, size_bytes: int | None) -> Draft:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DraftUnusableError(
            say("This mail of the series cannot be read ({reason}).", reason=reason),
            hint=say("Prepare the photos again, which writes the series anew."),
            path=path,
        ) from error
    if size_bytes not in (None, len(data)):
        raise DraftUnusableError(
            say(
                "This mail has {found} bytes, and the report says {planned}.",
                found=len(data),
                planned=size_bytes or 0,
            ),
            hint=say(
                "Prepare the photos again; if you changed the mail yourself, send it with --edited."
            ),
            path=path,
        )
    try:
        parted(data)
    except ValueError as error:
        raise DraftUnusableError(
            say("This mail cannot be sent as it lies: {reason}.", reason=_WHY[str(error)]),
            hint=say("Prepare the photos again, which writes the series anew."),
            path=path,
        ) from error
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    return Draft(
        path.name,
        part,
        total,
        data,
        one_line(str(message.get("Subject", ""))),
        one_line(str(message.get("From", ""))),
        tuple(_attachments(message)),
    )


def _attachments(message: EmailMessage) -> Iterator[str]:
    if not message.is_multipart():
        return
    for part in message.iter_attachments():
        yield one_line(part.get_filename() or part.get_content_type())


def _limit_bytes(report: dict[str, Any]) -> int | None:
    """What a mail may weigh when it is sent: by the report, else what all mailboxes take."""
    plans = report.get("mail_plans")
    if not isinstance(plans, dict) or not isinstance(plans.get("limit_bytes"), int):
        return DEFAULT_LIMIT_BYTES
    # Whoever was told a limit in file sizes knows none on the wire.
    return None if plans.get("count") == "raw" else int(plans["limit_bytes"])
