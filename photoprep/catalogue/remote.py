"""Which files there are in a store, below an address: a listing becomes what ``scan`` gives.

Nothing is fetched but the list, and of archives what tells which files they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from photoprep.archive_file import Span
from photoprep.archive_member import ArchiveMember
from photoprep.catalogue.archive import (
    ENDING,
    ends_of,
    folder_aside,
    made_by_photoprep,
    not_opened,
    opened,
)
from photoprep.catalogue.found import FoundFile, is_clutter, printable
from photoprep.catalogue.scan import Dropped, made_here, natural_key
from photoprep.errors import PhotoError, UsageError
from photoprep.language import say
from photoprep.output_folder import MARKER
from photoprep.remote_address import below, checked_address, own_name, stand_in_path
from photoprep.remote_listing import objects_below
from photoprep.remote_store import Range, RemoteObject, ranges_of

# So many archives' ends are on their way at once, and in memory: 128 kB of each.
_AT_ONCE = 64


def scan_address(text: str, on_found: Callable[[int], None] = lambda _found: None) -> Dropped:
    """Find every file below an address; names are relative to it.

    What it counts as is a folder of its name in the current one, where the results go by default.
    ``on_found`` hears how many are found so far.

    Raises:
        UsageError: nothing is there, or a run's results are, or this is no address.
        StoreError: the store cannot be reached, or refuses.
        MissingExtraError: what reads such addresses is not installed here.

    """
    address = checked_address(text)
    found = objects_below(address, on_found)
    if not found:
        raise UsageError(
            say("There is nothing at {address}.", address=address),
            hint=say("Check the spelling, also of the bucket."),
        )
    rows = _with_archives_open(_Rows.of(address, found).rows(), address, on_found)
    likeness = Path.cwd() / own_name(address)
    if found[0].address == address and any(isinstance(row.member, ArchiveMember) for row in rows):
        likeness = likeness.with_suffix("")  # what it would unpack to
    files = tuple(sorted(rows, key=lambda file: natural_key(file.name)))
    return Dropped(likeness, files, likeness, address)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The objects by their names from the address on, and the folders that photoprep made.

    All of them have one ``path``, as all files of an archive have the archive's.
    """

    path: Path
    named: Sequence[tuple[str, RemoteObject]]
    made: frozenset[str]

    @classmethod
    def of(cls, address: str, found: Sequence[RemoteObject]) -> _Rows:
        start = len(below(address, ""))
        # One file alone has the address itself.
        named = [(each.address[start:] or each.name, each) for each in found]
        names = [name for name, _ in named]
        if any(name.startswith(f"{MARKER}/") for name in names):
            raise made_here(address=address)
        return cls(stand_in_path(address), named, made_by_photoprep(names))

    def rows(self) -> list[FoundFile]:
        """What becomes of every object; all of a folder that is left aside has one row."""
        rows: dict[str, FoundFile] = {}
        for name, found in self.named:
            folder, why = folder_aside(name, self.made)
            if folder:
                rows.setdefault(folder, self._row(folder, aside=why))
            else:
                rows[name] = self._judged(name, found)
        return list(rows.values())

    def _judged(self, name: str, found: RemoteObject) -> FoundFile:
        if is_clutter(found.name) and len(self.named) > 1:  # by itself, it is meant
            return self._row(name, aside=say("a hidden or system file"))
        return FoundFile(self.path, printable(name), found.stamp, member=found)

    def _row(self, name: str, *, aside: str) -> FoundFile:
        return FoundFile(self.path, printable(name), None, aside)


def _with_archives_open(
    rows: Sequence[FoundFile], address: str, on_found: Callable[[int], None]
) -> list[FoundFile]:
    """The rows with the files of every archive in its place.

    What tells mostly all of an archive comes of many at once; ``on_found`` hears how many files
    there are by then.
    """
    archives = [
        (row, row.member)
        for row in rows
        if isinstance(row.member, RemoteObject) and row.name.lower().endswith(ENDING)
    ]
    within: dict[str, tuple[FoundFile, ...]] = {}
    count = len(rows)
    for start in range(0, len(archives), _AT_ONCE):
        some = archives[start : start + _AT_ONCE]
        for (row, archive), ends in zip(some, _ends([each for _, each in some]), strict=True):
            is_alone = archive.address == address
            told_from = "" if is_alone else row.name[: -len(ENDING)]
            within[row.name] = (
                (not_opened(row, ends),)
                if isinstance(ends, PhotoError)
                else opened(row, told_from=told_from, ends=ends)
            )
            count += len(within[row.name]) - 1
            on_found(count)
    return [file for row in rows for file in within.get(row.name, (row,))]


def _ends(archives: Sequence[RemoteObject]) -> list[list[Span] | PhotoError]:
    """Head and end of each archive, or why a store gives nothing of any of them.

    One that it does not give alone is asked for once more when it is opened, and told then.
    """
    wanted = [(archive, span) for archive in archives for span in ends_of(archive.size_bytes)]
    came = ranges_of([Range(archive, span.start, span.length_bytes) for archive, span in wanted])
    errors = [each for each in came if isinstance(each, PhotoError)]
    if len(errors) == len(came):  # each question more would wait as long
        return [errors[0] for _ in archives]
    spans: dict[str, list[Span]] = {archive.address: [] for archive in archives}
    for (archive, span), data in zip(wanted, came, strict=True):
        known = data if isinstance(data, bytes) else b""
        spans[archive.address].append(replace(span, known=known))
    return list(spans.values())
