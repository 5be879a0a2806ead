"""Addresses of files in a store, such as ``s3://bucket/catalogue``: texts alone, nothing is asked.

A path of this computer, also as a ``file://`` address, is none of them.
"""

from __future__ import annotations

import re
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.language import say

# RFC 3986, 3.1; a single letter is a drive of Windows.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
# A path has one slash of two left.
_WAS_ADDRESS = re.compile(r"(?!file:|local:)[A-Za-z][A-Za-z0-9+.-]+:[/\\]", re.IGNORECASE)
_OF_THIS_COMPUTER = frozenset({"file", "local"})

# Stores that take a file whole or not at all, and never show half of one.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"})


def is_address(text: object) -> bool:
    """Whether it is the address of something in a store, and no path."""
    return isinstance(text, str) and scheme_of(text) not in {"", *_OF_THIS_COMPUTER}


def check_no_address(*paths: Path | None) -> None:
    """Refuse paths that were made of addresses, where only folders of this computer will do.

    Raises:
        UsageError: one of them was an address.

    """
    for path in paths:
        if path is not None and _WAS_ADDRESS.match(str(path)) and not path.exists():
            raise UsageError(
                say("This has to be a folder of this computer, and no address in a store."),
                hint=say("Addresses are for photoprep prepare, check, names and sheet."),
                path=path,
            )


def scheme_of(address: str) -> str:
    """What stands before ``://``, in lower case; empty where nothing does."""
    found = _SCHEME.match(address.strip())
    return found[1].lower() if found else ""


def checked_address(text: str) -> str:
    """The address, without blanks around it and slashes at its end.

    Raises:
        UsageError: it names nothing, or holds a password, which would travel and be shown.

    """
    scheme, place = scheme_of(text), _place(text.strip()).rstrip("/")
    address = f"{scheme}://{place}"
    if ":" in place.partition("/")[0].rpartition("@")[0]:
        raise UsageError(
            say("An address must not hold a password: it would be shown and passed on."),
            hint=say("Leave it to its library's own settings, such as ~/.aws/credentials."),
        )
    if not place:
        raise UsageError(
            say("This is no address in a store: {text}", text=repr(text)),
            hint=say("It looks like s3://bucket/catalogue."),
        )
    return address


def takes_files_whole(address: str) -> bool:
    """Whether its store never shows half a file, so that finished ones can be put there."""
    return scheme_of(address) in _OBJECT_STORES


def below(address: str, name: str) -> str:
    """The address of a name below another one."""
    return f"{address}/{name}"


def own_name(address: str) -> str:
    """The last part of an address."""
    return address.rpartition("/")[2]


def store_of(address: str) -> str:
    """The store itself: the scheme, and the bucket or the host."""
    return f"{scheme_of(address)}://{_place(address).partition('/')[0]}"


def stand_in_path(address: str) -> Path:
    """A path with the names and endings of an address, where nothing lies: for what asks names."""
    return Path(_place(address))


def _place(address: str) -> str:
    return address.partition("://")[2]
