"""A watched folder on a terminal: one quiet table of batches, states and progress.

Rich draws it again in its place; lines that a person should read go above it and stay.
"""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from photoprep.language import Language, in_language, say, say_number
from photoprep.watched import BatchResult, RunningBatch, Status, WaitingBatch

_MOST_WAITING = 8
_MOST_RESULTS = 8
# A bar of this many cells; finer than a cell is not to be seen from a chair's distance.
_BAR_CELLS = 20

_STYLES = {"running": "bold", "done": "green", "failed": "red", "later": "yellow", "gone": "dim"}


class WatchTable:
    """The table, from entering to leaving; also a stream for lines that go above it."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console, self._language = console, language
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> WatchTable:
        self._live.__enter__()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._live.__exit__(None, None, None)

    def show(self, status: Status) -> None:
        """Draw it anew."""
        self._live.update(drawn(status, self._language), refresh=True)

    def write(self, text: str, /) -> None:
        """Put a line above the table."""
        line = text.rstrip("\n")
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def flush(self) -> None:
        """Every line is seen at once."""


def drawn(status: Status, language: Language) -> RenderableType:
    """The watched folder, what is wrong with it, then a row a batch: at work, waiting, over."""
    watcher = status.watcher
    heading = say("{inbox} → {out}", inbox=watcher.inbox, out=watcher.out)
    parts: list[RenderableType] = [Text(in_language(heading, language), "dim")]
    parts += [Text(f"! {in_language(each, language)}", "yellow") for each in status.findings]
    table = Table.grid(padding=(0, 2))
    for row in _rows(status):
        table.add_row(*(Text(in_language(cell, language), row[3]) for cell in row[:3]))
    if not table.row_count:
        parts.append(Text(in_language(say("Nothing has been dropped yet."), language), "dim"))
    return Group(*parts, table)


Row = tuple[str, str, str, str]  # batch, state, what else, style


def _rows(status: Status) -> list[Row]:
    rows = [_at_work(status.running)] if status.running is not None else []
    waiting = status.waiting[:_MOST_WAITING]
    rows += map(_waits, waiting)
    if len(status.waiting) > len(waiting):
        more = say_number(
            len(status.waiting) - len(waiting), "and {count} more", "and {count} more"
        )
        rows.append((more, "", "", "dim"))
    return rows + [_over(result) for result in status.results[:_MOST_RESULTS]]


def _at_work(batch: RunningBatch) -> Row:
    step = {
        "photos": say("photos"),
        "sheets": say("sheets"),
        "versions": say("smaller photos"),
    }.get(batch.step, say("begins"))
    if not batch.total:
        return batch.name, say("at work"), step, _STYLES["running"]
    filled = _BAR_CELLS * batch.done // batch.total
    bar = "━" * filled + "╌" * (_BAR_CELLS - filled)
    told = say(
        "{bar} {step} {done}/{total}", bar=bar, step=step, done=batch.done, total=batch.total
    )
    return batch.name, say("at work"), told, _STYLES["running"]


def _waits(batch: WaitingBatch) -> Row:
    state = {
        "settling": say("arriving"),
        "queued": say("waits"),
        "later": say("again later"),
    }[batch.state]
    return batch.name, state, batch.reason, _STYLES.get(batch.state, "")


def _over(result: BatchResult) -> Row:
    if result.state == "failed":
        return result.name, say("failed"), result.message, _STYLES["failed"]
    photos = say_number(result.prepared, "{count} photo", "{count} photos")
    mails = say_number(result.mails, "{count} mail", "{count} mails")
    made = say("{photos}, {mails}", photos=photos, mails=mails)
    if result.failed:
        made = say("{made}, {failed} failed", made=made, failed=result.failed)
    return result.name, say("done"), made, _STYLES[result.state]
