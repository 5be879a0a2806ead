"""A run that is only tried: everything is reckoned as it would be, and nothing is written.

The output folder is read as it stands; what a run would put there goes to a temporary folder that
vanishes with the rehearsal. So sizes, names, mails and failures are exact and not guesses, at the
price of the work.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photoprep.files import FileStamp, Spooled, cannot_write
from photoprep.output_folder import MARKER, STATE_FILE, OutputFolder, is_private
from photoprep.remembered import WrittenOutput
from photoprep.state import SPARE_FILE, State


@contextmanager
def rehearse(folder: Path) -> Iterator[RehearsedFolder]:
    """Open a stand-in for an output folder, whether that one is there already or not.

    Raises:
        CannotWriteError: the system's temporary folder cannot be written.

    """
    with tempfile.TemporaryDirectory(prefix="photoprep-", ignore_cleanup_errors=True) as place:
        stage = Path(place)
        try:
            for name in (STATE_FILE, SPARE_FILE):
                if (folder / MARKER / name).is_file():
                    shutil.copyfile(folder / MARKER / name, stage / name)
        except OSError as error:
            raise cannot_write(stage, error) from error
        with State(stage / STATE_FILE) as state:
            yield RehearsedFolder(folder, state, stage)


class RehearsedFolder(OutputFolder):
    """An output folder whose changes stay on a stage; it would lose the outputs ``taken_away``."""

    def __init__(self, folder: Path, state: State, stage: Path) -> None:
        super().__init__(folder, state)
        self.taken_away: list[str] = []
        self._stage = stage
        self._staged: dict[str, Path] = {}

    @property
    def unpacking_folder(self) -> Path:
        """The stage: not even for a moment is anything written into the folder."""
        return self._stage

    def read(self, path: str) -> bytes:
        """The content of an output, as it would be."""
        staged = self._staged.get(path)
        return staged.read_bytes() if staged is not None else super().read(path)

    def _put(
        self,
        path: str,
        data: bytes | Spooled,
        *,
        lasting: bool = True,  # noqa: ARG002
    ) -> FileStamp:
        place = self._stage / f"{len(self._staged)}.staged"
        try:
            if isinstance(data, Spooled):
                data.temporary.replace(place)
            else:
                place.write_bytes(data)
        except OSError as error:
            raise cannot_write(place, error) from error
        self._staged[path] = place
        return FileStamp.of(place)

    def _take_away(self, path: str) -> None:
        if not is_private(path):
            self.taken_away.append(path)

    def _is_as_written(self, path: str, known: WrittenOutput) -> bool:
        return path in self._staged or super()._is_as_written(path, known)

    def _aside(self, sha256: str) -> Path:
        return self._stage / f"{sha256}.aside"
