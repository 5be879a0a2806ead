"""What all tests share: a configuration folder of their own, and where the real photos lie."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from photoprep.worker_process import one_thread_each

# As in the product's workers: beside the other processes of a run of the tests, the threads of a
# matrix library would but wait for each other, and be busy waiting.
with one_thread_each():
    import numpy  # noqa: F401

# CI judges the same examples every time; people's machines look for new ones.
# None has to be quick: what a busy machine takes longer for is no failure.
settings.register_profile("people", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "people")

# A folder of real photos beside the repository, with their origins in photos.tsv. They are not
# committed; tests that want them are skipped where the folder is missing.
NOBODY = 65534
REAL_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"


# The files that take longest go first: one that is begun last is waited for alone.
LONGEST = (
    "faults/test_decoder.py",
    "end_to_end/test_interruption.py",
    "end_to_end/test_watch.py",
    "cluster/test_cluster.py",
    "cluster/test_silent.py",
    "watch/test_torture.py",
    "property/test_rerun.py",
    "remote/test_cluster_and_store.py",
    "remote/test_publishing.py",
    "remote/test_archives_in_a_store.py",
    "remote/test_listing.py",
    "watch/test_running.py",
    "end_to_end/test_send_real_photos.py",
    "end_to_end/test_main_job.py",
    "end_to_end/test_real_photos.py",
    "faults/test_folder.py",
    "faults/test_full_disk.py",
    "faults/test_source.py",
    "photo/test_doubts.py",
    "photo/test_looks.py",
    "proof/test_page_accessibility.py",
    "proof/test_page_safety.py",
    "fuzz/test_hostile.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first, and leave all others in their order."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def _config_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # pytest reads the whole folder for each one that it numbers, which thousands of tests feel.
    return tmp_path_factory.mktemp("config")


@pytest.fixture(autouse=True)
def config_folder(_config_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test, and every process it starts, away from the user's own settings."""
    folder = Path(tempfile.mkdtemp(dir=_config_folders))
    monkeypatch.setenv("PHOTOPREP_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let photoprep speak English, whatever the language of whoever runs the tests."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def without_root(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """A context in which root meets a user's rights; for anybody else it changes nothing.

    It is for work in this very process: an interpreter in root's home could not be started.
    """

    @contextmanager
    def dropped() -> Iterator[None]:
        if os.name == "nt" or os.geteuid() != 0:
            yield
            return
        for folder in tmp_path.parents:  # pytest makes them for their owner alone
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
        tmp_path.chmod(0o777)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return dropped


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of real photos; skips where it is missing."""
    folder = Path(os.environ.get("PHOTOPREP_REAL_PHOTOS", REAL_PHOTOS))
    if not folder.is_dir():
        pytest.skip(f"no real photos in {folder}")
    return folder
