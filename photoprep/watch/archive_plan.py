"""What an archiving that takes several steps is about, kept beside its copy until it is done.

Each has a folder of its own in the archive, on the archive's disk::

    ARCHIVE/.photoprep-archive/<inbox>/<token>/plan.json
                                               copy/

A folder without a plan is one that was being made or thrown away: it holds nothing that is not
elsewhere. With a plan, ``copy`` is there until it has got its place in the archive, by one rename;
so what is found after a kill says by itself how far it had come.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from photoprep.files import sync_folder, write_whole

UNFINISHED = ".photoprep-archive"
_PLAN, _COPY = "plan.json", "copy"
_SCHEMA_NUMBER = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """One archiving. ``moving`` renames sources into the copy, ``copying`` leaves them until after.

    ``sources`` are paths from the watched folder on, ``expected`` the hashes of what was prepared.
    ``place`` is the name in the archive, empty until it was chosen.
    """

    kind: Literal["moving", "copying"]
    inbox: str
    name: str
    sources: tuple[str, ...]
    expected: dict[str, str]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A plan and its folder."""

    folder: Path
    plan: Plan

    @property
    def copy(self) -> Path:
        """Where the batch is gathered."""
        return self.folder / _COPY

    @property
    def is_published(self) -> bool:
        """Whether the batch has its place in the archive."""
        return not self.copy.exists()

    def published(self, archive: Path, place: Path) -> Unfinished:
        """Give the copy its place, by one rename; where that is, is written down before."""
        told = Unfinished(self.folder, replace(self.plan, place=place.name))
        _write(told)
        self.copy.rename(place)
        sync_folder(archive)
        sync_folder(self.folder)
        return told

    def discard(self) -> None:
        """Throw all of it away; the plan first, so that nobody goes on with half of it."""
        (self.folder / _PLAN).unlink(missing_ok=True)
        sync_folder(self.folder)
        shutil.rmtree(self.folder)
        _tidy(self.folder.parent)


def begin(archive: Path, plan: Plan) -> Unfinished:
    """Make the folder for a plan; raises ``OSError`` and ``CannotWriteError``."""
    above = _folder_of(archive, Path(plan.inbox))
    above.mkdir(parents=True, exist_ok=True)
    made = Unfinished(Path(tempfile.mkdtemp(dir=above)), plan)
    made.copy.mkdir()
    _write(made)
    return made


def unfinished(archive: Path, inbox: Path) -> list[Unfinished]:
    """What earlier runs over the same watched folder left; what has no plan is thrown away.

    Raises ``OSError`` where it cannot be looked through.
    """
    above = _folder_of(archive, inbox)
    found = []
    for folder in sorted(above.iterdir()) if above.is_dir() else []:
        try:
            plan = _read(folder / _PLAN)
        except ValueError:
            continue  # it may stand for photos: whoever understands it may have it
        if plan is None:
            shutil.rmtree(folder)
            continue
        found.append(Unfinished(folder, plan))
    _tidy(above)
    return found


def _tidy(above: Path) -> None:
    """Leave no empty folder behind."""
    with suppress(OSError):  # there is another plan, or none ever was
        above.rmdir()
    with suppress(OSError):
        above.parent.rmdir()


def _folder_of(archive: Path, inbox: Path) -> Path:
    # Several daemons may have one archive; only this one may touch what is its own.
    own = hashlib.sha256(os.fsencode(os.path.realpath(inbox))).hexdigest()[:16]
    return archive / UNFINISHED / own


def _write(unfinished: Unfinished) -> None:
    data = {"schema": _SCHEMA_NUMBER, **asdict(unfinished.plan)}
    path = unfinished.folder / _PLAN
    # In ASCII, because names may have bytes that are no UTF-8.
    write_whole(path, json.dumps(data).encode("ascii"), temporary=path.with_suffix(".tmp"))


def _read(path: Path) -> Plan | None:
    """The plan, which is whole where it is there at all; None where it is not.

    Raises ``ValueError`` for one that this version does not understand.
    """
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    if not isinstance(data, dict) or data.pop("schema", None) != _SCHEMA_NUMBER:
        raise ValueError(f"no plan of schema {_SCHEMA_NUMBER}: {path}")
    try:
        return Plan(**data | {"sources": tuple(data["sources"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"no plan: {path}") from error
