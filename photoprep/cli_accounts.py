"""The commands about mail accounts: ``photoprep accounts add | list | password | test``."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_complete import account_names
from photoprep.cli_exits import exit_codes
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import told
from photoprep.errors import UsageError
from photoprep.language import say, say_list

if TYPE_CHECKING:
    from photoprep.mail.account import Account, Server
    from photoprep.mail.accounts import Protocol

accounts_app = SpokenTyper(help="The mail accounts that send and hold drafts.")


class SecurityName(StrEnum):
    """What ``--smtp-security`` and ``--imap-security`` take."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call the account: work.")]
KnownName = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="What you call the account: work.",
        autocompletion=account_names,
    ),
]
_PORT = "Its port. (default: the usual one)"
_SECURITY = "How the way there is protected; plain is for this machine alone."
_CHOICES = "tls|starttls|plain"


@accounts_app.command("add")
def accounts_add(
    name: Name,
    address: Annotated[str, typer.Option(metavar="ADDRESS", help="The sender's address.")],
    username: Annotated[
        str, typer.Option(metavar="NAME", help="Its name at the server. (default: the address)")
    ] = "",
    smtp: Annotated[str, typer.Option(metavar="HOST", help="The server that sends.")] = "",
    smtp_port: Annotated[int | None, typer.Option(metavar="PORT", help=_PORT)] = None,
    smtp_security: Annotated[
        SecurityName, typer.Option(metavar=_CHOICES, help=_SECURITY)
    ] = SecurityName.TLS,
    imap: Annotated[str, typer.Option(metavar="HOST", help="The server that holds drafts.")] = "",
    imap_port: Annotated[int | None, typer.Option(metavar="PORT", help=_PORT)] = None,
    imap_security: Annotated[
        SecurityName, typer.Option(metavar=_CHOICES, help=_SECURITY)
    ] = SecurityName.TLS,
) -> None:
    """Add an account to the file of accounts, and its password to the system's keyring."""
    with exit_codes():
        from photoprep.mail.account import Account
        from photoprep.mail.accounts import add_account

        account = Account(
            name,
            address,
            username or address,
            _server("smtp", smtp, smtp_port, smtp_security),
            _server("imap", imap, imap_port, imap_security),
        )
        if account.smtp is None and account.imap is None:
            raise UsageError(
                say("An account needs a server."),
                hint=say("Name the one that sends with --smtp, the one for drafts with --imap."),
            )
        path = add_account(account)
        typer.echo(told(say("Saved in {path}", path=str(path))))
        _offer_to_store(account)


@accounts_app.command("list")
def accounts_list() -> None:
    """Name every account, its servers, and where its password comes from."""
    with exit_codes():
        from photoprep.mail.accounts import load_accounts
        from photoprep.mail.passwords import place_of_password, variable_of
        from photoprep.profile import accounts_path

        accounts = load_accounts()
        if not accounts:
            typer.echo(told(say("There are no mail accounts yet.")))
        for account in accounts.values():
            typer.echo(f"{account.name}: {account.address}")
            for protocol, server in (("smtp", account.smtp), ("imap", account.imap)):
                if server is not None:
                    typer.echo(f"  {protocol} {server.host}:{server.port} {server.security}")
            places = {
                "environment": say("in the environment, as {name}", name=variable_of(account)),
                "keyring": say("in the system's keyring"),
                "nowhere": say("none; {name} may hold it", name=variable_of(account)),
            }
            place = places[place_of_password(account)]
            typer.echo(told(say("  password: {place}", place=place)))
        typer.echo(f"({accounts_path()})", err=True)


@accounts_app.command("password")
def accounts_password(name: KnownName) -> None:
    """Store an account's password in the system's keyring; it is asked for, unseen."""
    with exit_codes():
        from photoprep.mail.accounts import choose_account, load_accounts
        from photoprep.mail.passwords import store_password

        account = choose_account(load_accounts(), name)
        store_password(account, _asked_for())
        typer.echo(told(say("Stored in the system's keyring.")))


@accounts_app.command("test")
def accounts_test(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Which. (default: the only one)",
            autocompletion=account_names,
        ),
    ] = None,
) -> None:
    """Log in at the account's servers; nothing is sent or changed."""
    with exit_codes():
        from photoprep.mail.accounts import choose_account, load_accounts

        account = choose_account(load_accounts(), name)
        for server, tried in ((account.smtp, _tried_smtp), (account.imap, _tried_imap)):
            if server is not None:
                facts = say_list([_protection(server), *tried(account, server)])
                where = f"{server.host}:{server.port}"
                typer.echo(told(say("{where}: {facts}.", where=where, facts=facts)))


def _tried_smtp(account: Account, server: Server) -> list[str]:
    from photoprep.mail.passwords import password_of
    from photoprep.mail.smtp import Session
    from photoprep.units import say_bytes

    with Session(
        server, username=account.username, password=lambda: password_of(account)
    ) as session:
        limit = session.size_limit_bytes
        return [
            say("logged in") if session.is_logged_in else say("no login asked for"),
            say("mails of at most {size}", size=say_bytes(limit))
            if limit
            else say("no limit named"),
        ]


def _tried_imap(account: Account, server: Server) -> list[str]:  # noqa: ARG001 (as the other)
    from photoprep.mail.imap import open_mailbox
    from photoprep.mail.passwords import password_of

    with open_mailbox(account, password_of(account)) as mailbox:
        folder = mailbox.drafts_folder()
        return [say("logged in"), say("drafts go into {folder}", folder=folder)]


def _protection(server: Server) -> str:
    if server.security == "plain":
        return say("not encrypted, on this machine")
    return say("encrypted, its certificate in order")


def _server(
    protocol: Protocol, host: str, port: int | None, security: SecurityName
) -> Server | None:
    from photoprep.mail.account import Server
    from photoprep.mail.accounts import USUAL_PORTS

    if not host:
        return None
    usual = USUAL_PORTS[protocol, security.value]
    return Server(host, usual if port is None else port, security.value)


def _offer_to_store(account: Account) -> None:
    from photoprep.mail.passwords import keyring_is_here, store_password, variable_of

    if keyring_is_here() and sys.stdin is not None and sys.stdin.isatty():
        password = _asked_for()
        if password:
            store_password(account, password)
            typer.echo(told(say("Stored in the system's keyring.")))
            return
    typer.echo(
        told(
            say(
                "Its password is taken from the environment variable {variable}, or store it with: "
                "photoprep accounts password {name}",
                variable=variable_of(account),
                name=account.name,
            )
        )
    )


def _asked_for() -> str:
    """A password that a person types, or what stands on standard input."""
    if sys.stdin is not None and not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt(
        told(say("Password")), hide_input=True, default="", show_default=False, err=True
    )
    return password
