"""Which files there are in a store, below an address: a listing becomes what ``scan`` gives.

Nothing is fetched but the list. An archive there is not opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from photoprep.catalogue.archive import ENDING, folder_aside, made_by_photoprep
from photoprep.catalogue.found import FoundFile, is_clutter, printable
from photoprep.catalogue.scan import Dropped, made_here, natural_key
from photoprep.errors import UsageError
from photoprep.language import say
from photoprep.output_folder import MARKER
from photoprep.remote_address import below, checked_address, own_name, stand_in_path
from photoprep.remote_listing import objects_below
from photoprep.remote_store import RemoteObject


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
    rows = _Rows.of(address, found).rows()
    likeness = Path.cwd() / own_name(address)
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
        if name.lower().endswith(ENDING):
            return self._row(
                name,
                trouble=say("It is an archive in a store, and is opened on this computer alone."),
                hint=say("Copy it here and drop it, or unpack it there."),
            )
        return FoundFile(self.path, printable(name), found.stamp, member=found)

    def _row(self, name: str, *, aside: str = "", trouble: str = "", hint: str = "") -> FoundFile:
        return FoundFile(self.path, printable(name), None, aside, trouble, hint)
