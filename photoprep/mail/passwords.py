"""Where an account's password comes from: the environment, else the system's keyring.

It is never taken from a command line, where other users and the shell's history see it, and never
put into a message, a log or a report. What a server says is told to people only after
``without_secrets``, because some servers repeat what they were sent.
"""

from __future__ import annotations

import base64
import os
from typing import Literal

from photoprep.errors import AccountError
from photoprep.language import say
from photoprep.mail.account import Account

_SERVICE = "photoprep"
Place = Literal["environment", "keyring", "nowhere"]


def variable_of(account: Account) -> str:
    """The environment variable that may hold the account's password."""
    return f"PHOTOPREP_PASSWORD_{account.name.upper().replace('-', '_')}"


def password_of(account: Account) -> str:
    """The account's password.

    The environment goes first: whoever sets it means this very run, and a keyring may have to be
    unlocked by somebody who is not there.

    Raises:
        AccountError: there is none, or the keyring refuses.

    """
    password = os.environ.get(variable_of(account)) or _from_keyring(account)
    if not password:
        raise AccountError(
            say("There is no password for the account {name}.", name=account.name),
            hint=say(
                "Store it with: photoprep accounts password {name}, or set the environment "
                "variable {variable}.",
                name=account.name,
                variable=variable_of(account),
            ),
        )
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        raise AccountError(
            say("The password of the account {name} cannot be read as text.", name=account.name),
            hint=say("Set it in the encoding that this system uses, UTF-8 as a rule."),
        )
    return password


def place_of_password(account: Account) -> Place:
    """Where the account's password is to be found, for a list of accounts."""
    if os.environ.get(variable_of(account)):
        return "environment"
    try:
        return "keyring" if _from_keyring(account) else "nowhere"
    except AccountError:
        return "nowhere"


def store_password(account: Account, password: str) -> None:
    """Put the password into the system's keyring, in place of an earlier one.

    Raises:
        AccountError: there is no keyring here, or it refuses.

    """
    if not keyring_is_here():
        raise AccountError(
            say("There is no keyring on this system that photoprep could use."),
            hint=say(
                '"photoprep doctor" says how to install it. Or set the environment variable '
                "{variable}.",
                variable=variable_of(account),
            ),
        )
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, account.name, password)
    except KeyringError as error:
        raise _refused(error) from None  # its words could quote what it was given


def keyring_is_here() -> bool:
    """Whether a keyring is installed that can hold something."""
    try:
        import keyring
        from keyring.backends.fail import Keyring
    except ImportError:
        return False
    return not isinstance(keyring.get_keyring(), Keyring)


def keyring_backend() -> str:
    """The keyring that passwords go to, by its own name; empty where there is none to hold one.

    Nothing in it is asked for, so that nobody has to unlock it. Raises ``ImportError`` where none
    is installed, and whatever a broken one does.
    """
    import keyring

    return str(keyring.get_keyring().name) if keyring_is_here() else ""


def without_secrets(text: str, username: str, password: str) -> str:
    """A server's words with the password, and what was made of it to log in, blotted out."""
    if not password:
        return text
    secrets = [
        f"\0{username}\0{password}",  # RFC 4616, 2
        password,
    ]
    for secret in secrets:
        coded = base64.b64encode(secret.encode("utf-8")).decode("ascii")
        text = text.replace(coded, "***").replace(secret, "***")
    return text


def _from_keyring(account: Account) -> str:
    if not keyring_is_here():
        return ""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, account.name) or ""
    except KeyringError as error:
        raise _refused(error) from None


def _refused(error: Exception) -> AccountError:
    return AccountError(
        say("The system's keyring refuses ({kind}).", kind=type(error).__name__),
        hint=say("Unlock it and run again."),
    )
