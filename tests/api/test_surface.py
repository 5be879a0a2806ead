"""The public names, parameters and fields are what they were, or somebody meant the change."""

from __future__ import annotations

import subprocess
import sys

import pytest

import photoprep
from tests.api.surface import SURFACE, surface


def test_names_parameters_and_fields_are_what_they_were() -> None:
    """After a change that is meant: ``python -m tests.api.surface``, and a line in CHANGELOG.md."""
    assert surface() == SURFACE.read_text(encoding="utf-8")


def test_every_public_name_has_a_docstring() -> None:
    for name in photoprep.__all__:
        public = getattr(photoprep, name)
        if isinstance(public, type) or callable(public):
            assert public.__doc__, name


def test_importing_it_loads_nothing_of_it() -> None:
    code = (
        "import sys, photoprep\n"
        "print(sorted(m for m in sys.modules if m.startswith('photoprep')))\n"
        "assert 'typer' not in sys.modules and 'pydantic' not in sys.modules\n"
        "assert {'prepare', 'check'} < set(dir(photoprep))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['photoprep', 'photoprep.version']"


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'make_lunch'"):
        photoprep.make_lunch  # type: ignore[attr-defined]  # noqa: B018


def test_errors_are_one_tree() -> None:
    errors = [
        public
        for name in photoprep.__all__
        if isinstance(public := getattr(photoprep, name), type) and issubclass(public, Exception)
    ]
    assert len(errors) >= 8
    assert all(issubclass(error, photoprep.PhotoprepError) for error in errors)
