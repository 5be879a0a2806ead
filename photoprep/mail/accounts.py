"""The file of mail accounts, ``accounts.toml`` in the user's configuration folder.

    [work]
    address = "sales@example.com"
    username = "sales@example.com"     # where it is not the address

    [work.smtp]
    host = "smtp.example.com"
    port = 465
    security = "tls"                   # or starttls; plain for a server on this machine alone

    [work.imap]
    host = "imap.example.com"

A password never stands here (``passwords``): whoever puts one in is told where it belongs.
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from photoprep.errors import AccountError, CannotWriteError, UsageError
from photoprep.files import cannot_write, write_whole
from photoprep.language import say, say_both, say_list
from photoprep.mail.account import Account, Security, Server
from photoprep.mail.mailboxes import host_in_a_labels, parse_mailbox
from photoprep.profile import accounts_path

Protocol = Literal["smtp", "imap"]

# Whoever says how a server is protected need not know its port (RFC 8314, 3.2 and 3.3; RFC 6409,
# 3.1); plain is for a server of one's own, which may listen anywhere.
USUAL_PORTS: Mapping[tuple[Protocol, Security], int] = {
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "plain"): 25,
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "plain"): 143,
}
# Lower case and hyphens only, so that no two names share an environment variable.
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_ACCOUNT_KEYS = ("address", "username", "smtp", "imap")
_SERVER_KEYS = ("host", "port", "security")
_USERNAME_MAX_CHARS = 254
_LAST_PORT = 65_535


def load_accounts(path: Path | None = None) -> dict[str, Account]:
    """Every account by its name, in the order of the file; none where there is no file.

    Raises:
        AccountError: the file cannot be read, is no TOML in UTF-8, or says of an account what
            cannot be; the message names the account and the key.

    """
    path = accounts_path() if path is None else path
    try:
        tables = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise AccountError(
            say("This is not valid TOML: {detail}.", detail=str(error)),
            hint=say('Each line reads key = "text", with the text in straight quotes.'),
            path=path,
        ) from error
    accounts = {}
    for name, table in tables.items():
        try:
            accounts[name] = _account(name, table)
        except UsageError as error:
            message = say("Account {name}: {message}", name=repr(name), message=error.message)
            raise AccountError(message, hint=error.hint, path=path) from error
    return accounts


def choose_account(accounts: Mapping[str, Account], name: str | None) -> Account:
    """The account of that name, or the only one there is.

    Raises:
        AccountError: there is none, none of that name, or no saying which.

    """
    if not accounts:
        raise AccountError(
            say("There is no mail account yet."),
            hint=say("Add one with: photoprep accounts add NAME --address YOU@EXAMPLE.COM …"),
            path=accounts_path(),
        )
    if name is None and len(accounts) == 1:
        return next(iter(accounts.values()))
    if name is not None and name in accounts:
        return accounts[name]
    known = say("The accounts are: {names}.", names=say_list(accounts))
    if name is None:
        raise AccountError(
            say("There are several mail accounts."),
            hint=say_both(known, say("Choose one with --account NAME.")),
        )
    raise AccountError(say("There is no account named {name}.", name=repr(name)), hint=known)


def add_account(account: Account, path: Path | None = None) -> Path:
    """Write the account at the end of the file, which is otherwise left as it stands.

    Returns where the file is.

    Raises:
        UsageError: there is an account of that name already, or it says what cannot be.
        AccountError: the file as it stands is wrong.
        CannotWriteError: the folder or the file cannot be written.

    """
    path = accounts_path() if path is None else path
    if account.name in load_accounts(path):
        raise UsageError(
            say("There is an account named {name} already.", name=repr(account.name)),
            hint=say("Choose another name, or change it in {path}", path=str(path)),
        )
    block = account_text(account)
    _account(account.name, tomllib.loads(block)[account.name])
    text = _read(path)
    whole = f"{text.rstrip()}\n\n{block}" if text.strip() else block
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteError(cannot_write(path, error).message, path=path) from error
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    write_whole(path, whole.encode("utf-8"), temporary=temporary)
    return path


def account_text(account: Account) -> str:
    """The account as it stands in the file."""
    name = account.name
    lines = [f"[{name}]", f"address = {_quoted(account.address)}"]
    if account.username != account.address:
        lines.append(f"username = {_quoted(account.username)}")
    for protocol, server in (("smtp", account.smtp), ("imap", account.imap)):
        if server is not None:
            lines += ["", f"[{name}.{protocol}]", f"host = {_quoted(server.host)}"]
            lines += [f"port = {server.port}", f"security = {_quoted(server.security)}"]
    return "\n".join(lines) + "\n"


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this very machine's, without asking the network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _quoted(text: str) -> str:
    # What JSON escapes, and how, is right in TOML too (TOML 1.0, "Basic strings").
    return json.dumps(text, ensure_ascii=False)


def _read(path: Path) -> str:
    try:
        # Windows' editors put a byte-order mark in front, which TOML does not know.
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AccountError(
            say("The file of mail accounts cannot be read ({reason}).", reason=reason),
            hint=say("Check your rights to the file."),
            path=path,
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AccountError(
            say("Line {line}: this is not UTF-8 text.", line=line),
            hint=say("Open the file in an editor and save it in the encoding UTF-8."),
            path=path,
        ) from error


def _account(name: str, table: object) -> Account:
    """What a table of the file says; raises ``UsageError``."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            say("An account's name is made of small letters, digits and hyphens."),
            hint=say("Call it work, for example."),
        )
    known = _table(table, _ACCOUNT_KEYS, name)
    address = parse_mailbox(_text(known, "address"))
    if address.name:
        raise UsageError(
            say("'address' has a name in it: {text}.", text=repr(str(address))),
            hint=say("Write the address alone; the name comes from the sender's profile."),
        )
    username = _text(known, "username") if "username" in known else address.address
    servers = {
        protocol: _server(protocol, known[protocol], f"{name}.{protocol}")
        for protocol in get_args(Protocol)
        if protocol in known
    }
    return Account(name, address.address, username, servers.get("smtp"), servers.get("imap"))


