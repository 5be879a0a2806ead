"""What a caller of the doors gives, in one shape: paths, a preset, jobs and a language.

``pipeline``, ``checking`` and ``composite`` take the same things in the same forms.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from photoprep.errors import UsageError
from photoprep.language import Language, say
from photoprep.preset import Preset
from photoprep.system_language import system_language
from photoprep.workers import usable_cores

GivenPaths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
GivenPreset = Preset | str | os.PathLike[str]


def paths_given(paths: GivenPaths) -> list[str | os.PathLike[str]]:
    """One path or several, as a list."""
    return [paths] if isinstance(paths, str | os.PathLike) else list(paths)


def preset_given(preset: GivenPreset) -> Preset:
    """A preset as it is, or the one of this name or in this file.

    Raises:
        PresetError: as for ``preset_file.load_preset``.

    """
    if isinstance(preset, Preset):
        return preset
    from photoprep.preset_file import load_preset  # pydantic loads while the workers do

    return load_preset(os.fspath(preset))


def jobs_given(jobs: int | None) -> int:
    """How many workers at most; one a core where nothing is said.

    Raises:
        UsageError: it is none at all.

    """
    if jobs is None:
        return usable_cores()
    if jobs < 1:
        raise UsageError(
            say("There must be at least one job, not {jobs}.", jobs=jobs),
            hint=say("Leave --jobs out."),
        )
    return jobs


def language_given(language: Language | None, preset: Preset) -> Language:
    """The language asked for, else the preset's, which by default is the user's."""
    if language:
        return language
    return system_language() if preset.language == "auto" else preset.language
