"""FAILED.txt: in the output of a batch that could not be prepared, why, and what to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from photoprep.files import cannot_write, write_whole
from photoprep.language import Language, in_language, say, unpacked
from photoprep.watch.batch import Batch, Outcome
from photoprep.watched import FOLDER

FAILED_FILE = "FAILED.txt"


def write_failed_file(out: Path, batch: Batch, outcome: Outcome, language: Language) -> None:
    """Put the file into the batch's output.

    Raises:
        CannotWriteError: the place refuses it.

    """
    folder, unfinished = out / batch.output, out / FOLDER / "unfinished"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    data = failed_text(batch, outcome, language).encode("utf-8", "replace")
    write_whole(folder / FAILED_FILE, data, temporary=unfinished / FAILED_FILE)


def remove_failed_file(out: Path, batch: Batch) -> None:
    """Take it away again; a place that refuses that is left alone."""
    with suppress(OSError):
        (out / batch.output / FAILED_FILE).unlink(missing_ok=True)


def failed_text(batch: Batch, outcome: Outcome, language: Language) -> str:
    """Which batch, what is wrong, what to do: a line each."""
    lines = [
        say("{batch} was not prepared.", batch=batch.name),
        unpacked(outcome.message),
        unpacked(outcome.hint),
        say("It is tried again when its files or its settings change."),
    ]
    return "\n".join(in_language(line, language) for line in lines if line) + "\n"
