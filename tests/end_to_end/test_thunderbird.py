"""A draft in a real Thunderbird: opened, saved, sent, and what became of it measured."""

from __future__ import annotations

import base64
import email
import email.policy
import os
import subprocess
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from PIL import Image

if sys.platform == "win32":
    pytest.skip("needs Xvfb", allow_module_level=True)

from photoprep.mail.draft_files import attachments_of, identity_of
from tests.end_to_end.thunderbird import missing_programs, writing
from tests.ports import free_port
from tests.support import photoprep

LIMIT_BYTES, RESERVE_BYTES = 800_000, 4_096
RECIPIENT = "buyer@customer.example"
CHINESE_NAME = "工具箱_X100_打开.jpg"
SERIES = "<0123456789abcdef.series@example.com>"
MESSAGE_ID = "<0123456789abcdef.mail@example.com>"

pytestmark = pytest.mark.skipif(
    bool(missing_programs()) and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason=f"not installed: {', '.join(missing_programs())}",
)


@dataclass(frozen=True)
class Became:
    """The draft as photoprep wrote it, as Thunderbird saved it, and as it came to a server."""

    draft: bytes
    saved: bytes
    sent: bytes
    recipients: list[str]


class Inbox:
    """Takes what comes."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        self.received.append(envelope)
        return "250 taken"


@pytest.fixture(scope="module")
def became(tmp_path_factory: pytest.TempPathFactory) -> Became:
    """One mail of three photos, as large as mails get, taken through Thunderbird."""
    folder = tmp_path_factory.mktemp("thunderbird")
    draft = with_recipient(with_chinese_name(largest_draft(folder)))
    path = folder / "mail.eml"
    path.write_bytes(draft)
    try:
        return through_thunderbird(path, folder / "home")
    except (TimeoutError, subprocess.SubprocessError):  # a loaded machine, a key that was lost
        return through_thunderbird(path, folder / "second home")


def largest_draft(folder: Path) -> bytes:
    """A draft by the real command: three photos of noise, each at its budget of 191 kB."""
    rng = np.random.default_rng(8)
    photos = folder / "photos"
    photos.mkdir()
    for view in ("closed", "open", "back"):
        noise = rng.integers(0, 256, (900, 1200, 3), dtype=np.uint8)
        Image.fromarray(noise).save(photos / f"Toolbox X100 {view}.png", compress_level=1)
    preset = folder / "preset.toml"
    shown = photoprep("presets", "show", "trade-email").stdout
    preset.write_text(shown.replace('"200 kB"', '"191 kB"'), encoding="utf-8")
    out = folder / "out"
    told = photoprep(photos, "--out", out, "--preset", preset, "--no-sheets", "--jobs", "1")
    assert told.returncode == 0, told.stderr
    (draft,) = (out / "mails").iterdir()
    return draft.read_bytes()


def with_chinese_name(draft: bytes) -> bytes:
    """The draft with its last photo named in Chinese, in the double form (RFC 2231 and 2047)."""
    word = base64.b64encode(CHINESE_NAME.encode()).decode()
    percent = "".join(f"%{byte:02X}" for byte in CHINESE_NAME.encode())
    lines = (
        f'Content-Type: image/jpeg;\r\n name="=?utf-8?b?{word}?="',
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{percent}",
    )
    before, _, part = draft.rpartition(b"Content-Type: image/jpeg")
    _, _, content = part.partition(b"\r\n\r\n")
    return before + "\r\n".join([*lines, "", ""]).encode("ascii") + content


def with_recipient(draft: bytes) -> bytes:
    """The draft with somebody to send it to, and with identifiers where it has none yet."""
    head, blank, body = draft.partition(b"\r\n\r\n")
    head += f"\r\nTo: {RECIPIENT}".encode("ascii")
    if b"\r\nMessage-ID:" not in head:
        head += f"\r\nMessage-ID: {MESSAGE_ID}\r\nReferences: {SERIES}".encode("ascii")
    return head + blank + body


def through_thunderbird(draft: Path, home: Path) -> Became:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, data_size_limit=LIMIT_BYTES)
    controller.start()
    try:
        with writing(draft, home, smtp_port=port) as thunderbird:
            saved = thunderbird.saved_draft()
            (envelope,) = thunderbird.press_until("ctrl+Return", lambda: inbox.received)
    finally:
        controller.stop()
    assert isinstance(envelope.content, bytes)
    return Became(draft.read_bytes(), saved, envelope.content, envelope.rcpt_tos)


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def attached(data: bytes) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), part.get_content()) for part in parsed(data).iter_attachments()]


def test_names_and_bytes_of_the_attachments_stay(became: Became) -> None:
    photos = attached(became.draft)
    assert [name for name, _ in photos][2:] == [CHINESE_NAME]
    assert str(photos[0][0]).isascii()
    assert attached(became.saved) == photos
    assert attached(became.sent) == photos


def test_a_mail_as_large_as_they_get_stays_within_its_reserve(became: Became) -> None:
    """Thunderbird wraps base64 at 72 characters instead of 76, and writes other headers."""
    assert len(became.draft) > 750_000
    assert len(became.saved) <= len(became.draft) + RESERVE_BYTES
    assert len(became.sent) <= len(became.draft) + RESERVE_BYTES


def test_subject_recipient_and_letter_stay(became: Became) -> None:
    draft = parsed(became.draft)
    for message in (parsed(became.saved), parsed(became.sent)):
        assert message["Subject"] == draft["Subject"]
        assert message["To"] == RECIPIENT
        body = message.get_body()
        assert body is not None
        assert "Dear Sir or Madam" in body.get_content()
    assert became.recipients == [RECIPIENT]


def test_the_message_id_is_new_and_the_thread_holds(became: Became) -> None:
    ids = [parsed(data)["Message-ID"] for data in (became.draft, became.saved, became.sent)]
    assert len(set(ids)) == 3
    series = identity_of(became.draft).series
    assert series
    for data in (became.saved, became.sent):
        assert identity_of(data).series == series
        assert parsed(data)["X-Unsent"] is None


def test_a_second_run_of_drafts_would_know_it_again(became: Became) -> None:
    draft, saved = identity_of(became.draft), identity_of(became.saved)
    assert attachments_of(became.saved) == attachments_of(became.draft)
    assert (saved.series, saved.numbering) == (draft.series, draft.numbering)
    assert (draft.unsent, saved.unsent) == (True, False)
