"""The real command in a process of its own, with an accounts' file and a password for it.

Where photoprep cannot read accounts yet, a stand-in reads the same file: this module is then the
program that is started.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
import types
from pathlib import Path

from photoprep.errors import AccountError
from photoprep.mail.account import Account, Server

_MODULES = ("photoprep.mail.accounts", "photoprep.mail.passwords")


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
        [sys.executable, "-m", "tests.mail.drafts_command", "drafts", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
        cwd=Path(__file__).parents[2],
    )


def run_drafts(
    *arguments: str | Path, password: str, certificate: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``photoprep drafts`` to its end."""
    process = start_drafts(*arguments, password=password, certificate=certificate)
    told, complained = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)


def _load_accounts() -> dict[str, Account]:
    path = Path(os.environ["PHOTOPREP_CONFIG_DIR"]) / "accounts.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        name: Account(name, table["address"], table["username"], imap=Server(**table["imap"]))
        for name, table in tables.items()
    }


def _choose_account(accounts: dict[str, Account], name: str | None) -> Account:
    for known, account in accounts.items():
        if name in {known, None}:
            return account
    raise AccountError("There is no such mail account.", hint="Add one.")


def _password_of(account: Account) -> str:
    return os.environ[f"PHOTOPREP_PASSWORD_{account.name.upper()}"]


def _stand_in() -> None:
    for name in _MODULES:
        if importlib.util.find_spec(name) is None:
            module = types.ModuleType(name)
            vars(module).update(
                load_accounts=_load_accounts,
                choose_account=_choose_account,
                password_of=_password_of,
            )
            sys.modules[name] = module


if __name__ == "__main__":
    _stand_in()
    from photoprep.__main__ import main

    sys.argv[0] = "photoprep"
    main()
