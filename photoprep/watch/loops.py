"""Folders that must not lie in each other: what is watched, what is written, what is filed away.

A daemon that finds its own output in the watched folder would prepare it again, without end.
Folders are compared by what they are on the disk, so that links, another spelling on a disk that
ignores case or Unicode form, and a second mount of the same place deceive nobody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.language import say
from photoprep.output_folder import MARKER
from photoprep.watch.found import WATCH_MARKER


def refuse_loops(inbox: Path, out: Path, archive: Path | None = None) -> None:
    """Refuse places that would feed the daemon with what it made or filed away itself.

    ``out`` and ``archive`` need not be there yet.

    Raises:
        UsageError: one of them is the watched folder, lies in it or holds it, or the watched folder
            is itself an output.

    """
    if any((inbox / marker).is_dir() for marker in (MARKER, WATCH_MARKER)):
        raise UsageError(
            say(
                "This folder was made by photoprep; watching it would prepare the finished "
                "pictures again."
            ),
            hint=say("Watch the folder that original photos are put into."),
            path=inbox,
        )
    _refuse_out(inbox, out)
    if archive is not None:
        _refuse_archive(inbox, archive)


def _refuse_out(inbox: Path, out: Path) -> None:
    hint = say("Choose a folder beside the watched one with --out.")
    if is_within(out, inbox) and is_within(inbox, out):
        raise UsageError(
            say("The output is the watched folder itself, so it would be prepared again."),
            hint=hint,
            path=out,
        )
    if is_within(out, inbox):
        raise UsageError(
            say(
                "The output lies inside the watched folder {inbox}, so it would be prepared again.",
                inbox=str(inbox),
            ),
            hint=hint,
            path=out,
        )
    if is_within(inbox, out):
        raise UsageError(
            say(
                "The watched folder lies inside the output {out}, where photoprep may replace and "
                "remove files.",
                out=str(out),
            ),
            hint=hint,
            path=inbox,
        )


def _refuse_archive(inbox: Path, archive: Path) -> None:
    if is_within(archive, inbox):
        raise UsageError(
            say(
                "The archive lies inside the watched folder {inbox}, so what is put there would be "
                "prepared again.",
                inbox=str(inbox),
            ),
            hint=say("Choose an archive beside the watched folder."),
            path=archive,
        )
    if is_within(inbox, archive):
        raise UsageError(
            say("The watched folder lies inside the archive {archive}.", archive=str(archive)),
            hint=say("Choose an archive beside the watched folder."),
            path=inbox,
        )


def is_within(inner: Path, outer: Path) -> bool:
    """Whether ``inner`` is ``outer`` or lies below it, links followed; neither need be there."""
    real_inner, real_outer = Path(os.path.realpath(inner)), Path(os.path.realpath(outer))
    if real_inner.is_relative_to(real_outer):
        return True
    outer_look = _look(real_outer)
    if outer_look is None:
        return False
    return any(_look(place) == outer_look for place in _upwards(real_inner))


def _upwards(place: Path) -> Iterator[Path]:
    yield place
    yield from place.parents


def _look(place: Path) -> tuple[int, int] | None:
    """What a place is on its disk; None where nothing is there, or nobody may look."""
    try:
        status = place.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