def _server(protocol: Protocol, table: object, where: str) -> Server:
    known = _table(table, _SERVER_KEYS, where)
    host = _text(known, "host")
    if not _is_address(host):
        host = host_in_a_labels(host)
        if not host:
            raise UsageError(
                say("'host' is no name of a server: {text}.", text=repr(known["host"])),
                hint=say("Write it as smtp.example.com, without a protocol or a port."),
            )
    security = known.get("security", "tls")
    if security not in get_args(Security):
        raise UsageError(
            say("'security' is {value}.", value=repr(security)),
            hint=say(
                "It takes tls (from the first byte), starttls, or plain for a server on this "
                "machine."
            ),
        )
    if security == "plain" and not is_loopback(host):
        raise UsageError(
            say("{host} would get mails and password unprotected.", host=host),
            hint=say('Take security = "tls" or "starttls"; plain is for this machine alone.'),
        )
    port = known.get("port", USUAL_PORTS[protocol, security])
    if type(port) is not int or not 1 <= port <= _LAST_PORT:
        raise UsageError(
            say("'port' is {value}.", value=repr(port)),
            hint=say("It is a whole number from 1 to {most}.", most=_LAST_PORT),
        )
    return Server(host, port, security)


def _table(table: object, keys: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise UsageError(
            say("This is no table."), hint=say("Its lines stand below [{where}].", where=where)
        )
    for key in table:
        if "pass" in key.lower():
            raise UsageError(
                say("A password does not belong in this file."),
                hint=say(
                    "Take the line out. Store it with: photoprep accounts password NAME, or set "
                    "the environment variable that photoprep accounts list names."
                ),
            )
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            raise UsageError(
                say("Unknown key {key}.", key=repr(key)),
                hint=say("Did you mean '{near}'?", near=near[0])
                if near
                else say("The keys are: {keys}.", keys=say_list(keys)),
            )
    return table


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(
            say("'{key}' is missing or no text.", key=key),
            hint=say('Write {key} = "…".', key=key),
        )
    unseen = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in value)
    if unseen or len(value) > _USERNAME_MAX_CHARS:
        raise UsageError(
            say("'{key}' is too long or has an invisible character in it.", key=key),
            hint=say("Type the text anew."),
        )
    return value.strip()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
