"""What is to be kept running, and the rules for its name and its command's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from photoprep.errors import UsageError
from photoprep.language import say

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
EXIT_CODES_FOR_A_PERSON = (2, 78)  # wrong usage, wrong preset: starting anew mends neither


def check_name(name: str) -> None:
    """Refuse, with ``UsageError``, what cannot name a service, and a file, on every system."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            say("{name} cannot be the name of a service.", name=repr(name)),
            hint=say("Take up to 64 letters, digits, dots, hyphens and underscores."),
        )


@dataclass(frozen=True, slots=True)
class Service:
    """One watched folder's service: ``command`` is a program's absolute path and its arguments.

    Raises:
        UsageError: the name cannot be one on all systems, or a word cannot stand in a file that
            keeps a service: it has control characters, or bytes that are no UTF-8.

    """

    name: str
    command: tuple[str, ...]
    inbox: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.name)
        for word in (*self.command, *self.variables.values()):
            if not all(letter.isprintable() for letter in word):
                raise UsageError(
                    say("{word} has letters that no service can be given.", word=repr(word)),
                    hint=say("Rename the folder, or watch it by another path."),
                )
