"""Every part of a series made of real photos is taken by servers with a limit of 800,000 bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from photoprep.errors import ExitCode
from tests.mail.outgoing_folder import use_account
from tests.mail.smtp_servers import LIMIT_BYTES, needs_postfix, postfix
from tests.ports import free_port
from tests.support import photoprep


class _Inbox:
    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name for it
        assert isinstance(envelope.original_content, bytes)
        self.received.append(envelope.original_content)
        return "250 2.0.0 OK"


@pytest.fixture(scope="module", params=["products", "camera", "colour", "formats", "odd"])
def of_real_photos(
    request: pytest.FixtureRequest, real_photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A series of real photos and the sheets of them."""
    out = tmp_path_factory.mktemp("real") / "out"
    told = photoprep(real_photos / request.param, "--out", out, "--date", "2026-11-23", "--quiet")
    assert told.returncode in (ExitCode.DONE, ExitCode.SOME_FAILED), told.stderr
    assert list((out / "mails").iterdir())
    return out


def test_aiosmtpd_takes_every_part_of_a_real_series(
    of_real_photos: Path, config_folder: Path
) -> None:
    inbox = _Inbox()
    controller = Controller(inbox, "127.0.0.1", free_port(), data_size_limit=LIMIT_BYTES)
    controller.start()
    try:
        use_account(config_folder, controller.port)
        told = photoprep(
            "send", of_real_photos, "--to", "王丽 <li@例え.jp>", "--yes", "--pause", "0", "--json"
        )
    finally:
        controller.stop()
    assert told.returncode == 0, told.stderr
    mails = json.loads(told.stdout)["mails"]
    drafts = [(of_real_photos / mail["draft"]).read_bytes() for mail in mails]
    assert len(inbox.received) == len(mails) == len(list((of_real_photos / "mails").iterdir()))
    for mail, draft, data in zip(mails, drafts, inbox.received, strict=True):
        assert len(data) == mail["wire_bytes"] <= 795_904
        assert data.partition(b"\r\n\r\n")[2] == draft.partition(b"\r\n\r\n")[2]


@needs_postfix
def test_postfix_takes_every_part_of_a_real_series(
    of_real_photos: Path, config_folder: Path, tmp_path: Path
) -> None:
    with postfix(tmp_path / "postfix") as port:
        use_account(config_folder, port)
        told = photoprep(
            "send",
            of_real_photos,
            "--to",
            "a@example.org",
            "--bcc",
            "b@example.org",
            "--yes",
            "--pause",
            "0",
            "--json",
        )
    assert told.returncode == 0, told.stderr
    mails = json.loads(told.stdout)["mails"]
    assert {each["state"] for mail in mails for each in mail["recipients"]} == {"sent"}
    assert all("queued as" in each["reply"] for mail in mails for each in mail["recipients"])
