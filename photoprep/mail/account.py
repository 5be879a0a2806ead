"""A mail account: who sends, and the servers that take mails and hold drafts. No passwords here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# tls: from the first byte (RFC 8314, 3); starttls: after a plain greeting (RFC 3207, RFC 9051,
# 6.2.1), and never without; plain: no encryption, which only a server on this machine gets.
Security = Literal["tls", "starttls", "plain"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens and how the way there is protected."""

    host: str
    port: int
    security: Security = "tls"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its file has it; the password stands in the keyring or the environment.

    ``name`` is what a person calls it (``work``), ``address`` the sender's address, ``username``
    what the servers know it by. ``smtp`` sends, ``imap`` holds the drafts; either may be missing.
    """

    name: str
    address: str
    username: str
    smtp: Server | None = None
    imap: Server | None = None
