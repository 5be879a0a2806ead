"""A conversation with an IMAP server, as far as drafts need it (RFC 9051; RFC 3501 before it).

imapclient talks; here its answers become data and its exceptions become ours, once. The mailbox is
looked at read-only (EXAMINE), and nothing but APPEND changes anything: no message is ever flagged,
moved or deleted.
"""

from __future__ import annotations

import base64
import ipaddress
import logging
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from photoprep.errors import AccountError, MailRefusedError, PhotoprepError, TryLaterError
from photoprep.language import say, say_list
from photoprep.mail.account import Account, Server
from photoprep.mail.imap_refusals import not_let_in, refusal

CONNECT_S = 30.0
# Also for a whole APPEND: 800 kB at 4.4 kB/s.
ANSWER_S = 180.0

# Marks in a list of folders, in small letters: RFC 6154, 2, and RFC 9051, 7.3.1.
_DRAFTS = b"\\drafts"
_NO_MAILBOX = {b"\\noselect", b"\\nonexistent"}
_FLAGS = (b"\\Draft", b"\\Seen")
_NAMED = 12

# imapclient logs what it cannot decode, and an unheard log is printed.
logging.getLogger("imapclient").addHandler(logging.NullHandler())


@contextmanager
def open_mailbox(
    account: Account, password: str, *, answer_s: float = ANSWER_S
) -> Iterator[Mailbox]:
    """Sign in to the account's IMAP server; signs out at the end.

    Raises:
        AccountError: the account has no IMAP server, the server is not protected as it says, its
            certificate is not to be trusted, or it does not take the username and password.
        TryLaterError: the server is not to be reached, or broke off.

    """
    from imapclient import IMAPClient, SocketTimeout

    server = account.imap
    if server is None:
        raise AccountError(
            say("The account {name} has no IMAP server, which holds drafts.", name=account.name),
            hint=say("Add its [{name}.imap] to the file of accounts.", name=account.name),
        )
    if server.security == "plain" and not _is_this_machine(server.host):
        raise AccountError(
            say("{host} would get mails and password unprotected.", host=server.host),
            hint=say('Take security = "tls" or "starttls"; plain is for this machine alone.'),
        )
    if any(letter in password for letter in "\r\n\0"):
        raise AccountError(
            say("The password of {name} has a line break in it.", name=account.name),
            hint=say("Store the password again."),
        )
    context = ssl.create_default_context()
    with _connecting(server):
        client = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=min(CONNECT_S, answer_s), read=answer_s),
        )
    try:
        if server.security == "starttls":
            _start_tls(client, server, context)
        _sign_in(client, account, server, password)
        yield Mailbox(client, server)
        with suppress(Exception):  # all is done; a server that hangs up first is no trouble
            client.logout()
    finally:
        with suppress(Exception):
            client.shutdown()


