"""Real servers on loopback: TLS in both ways, logging in, and every refusal to be taken in."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as ServersSession

from photoprep.errors import AccountError, MailRefusedError, TryLaterError
from photoprep.mail.account import Server
from photoprep.mail.outbox import Outbox
from photoprep.mail.smtp import Session, Verdict
from tests.mail.outgoing_folder import PATIENT, journal, make_out, postman, sending_of
from tests.mail.smtp_servers import (
    LIMIT_BYTES,
    Fault,
    FaultyServer,
    needs_postfix,
    postfix,
)
from tests.ports import free_port

PASSWORD = "not so sécret 密码"  # noqa: S105 (it is nobody's)
LIMIT: dict[str, Any] = {"data_size_limit": LIMIT_BYTES}
USER = "sales@example.com"


class Inbox:
    """What aiosmtpd hands over."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: SMTP, _session: ServersSession, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name for it
        assert isinstance(envelope.original_content, bytes)
        self.mails.append((envelope.rcpt_tos, envelope.original_content))
        return "250 2.0.0 OK"


def check_password(
    _server: SMTP, _session: ServersSession, _envelope: Envelope, _mechanism: str, said: object
) -> AuthResult:
    right = isinstance(said, LoginPassword) and (said.login, said.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts the tests' authority, and nobody else."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def context_of(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    return context


@contextmanager
def serving(inbox: Inbox, context: ssl.SSLContext | None, **options: Any) -> Iterator[int]:
    """aiosmtpd with STARTTLS where there is a context, on a free port."""
    options |= {"tls_context": context, "require_starttls": context is not None}
    yield from _running(Controller(inbox, "127.0.0.1", free_port(), **LIMIT, **options))


@contextmanager
def serving_tls(inbox: Inbox, context: ssl.SSLContext) -> Iterator[int]:
    """aiosmtpd with TLS from the first byte, and a login."""
    # It knows of no TLS but what STARTTLS begins.
    login: dict[str, Any] = {"authenticator": check_password, "auth_require_tls": False}
    yield from _running(
        Controller(inbox, "127.0.0.1", free_port(), ssl_context=context, **LIMIT, **login)
    )


def _running(controller: Controller) -> Iterator[int]:
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def hand_over(server: Server, data: bytes, password: Callable[[], str]) -> dict[str, Verdict]:
    with Session(server, username=USER, password=password, timeouts=PATIENT) as session:
        assert session.is_logged_in
        assert session.size_limit_bytes == LIMIT_BYTES
        return session.transmit(
            USER, ["b@example.org"], data, before_data=lambda _: None, before_dot=lambda: None
        )


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_a_mail_goes_through_tls_after_a_login(
    authority: trustme.CA, trusted: None, way: str
) -> None:
    inbox, context = Inbox(), context_of(authority, "localhost")
    data = b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nend\r\n"
    with (
        serving_tls(inbox, context)
        if way == "tls"
        else serving(inbox, context, authenticator=check_password, auth_required=True) as port
    ):
        server = Server("localhost", port, "tls" if way == "tls" else "starttls")
        assert hand_over(server, data, lambda: PASSWORD)["b@example.org"].outcome == "sent"
        with pytest.raises(AccountError, match="refuses name or password: 535") as refused:
            hand_over(server, data, lambda: "wrong")
        assert "wrong" not in str(refused.value) + refused.value.hint
    assert inbox.mails == [(["b@example.org"], data)]


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_a_certificate_that_proves_nothing_gets_no_password(
    authority: trustme.CA, trusted: None, way: str
) -> None:
    for context in (
        context_of(authority, "mail.example.com"),  # another's name
        context_of(trustme.CA(), "localhost"),  # nobody's word
    ):
        inbox = Inbox()
        with serving_tls(inbox, context) if way == "tls" else serving(inbox, context) as port:
            server = Server("localhost", port, "tls" if way == "tls" else "starttls")
            with pytest.raises(AccountError, match="cannot prove that it is localhost"):
                Session(server, username=USER, password=_unasked, timeouts=PATIENT)


def test_a_server_without_tls_gets_nothing(trusted: None) -> None:
    with FaultyServer(extensions=("AUTH PLAIN", "SIZE 1000")) as server:
        with pytest.raises(AccountError, match="does not offer STARTTLS"):
            Session(
                Server("localhost", server.port, "starttls"),
                username=USER,
                password=_unasked,
                timeouts=PATIENT,
            )
        with pytest.raises(AccountError, match="does not speak TLS on port"):
            Session(Server("localhost", server.port, "tls"), timeouts=PATIENT)
    assert server.said[0].startswith("ehlo ")
    assert not any("AUTH" in words for words in server.said)


def test_what_is_said_before_tls_is_forgotten_with_it(authority: trustme.CA, trusted: None) -> None:
    """A stranger on the way puts an answer of their own behind the one to STARTTLS."""
    context = context_of(authority, "localhost")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"220 mx\r\n")
        connection.recv(1000)
        connection.sendall(b"250-mx\r\n250 STARTTLS\r\n")
        connection.recv(1000)
        connection.sendall(b"220 go\r\n250-stranger\r\n250-SIZE 10\r\n250 AUTH PLAIN\r\n")
        with context.wrap_socket(connection, server_side=True) as protected:
            protected.recv(1000)
            protected.sendall(b"250-mx\r\n250 SIZE 1000\r\n")
            protected.recv(1000)
            protected.sendall(b"221 bye\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    server = Server("localhost", listener.getsockname()[1], "starttls")
    with listener, Session(server, username=USER, password=_unasked, timeouts=PATIENT) as session:
        assert session.size_limit_bytes == 1000
        assert not session.is_logged_in
    thread.join(10)


def _unasked() -> str:
    raise AssertionError("asked for the password")


def test_plain_is_for_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer() as server:
        monkeypatch.setattr("photoprep.mail.smtp.is_here", lambda _connection: False)
        with pytest.raises(AccountError, match="not this machine"):
            Session(Server("localhost", server.port, "plain"), timeouts=PATIENT)
    assert not server.said


def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    with FaultyServer(extensions=("SIZE 1000", "AUTH PLAIN")) as server:
        server.auth_reply = "535 5.7.8 {words} for " + PASSWORD
        with pytest.raises(AccountError) as refused:
            Session(
                Server("127.0.0.1", server.port, "plain"),
                username=USER,
                password=lambda: PASSWORD,
                timeouts=PATIENT,
            )
    said = str(refused.value) + refused.value.hint
    assert "535 5.7.8 AUTH PLAIN *** for ***" in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("ways", "reply", "error", "words"),
    [
        ("LOGIN", "454 4.7.0 later", TryLaterError, "later"),
        ("LOGIN", "535 5.7.8 no", AccountError, "refuses name or password: 535 5.7.8 no"),
        ("CRAM-MD5", "", AccountError, "way to log in"),
    ],
)
def test_logging_in_by_other_ways(
    ways: str, reply: str, error: type[Exception], words: str
) -> None:
    with FaultyServer(extensions=("SIZE 1000", f"AUTH {ways}"), auth_reply=reply) as server:
        here = Server("127.0.0.1", server.port, "plain")
        with pytest.raises(error, match=words):
            Session(here, username=USER, password=lambda: PASSWORD, timeouts=PATIENT)


