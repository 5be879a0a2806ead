"""Output folders with drafts in them, made at once, and what it takes to send them."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from photoprep.mail.account import Account, Server
from photoprep.mail.accounts import account_text
from photoprep.mail.addressing import Addressees
from photoprep.mail.mailboxes import parse_mailbox
from photoprep.mail.outbox import Outbox
from photoprep.mail.outgoing import read_series
from photoprep.mail.sending import Pace, Postman, Sending
from photoprep.mail.smtp import Session, Timeouts

# For servers that answer: long enough for a machine with much else to do.
PATIENT = Timeouts(connect_s=60, command_s=60, content_s=60, verdict_s=60)
AT_ONCE = Pace(pause_s=0, waits_s=(0, 0))


def draft_bytes(
    part: int, total: int, *, size_bytes: int = 3_000, message_id: bool = True, first: bool = True
) -> bytes:
    """A draft as photoprep writes it: no To, a letter with a dot at a line's start, a picture."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Li Wang <sales@example.com>"
    message["Subject"] = f"Product pictures: Toolbox X100 ({part}/{total})"
    message["Date"] = "Mon, 23 Nov 2026 12:00:00 +0000"
    if message_id:
        message["Message-ID"] = f"<draft-{part}@example.com>"
        if part > 1 and first:
            message["In-Reply-To"] = "<draft-1@example.com>"
        message["References"] = "<root@example.com>" + (
            " <draft-1@example.com>" if part > 1 and first else ""
        )
    message["X-Unsent"] = "1"
    message.set_content(f"Dear Sir or Madam,\n\n.\n.. two dots\nMail {part} of {total}.\n")
    picture = bytes((part * 7 + place) % 256 for place in range(256)) * (size_bytes // 256 + 1)
    message.add_attachment(
        picture[:size_bytes], maintype="image", subtype="jpeg", filename=f"Toolbox_{part}.jpg"
    )
    message.set_boundary(f"=_{part:032d}")
    return message.as_bytes()


def make_out(folder: Path, total: int = 3, *, report: bool = True, **of_drafts: int | bool) -> Path:
    """An output folder with a series of so many small mails."""
    (folder / "mails").mkdir(parents=True, exist_ok=True)
    (folder / ".photoprep").mkdir(exist_ok=True)
    rows = []
    for part in range(1, total + 1):
        name = f"mails/mail-{part}-of-{total}.eml"
        data = draft_bytes(part, total, **of_drafts)  # type: ignore[arg-type]
        (folder / name).write_bytes(data)
        rows.append({"output": name, "wire_bytes": len(data)})
    if report:
        told = {"schema": 1, "preset": "trade-email", "mails": rows}
        (folder / "report.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def account_at(port: int) -> Account:
    """An account whose server listens on loopback."""
    return Account(
        "work",
        "sales@example.com",
        "sales@example.com",
        Server("127.0.0.1", port, "plain"),
    )


def use_account(config_folder: Path, port: int) -> None:
    """Make it the only account in the user's settings."""
    text = account_text(account_at(port))
    (config_folder / "accounts.toml").write_text(text, encoding="utf-8")


def sending_of(
    folder: Path, port: int, *to: str, cc: tuple[str, ...] = (), bcc: tuple[str, ...] = ()
) -> Sending:
    """What sends the folder's series to these people."""
    people = [tuple(map(parse_mailbox, some)) for some in (to or ("a@example.org",), cc, bcc)]
    return Sending(read_series(folder), account_at(port), Addressees(*people))


def ticking() -> Callable[[], datetime.datetime]:
    """A clock that goes on by a second each time that it is asked."""
    begin = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
    seconds = itertools.count()
    return lambda: begin + datetime.timedelta(seconds=next(seconds))


def journal(folder: Path) -> Path:
    return folder / ".photoprep" / "outbox.db"


def postman(
    sending: Sending,
    outbox: Outbox,
    *,
    pace: Pace = AT_ONCE,
    sleep: Callable[[float], None] = lambda _: None,
    timeouts: Timeouts = PATIENT,
) -> Postman:
    """A postman with a clock that ticks and a sleep that takes no time."""
    server = sending.account.smtp
    assert server is not None
    return Postman(
        sending, outbox, lambda: Session(server, timeouts=timeouts), pace, ticking(), sleep
    )


def states(folder: Path, sending: Sending) -> dict[str, list[str]]:
    """Each recipient's states, part by part, as a look into the journal tells them."""
    with Outbox(journal(folder), look=True) as outbox:
        known = sending.deliveries(outbox)
    return {
        key: [next(each for each in row if each.recipient == key).state for row in known.values()]
        for key in sending.keys
    }
