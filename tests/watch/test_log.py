"""One line an event, whatever a name or a message holds."""

from __future__ import annotations

import datetime
import io
import json

import pytest

from photoprep.language import say
from photoprep.watch.log import Event, LineLog, TroubleLog

NOON = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.UTC)


def logged(event: Event, *, as_json: bool) -> str:
    stream = io.StringIO()
    LineLog("en", as_json=as_json, stream=stream, now=lambda: NOON)(event)
    return stream.getvalue()


def test_a_line_for_people() -> None:
    event = Event("failed", say("There are {count} photos.", count=0), "Boxes", "Drop some.")
    expected = "2026-11-29T12:00:00+00:00 Boxes: There are 0 photos. Drop some.\n"
    assert logged(event, as_json=False) == expected


def test_a_line_for_programs() -> None:
    event = Event("done", "Done.", "Boxes", figures={"mails": 2, "took_s": 1.5})
    assert json.loads(logged(event, as_json=True)) == {
        "time": "2026-11-29T12:00:00+00:00",
        "level": "info",
        "event": "done",
        "batch": "Boxes",
        "message": "Done.",
        "hint": None,
        "mails": 2,
        "took_s": 1.5,
    }


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\u2028b", "a\udcffb", "盒子"])
def test_every_event_is_one_line_that_any_terminal_takes(name: str, as_json: bool) -> None:
    line = logged(Event("queued", f"One\nof {name}", name), as_json=as_json)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    line.encode("utf-8")


def test_a_stream_that_is_gone_ends_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    LineLog("en", as_json=False, stream=stream)(Event("queued", "One."))


def test_above_a_table_stands_only_what_somebody_should_read() -> None:
    heard: list[str] = []
    log = TroubleLog(lambda event: heard.append(event.sentence))
    log(Event("done", "All is well."))
    log(Event("failed", "It failed.", level="error"))
    assert heard == ["It failed."]