def test_what_the_terminal_would_obey_is_not_passed_on() -> None:
    with (
        FaultyServer([Fault("connect", "554 5.7.1 \x1b[2Jgo\x07 away " + "x" * 900)]) as server,
        pytest.raises(MailRefusedError) as refused,
    ):
        Session(Server("127.0.0.1", server.port, "plain"), timeouts=PATIENT)
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 400


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    assert not message.defects
    return message


@needs_postfix
def test_postfix_takes_a_series_and_passes_it_on_byte_for_byte(tmp_path: Path) -> None:
    """Through Postfix, with its queue, to a server that keeps what it gets."""
    out = make_out(tmp_path / "out", 2, size_bytes=500_000)
    inbox = Inbox()
    with (
        serving(inbox, None) as behind,
        postfix(tmp_path / "postfix", f"smtp:[127.0.0.1]:{behind}") as port,
    ):
        sending = sending_of(out, port, "a@example.org", bcc=("b@example.net",))
        with Outbox(journal(out)) as outbox:
            postman(sending, outbox).deliver()
            rows = sending.deliveries(outbox).values()
            assert {each.state for row in rows for each in row} == {"sent"}
        _wait_until(lambda: sum(len(to) for to, _ in inbox.mails) == 4)
    bodies = {draft.data.partition(b"\r\n\r\n")[2] for draft in sending.series.drafts}
    assert {data.partition(b"\r\n\r\n")[2].rstrip() for _, data in inbox.mails} == {
        body.rstrip() for body in bodies
    }
    assert all(b"b@example.net" not in data for _, data in inbox.mails)


@needs_postfix
def test_postfix_refuses_what_is_too_large_and_nothing_goes_out(tmp_path: Path) -> None:
    out = make_out(tmp_path / "out", 2, size_bytes=590_000)
    with postfix(tmp_path / "postfix") as port:
        sending = sending_of(out, port)
        big = type(sending.series)(sending.series.drafts, 10_000_000, sending.series.identity)
        with Outbox(journal(out)) as outbox:
            man = postman(type(sending)(big, sending.account, sending.addressees), outbox)
            with pytest.raises(MailRefusedError, match="at most 800,000 bytes"):
                man.deliver()
        with Session(Server("127.0.0.1", port, "plain"), timeouts=PATIENT) as session:
            (verdict,) = session.transmit(
                USER,
                ["b@example.org"],
                b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 11_500,
                before_data=lambda _: None,
                before_dot=lambda: None,
            ).values()
    assert verdict.outcome == "refused"
    assert "too large" in verdict.message
    assert "552 5.3.4" in verdict.message


def _wait_until(done: Callable[[], bool]) -> None:
    for _ in range(400):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")
