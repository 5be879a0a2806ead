"""The table of a watched folder, as a terminal shows it."""

from __future__ import annotations

import io

from rich.console import Console

from photoprep.proof.watch_table import WatchTable, drawn
from photoprep.watched import BatchResult, RunningBatch, Status, WaitingBatch, Watcher

WATCHER = Watcher("host", "anna", 7, 1_800_000_000.0, "/srv/in", "/srv/out")


def shown(status: Status) -> list[str]:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    with console.capture() as captured:
        console.print(drawn(status, "en"))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_each_batch_is_a_row_with_its_state_and_how_far_it_is() -> None:
    status = Status(
        WATCHER,
        1_800_000_000.0,
        running=RunningBatch("Boxes", "Boxes", 1_800_000_000.0, "photos", 5, 10),
        waiting=(
            WaitingBatch("Cups", "queued"),
            WaitingBatch("Hats", "later", "The share is gone."),
        ),
        results=(
            BatchResult("Torches", "Torches", "done", 1.0, prepared=3, mails=1),
            BatchResult("Words", "Words", "failed", 1.0, message="There are no photos in it."),
        ),
        findings=("The watched folder is not there.",),
    )
    heading, finding, *rows = shown(status)
    assert heading == "/srv/in → /srv/out"
    assert finding == "! The watched folder is not there."
    assert [row.split()[0] for row in rows] == ["Boxes", "Cups", "Hats", "Torches", "Words"]
    assert "━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌ photos 5/10" in rows[0]
    assert "The share is gone." in rows[2]
    assert "3 photos, 1 mail" in rows[3]
    assert "There are no photos in it." in rows[4]


def test_a_queue_that_is_long_is_told_by_its_number() -> None:
    waiting = tuple(WaitingBatch(f"Batch {number}", "queued") for number in range(30))
    assert any("and 22 more" in line for line in shown(Status(WATCHER, 0.0, waiting=waiting)))


def test_an_empty_folder_says_so() -> None:
    assert shown(Status(WATCHER, 0.0))[1] == "Nothing has been dropped yet."


def test_names_are_shown_as_they_are_and_lines_stand_above() -> None:
    """Square brackets are no markup, in a table or a line."""
    status = Status(WATCHER, 0.0, waiting=(WaitingBatch("[bold]Boxes[/]", "queued"),))
    assert any("[bold]Boxes[/]" in line for line in shown(status))
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with console.capture() as captured, WatchTable(console, "en") as table:
        table.show(status)
        table.write("[red]One line[/]\n")
    assert "[red]One line[/]" in captured.get()