class Mailbox:
    """An account that is signed in to.

    Raises (from every method):
        TryLaterError: the server broke off, or said "not now".
        MailRefusedError: it said no for good.
        AccountError: the folder is not there, or the account may not do this.
    """

    def __init__(self, client: Any, server: Server) -> None:
        self._client = client
        self._server = server

    def folders(self) -> list[str]:
        """The names of all folders that can hold messages, as people read them."""
        with self._talking(say("was asked for its folders")):
            return list(self._folders())

    def drafts_folder(self, wanted: str = "") -> str:
        """The folder for drafts, by its name as people read it.

        It is the one that the server marks as such (RFC 6154), whatever language its name is in;
        ``wanted`` is taken instead, where it is given.
        """
        with self._talking(say("was asked for its folders")):
            folders = self._folders()
        if wanted:
            return self._named(wanted, list(folders))
        marked = [name for name, flags in folders.items() if _DRAFTS in flags]
        if not marked and self._can("SPECIAL-USE"):
            marked = self._marked_when_asked()
        if not marked:
            raise AccountError(
                say("{host} does not say which folder is for drafts.", host=self._server.host),
                hint=say("Say it with --folder NAME: {names}.", names=_some(list(folders))),
            )
        return marked[0]

    def _marked_when_asked(self) -> list[str]:
        """The folders for drafts of a server that marks them for who asks (RFC 6154, 2)."""
        with suppress(MailRefusedError), self._talking(say("was asked for its folder of drafts")):
            return [n for n, flags in self._folders("(SPECIAL-USE)").items() if _DRAFTS in flags]
        return []

    def largest_bytes(self, folder: str) -> int | None:
        """The largest message that the folder takes (RFC 7889), None where the server is silent."""
        with self._talking(say("was asked how large a draft may be")):
            for each in self._client.capabilities():
                name, _, value = each.decode("ascii", "replace").upper().partition("=")
                if name == "APPENDLIMIT" and value.isdigit():
                    return int(value)
                if name == "APPENDLIMIT":
                    answer = self._client.folder_status(folder, ["APPENDLIMIT"])
                    limit = answer.get(b"APPENDLIMIT")
                    return limit if isinstance(limit, int) else None
        return None

    def look_into(self, folder: str) -> None:
        """Choose the folder that is searched from now on; nothing in it is changed."""
        with self._talking(say("was asked for its folder {folder}", folder=repr(folder))):
            self._client.select_folder(folder, readonly=True)

    def find(self, header: str, text: str) -> tuple[int, ...]:
        """The messages, not marked as deleted, whose header has the text in it.

        ``text`` is ASCII without quotes and backslashes, as ``draft_files`` takes identifiers.
        """
        with self._talking(say("was searched for drafts")):
            # Quoted here: imapclient leaves parentheses and braces bare, which would be syntax.
            return tuple(self._client.search(f'UNDELETED HEADER {header} "{text}"'))

    def head(self, message: int) -> bytes:
        """The head lines of a message by which a draft is known."""
        section = "HEADER.FIELDS (MESSAGE-ID REFERENCES SUBJECT X-UNSENT)"
        return self._fetch(message, section)

    def whole(self, message: int) -> bytes:
        """All bytes of a message."""
        return self._fetch(message, "")

    def append(self, folder: str, data: bytes, *, name: str, when: datetime) -> None:
        """Add a draft that counts as read, with ``when`` as its internal date.

        The flags go with the message, so that it is at no moment a letter that was received.
        ``name`` is for words. When the answer is lost, it is unknown whether the draft is there.
        """
        with self._talking(say("was given {name}", name=name)):
            self._client.append(folder, data, _FLAGS, when)

    def _fetch(self, message: int, section: str) -> bytes:
        with self._talking(say("was asked for a draft")):
            answer = self._client.fetch([message], [f"BODY.PEEK[{section}]"])
        for key, value in answer.get(message, {}).items():
            if key.startswith(b"BODY[") and isinstance(value, bytes):
                return value
        return b""  # another program has removed it in this moment

    def _folders(self, selection: str = "") -> dict[str, set[bytes]]:
        """Every folder that can hold messages, with its marks in small letters."""
        if selection:
            # imapclient has no word for it, and the library below it takes words as they are.
            _, answer = self._client._imap.list(f'{selection} ""', '"*"')
            listed = self._client._proc_folder_list(answer)
        else:
            listed = self._client.list_folders()
        folders = {name: {flag.lower() for flag in flags} for flags, _, name in listed}
        return {name: flags for name, flags in folders.items() if not flags & _NO_MAILBOX}

    def _named(self, wanted: str, folders: Sequence[str]) -> str:
        for same in (str, str.casefold):
            for name in folders:
                if same(name) == same(wanted):
                    return name
        raise AccountError(
            say("{host} has no folder {folder}.", host=self._server.host, folder=repr(wanted)),
            hint=say("Its folders are: {names}.", names=_some(folders)),
        )

    def _can(self, capability: str) -> bool:
        with self._talking(say("was asked what it can do")):
            return bool(self._client.has_capability(capability))

    def _talking(self, what: str) -> Any:
        return _talking(self._server, what)


