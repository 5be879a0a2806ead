"""The real command in a process of its own, with an accounts' file and a password for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from photoprep.mail.account import Account


def write_account(config_folder: Path, account: Account) -> None:
    """Put the account into the file of accounts."""
    server = account.imap
    assert server is not None
    text = f"""\
[{account.name}]
address = "{account.address}"
username = "{account.username}"

[{account.name}.imap]
host = "{server.host}"
port = {server.port}
security = "{server.security}"
"""
    (config_folder / "accounts.toml").write_text(text, encoding="utf-8")


def start_drafts(
    *arguments: str | Path, password: str, certificate: Path | None = None
) -> subprocess.Popen[str]:
    """Start ``photoprep drafts`` with the password of the account ``work``."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PHOTOPREP_PASSWORD_WORK": password}
    if certificate is not None:
        environment["SSL_CERT_FILE"] = str(certificate)
    return subprocess.Popen(
        [sys.executable, "-m", "photoprep", "drafts", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )


def run_drafts(
    *arguments: str | Path, password: str, certificate: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``photoprep drafts`` to its end."""
    process = start_drafts(*arguments, password=password, certificate=certificate)
    told, complained = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)
