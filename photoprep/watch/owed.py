"""Which results are still to be handed over, so that a kill between the work and that loses none.

A small file a batch, written before the ledger counts it as done, and removed when all is handed
over. So a result is handed over at least once; drafts know themselves again, a command is told the
same a second time when the daemon is killed while it runs.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from photoprep.files import cannot_write, write_whole
from photoprep.watched import FOLDER

_OWED = "to-hand-over"


class Owed:
    """The files, in the output of a watched folder."""

    def __init__(self, out: Path) -> None:
        self._folder = out / FOLDER / _OWED
        self._unfinished = out / FOLDER / "unfinished"

    def promise(self, name: str) -> None:
        """Keep in mind that a batch's result is to be handed over.

        Raises:
            CannotWriteError: the place refuses it.

        """
        place = self._place(name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._unfinished.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(place, error) from error
        data = json.dumps({"batch": name}).encode()
        write_whole(place, data, temporary=self._unfinished / place.name)

    def keep(self, name: str) -> None:
        """It has been handed over."""
        with suppress(OSError):
            self._place(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The batches that something is owed to; files that make no sense are passed over."""
        found = []
        with suppress(OSError):
            for path in sorted(self._folder.glob("*.json")):
                with suppress(OSError, ValueError, TypeError, KeyError):
                    found.append(str(json.loads(path.read_bytes())["batch"]))
        return found

    def _place(self, name: str) -> Path:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self._folder / f"{digest}.json"
