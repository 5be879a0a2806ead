"""Who holds a folder, as it is written down there."""

from __future__ import annotations

import getpass
import json
import os
import platform
import secrets
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from photoprep.mail.items import one_line
from photoprep.watched import Watcher

_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """A daemon; ``token`` is its own, whoever gets its process number later.

    ``machine`` stays over a restart, ``boot`` does not, and is that of every container there.
    """

    watcher: Watcher
    token: str
    machine: str
    boot: str

    def is_of_this_machine(self) -> bool:
        """Whether the locks of this system tell whether it lives."""
        return self.machine == _machine() or (bool(self.boot) and self.boot == _boot())


def this_process(inbox: Path, out: Path, since: float) -> Holder:
    """The process itself as the holder of a folder."""
    watcher = Watcher(
        host=platform.node(),
        user=_user(),
        pid=os.getpid(),
        since=since,
        inbox=str(inbox.absolute()),
        out=str(out.absolute()),
    )
    return Holder(watcher, secrets.token_hex(8), _machine(), _boot())


def record_of(holder: Holder, now: float) -> bytes:
    """What is written down; ``now`` is for people, the file's own time is what counts."""
    return json.dumps({"photoprep": 1, "heartbeat": now, **asdict(holder)}).encode()


def holder_of(record: bytes) -> Holder | None:
    """The holder of a record; None for anything else.

    Whoever may write to the share may have written it: it is read as names and nothing more.
    """
    try:
        told = json.loads(record)
        known = told["watcher"]
        watcher = Watcher(
            host=_name(known["host"]),
            user=_name(known["user"]),
            pid=int(known["pid"]),
            since=float(known["since"]),
            inbox=_name(known["inbox"]),
            out=_name(known["out"]),
        )
        return Holder(watcher, str(told["token"]), str(told["machine"]), str(told["boot"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _name(told: Any) -> str:
    return one_line(str(told)[:_MOST_CHARACTERS])


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without a list of users
        return str(os.getuid()) if hasattr(os, "getuid") else "?"


@cache
def _machine() -> str:
    number = ""
    with suppress(OSError, UnicodeDecodeError):
        number = Path("/etc/machine-id").read_text("ascii").strip()
    return f"{platform.node()} {number or hex(uuid.getnode())}"


@cache
def _boot() -> str:
    with suppress(OSError, UnicodeDecodeError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""
