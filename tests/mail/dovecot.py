"""A real Dovecot on loopback, with a configuration, a certificate and mailboxes of its own.

It runs as nobody where the tests run as root, else as whoever runs them. Any username is let in
with the password ``secret``, and each has a mailbox of its own, whose folder for drafts has a
German name.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from photoprep.mail.account import Account, Security, Server
from tests.ports import free_port

DRAFTS = "Entwürfe"
DRAFTS_ON_THE_WIRE = "Entw&APw-rfe"
PASSWORD = "secret"  # noqa: S105 (of a server that lives for a test)
_DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_READY_S = 20

missing_dovecot = pytest.mark.skipif(
    (_DOVECOT is None or shutil.which("openssl") is None)
    and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="Dovecot or openssl is not installed (Debian packages dovecot-imapd, openssl)",
)

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/base
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_fsync = never
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
  # Else every sign-in waits for seconds after one that failed.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox {drafts} {{
    auto = create
    special_use = {special_use}
  }}
}}
{more}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens: without encryption (or with STARTTLS), and with TLS from the first byte."""

    plain_port: int
    tls_port: int
    certificate: Path

    def account(
        self, user: str, security: Security = "plain", *, port: int = 0, host: str = "127.0.0.1"
    ) -> Account:
        own_port = self.tls_port if security == "tls" else self.plain_port
        server = Server(host, port or own_port, security)
        return Account("work", "li.na@example.com", user, imap=server)

    def held(self, user: str, folder: str = DRAFTS_ON_THE_WIRE) -> list[tuple[bytes, str]]:
        """Every message in the folder, read by Python's own client: its bytes, and its flags."""
        with self.client(user) as client:
            client.select(folder, readonly=True)
            _, (numbers,) = client.search(None, "ALL")
            messages = []
            for number in numbers.split():
                _, answer = client.fetch(number, "(FLAGS INTERNALDATE BODY.PEEK[])")
                data, words = b"", b""
                for piece in answer:  # words, or a tuple of words and what they announce
                    if isinstance(piece, tuple):
                        words, data = words + piece[0], piece[1]
                    elif isinstance(piece, bytes):
                        words += piece
                messages.append((data, words.decode()))
            return messages

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.plain_port, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client


@contextmanager
def running_dovecot(*, special_use: str = r"\Drafts", more: str = "") -> Iterator[Dovecot]:
    """Start one, wait until it answers, and stop it at the end; ``more`` is configuration."""
    assert _DOVECOT is not None, "Dovecot is not installed"
    # Not below pytest's own folders: those are for their owner alone, and long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="photoprep-dovecot-"))
    folder.chmod(0o755)
    me = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    plain_port, tls_port = free_port(), free_port()
    for name in ("base", "state", "mail"):
        (folder / name).mkdir()
    _make_certificate(folder)
    config = folder / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            user=me.pw_name,
            group=_group_of(me),
            uid=me.pw_uid,
            gid=me.pw_gid,
            password=PASSWORD,
            plain_port=plain_port,
            tls_port=tls_port,
            drafts=DRAFTS,
            special_use=special_use,
            more=more,
        ),
        encoding="utf-8",
    )
    other_user = {}
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, me.pw_uid, me.pw_gid)
        other_user = {"user": me.pw_uid, "group": me.pw_gid, "extra_groups": []}
    process = subprocess.Popen(
        [_DOVECOT, "-F", "-c", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **other_user,  # type: ignore[call-overload]
    )
    try:
        _wait_until_ready(plain_port, process, folder)
        yield Dovecot(plain_port, tls_port, folder / "cert.pem")
    finally:
        # Nothing of it is kept, and it would wait for connections that tests have left half open.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _group_of(me: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(me.pw_gid).gr_name


def _make_certificate(folder: Path) -> None:
    """A certificate for localhost that signs itself."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"),
            *("-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5):
                return
        except (OSError, imaplib.IMAP4.error, ssl.SSLError):
            log = folder / "log"
            words = log.read_text() if log.exists() else ""
            assert process.poll() is None, words
            assert time.monotonic() < deadline, words
            time.sleep(0.05)