def _start_tls(client: Any, server: Server, context: ssl.SSLContext) -> None:
    with _talking(server, say("was asked for a protected connection")):
        offered = client.has_capability("STARTTLS")
    if not offered:
        raise AccountError(
            say("{host} does not offer STARTTLS, so it got no password.", host=server.host),
            hint=say('Try security = "tls" with port 993 in the file of accounts.'),
        )
    with _connecting(server):
        client.starttls(context)


def _sign_in(client: Any, account: Account, server: Server, password: str) -> None:
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    plain_letters = f"{account.username}{password}".isascii()
    with _talking(server, say("was asked to sign in {username}", username=account.username)):
        takes_login = not client.has_capability("LOGINDISABLED")
        try:
            if client.has_capability("AUTH=PLAIN"):
                client.plain_login(account.username, password)  # in UTF-8 (RFC 4616)
                return
            if takes_login and plain_letters:
                client.login(account.username, password)
                return
        except LoginError as error:
            answer = _without_password(str(error), account.username, password)
            # It is raised for a connection that breaks, too.
            if isinstance(error.__context__, IMAPClientAbortError):
                raise IMAPClientAbortError(answer) from None
            raise not_let_in(server.host, account.username, answer) from None
    if not takes_login:
        raise AccountError(
            say("{host} takes no password from a mail program.", host=server.host),
            hint=say("Ask whoever runs it how a mail program may sign in, or choose another."),
        )
    raise AccountError(
        say("{host} takes usernames and passwords in plain letters alone.", host=server.host),
        hint=say("Give the account a password of English letters, digits and signs."),
    )


@contextmanager
def _connecting(server: Server) -> Iterator[None]:
    """Translate what goes wrong before anything was said."""
    from imapclient.exceptions import IMAPClientError

    place = f"{server.host}:{server.port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise AccountError(
            say(
                "The certificate of {place} is not to be trusted ({detail}).",
                place=place,
                detail=error.verify_message,
            ),
            hint=say("No password was sent. Check the host's name in the file of accounts."),
        ) from error
    except ssl.SSLError as error:
        raise AccountError(
            say(
                "There is no protected connection to {place} ({detail}).",
                place=place,
                detail=error.reason or str(error),
            ),
            hint=say("No password was sent. Check port and security in the file of accounts."),
        ) from error
    except (OSError, IMAPClientError) as error:
        raise TryLaterError(
            say("The mail server {place} is not to be reached ({detail}).", place=place,
                detail=_reason(error)),
            hint=say("Check the network, and the host in the file of accounts; then run again."),
        ) from error  # fmt: skip


@contextmanager
def _talking(server: Server, what: str) -> Iterator[None]:
    """Translate what goes wrong in a conversation; ``what`` the server was asked or given."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        yield
    except PhotoprepError:
        raise
    except (IMAPClientAbortError, OSError) as error:
        raise TryLaterError(
            say("{host} broke off when it {what} ({detail}).", host=server.host, what=what,
                detail=_reason(error)),
            hint=say("Run again: what is there already is not added twice."),
        ) from error  # fmt: skip
    except IMAPClientError as error:
        raise refusal(server.host, what, str(error)) from error
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # Both libraries trust that a server talks as it should.
        raise TryLaterError(
            say("{host} did not answer as an IMAP server does when it {what}.", host=server.host,
                what=what),
            hint=say("Check host and port in the file of accounts, then run again."),
        ) from error  # fmt: skip


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return say("no answer in time")
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _without_password(answer: str, username: str, password: str) -> str:
    """A server's words for people; some repeat what they were sent, in one form or another."""
    coded = base64.b64encode(f"\0{username}\0{password}".encode()).decode("ascii")
    said = any(form in answer for form in (password, coded) if form)
    return "…" if said else answer


def _some(names: Sequence[str]) -> str:
    named = say_list(names[:_NAMED])
    return say("{names} …", names=named) if len(names) > _NAMED else named


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
