"""The settings of every batch that is found, read when its files change and no oftener."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from photoprep.catalogue.found import is_settings
from photoprep.errors import ExitCode, PhotoprepError, PresetError
from photoprep.language import packed, say
from photoprep.watch.batch import BatchSettings, Outcome
from photoprep.watch.found import LOOSE, FoundBatch, within

ReadSettings = Callable[[Path, BatchSettings], BatchSettings]


class SettingsBook:
    """What each batch is prepared with: ``default`` but for what a folder says of itself."""

    def __init__(self, inbox: Path, read: ReadSettings, default: BatchSettings) -> None:
        self._inbox, self._read = inbox, read
        self.default = default
        self._known: dict[str, tuple[FoundBatch, BatchSettings]] = {}
        self._refusals: dict[str, Outcome] = {}

    def renew(self, default: BatchSettings) -> None:
        """Read all anew: presets may have changed."""
        self.default = default
        self._known.clear()

    def of(self, found: FoundBatch) -> BatchSettings:
        """The settings; where they are wrong or unreadable, ``contents`` stands for how."""
        if found.name == LOOSE or not any(
            is_settings(within(found.name, file.path)) for file in found.files
        ):
            self._refusals.pop(found.name, None)
            return self.default
        known = self._known.get(found.name)
        if known is None or known[0] is not found or found.name in self._refusals:
            known = self._known[found.name] = (found, self._read_anew(found))
        return known[1]

    def refusal(self, name: str) -> Outcome | None:
        """Why a batch cannot be prepared with its settings; None where it can."""
        return self._refusals.get(name)

    def keep_only(self, names: set[str]) -> None:
        """Forget the batches that are no longer there."""
        for name in self._known.keys() - names:
            self._known.pop(name)
            self._refusals.pop(name, None)

    def _read_anew(self, found: FoundBatch) -> BatchSettings:
        self._refusals.pop(found.name, None)
        try:
            return self._read(self._inbox / found.name, self.default)
        except PresetError as error:
            outcome = _refused(error)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = say("Its settings cannot be read ({reason}).", reason=reason)
            outcome = Outcome(ExitCode.TRY_LATER, is_passing=True, message=packed(message))
        self._refusals[found.name] = outcome
        stands_for = hashlib.sha256(repr(outcome.message).encode()).hexdigest()
        return BatchSettings(self.default.preset, contents=f"refused:{stands_for}")


def _refused(error: PhotoprepError) -> Outcome:
    message = error.message
    if error.path is not None:
        message = say("{path}: {message}", path=str(error.path), message=message)
    return Outcome(error.exit_code, message=packed(message), hint=packed(error.hint))
