"""One server for the tests of a file, and a user who may read and write there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from s3fs import S3FileSystem

from tests.remote.stores import RealStore, real_store


@pytest.fixture(scope="module")
def running_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStore]:
    with real_store(tmp_path_factory.mktemp("store")) as running:
        yield running


def speak_to(store: RealStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process, and those it starts, be of a user of this server."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # it asks the environment once in a process


@pytest.fixture
def store(running_store: RealStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealStore:
    """The server; what is made for its addresses lies in a folder of this test."""
    speak_to(running_store, monkeypatch)
    monkeypatch.setenv("PHOTOPREP_DATA_DIR", str(tmp_path / "data"))
    return running_store
