r"""What happens, one line an event on standard error: for people, or as JSON for programs.

Every line is one event whatever a name or a message holds: a line's end within is shown as ``\\n``.
Rotation is the system's.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from photoprep.catalogue.found import printable
from photoprep.language import Language, in_language, say

EventKind = Literal[
    "started",
    "stopping",
    "stopped",
    "reloaded",
    "queued",
    "begun",
    "done",
    "failed",
    "later",
    "renamed",
    "gone",
    "waiting",
    "archived",
    "handed-over",
    "trouble",
    "well-again",
    "bug",
]
Level = Literal["info", "warning", "error"]
Figure = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: to ``batch``, where it is one's.

    ``sentence`` is for a person, ``hint`` what to do. ``figures`` are for programs alone.
    """

    kind: EventKind
    sentence: str
    batch: str = ""
    hint: str = ""
    level: Level = "info"
    figures: dict[str, Figure] = field(default_factory=dict)


Log = Callable[[Event], None]


class Lines(Protocol):
    """What lines are written to: a text stream, or what shows them above a table."""

    def write(self, text: str, /) -> object:
        """Take a text."""

    def flush(self) -> object:
        """Let it be seen."""


class LineLog:
    """Writes each event as a line; a stream that is gone or full never ends the watching."""

    def __init__(
        self,
        language: Language,
        *,
        as_json: bool,
        stream: Lines | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now().astimezone(),
    ) -> None:
        self._language, self._as_json, self._stream, self._now = language, as_json, stream, now

    def __call__(self, event: Event) -> None:
        """Write one event."""
        time = self._now().isoformat(timespec="seconds")
        line = self._json(event, time) if self._as_json else self._text(event, time)
        stream = self._stream or sys.stderr
        try:
            stream.write(line + "\n")
            stream.flush()
        except (OSError, ValueError):
            return

    def _json(self, event: Event, time: str) -> str:
        said = {
            "time": time,
            "level": event.level,
            "event": event.kind,
            "batch": event.batch or None,
            "message": in_language(event.sentence, self._language),
            "hint": in_language(event.hint, self._language) or None,
        }
        return json.dumps(said | event.figures)

    def _text(self, event: Event, time: str) -> str:
        sentence = event.sentence
        if event.batch:
            sentence = say("{source}: {reason}", source=event.batch, reason=sentence)
        said = [sentence, event.hint]
        words = " ".join(in_language(each, self._language) for each in said if each)
        return f"{time} {_one_line(words)}"


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return printable(" · ".join(lines))


class TroubleLog:
    """Passes on what a person should look at; the rest a table shows better."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, event: Event) -> None:
        """Pass it on, or not."""
        if event.level != "info":
            self._log(event)
