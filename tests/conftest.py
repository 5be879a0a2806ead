"""What all tests share: a configuration folder of their own, and where the real photos lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# A folder of real photos beside the repository, with their origins in photos.tsv. They are not
# committed; tests that want them are skipped where the folder is missing.
REAL_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"


@pytest.fixture(autouse=True)
def config_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep every test, and every process it starts, away from the user's own settings."""
    folder = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("PHOTOPREP_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of real photos; skips where it is missing."""
    folder = Path(os.environ.get("PHOTOPREP_REAL_PHOTOS", REAL_PHOTOS))
    if not folder.is_dir():
        pytest.skip(f"no real photos in {folder}")
    return folder
