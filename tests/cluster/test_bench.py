"""What a worker does with a parcel, in the worker's own process: the test's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep import load_preset
from photoprep.cluster import bench
from photoprep.cluster.bench import work_far
from photoprep.cluster.parcels import OtherVersions, Parcel, Unseen, parcel_of
from photoprep.cluster.versions import versions_here
from photoprep.errors import PhotoTimeoutError, SourceUnreadableError, WorkerDiedError
from photoprep.files import FileStamp
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.walk import crew
from tests.support import small_photo, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

MISBEHAVING = """
import ctypes, os
from PIL import ImageFile

load = ImageFile.ImageFile.load

def misbehave(image):
    name = os.path.basename(getattr(image, "filename", ""))
    if name.startswith("hangs"):
        os.read(os.pipe()[0], 1)
    if name.startswith("crashes"):
        ctypes.string_at(0)
    return load(image)

ImageFile.ImageFile.load = misbehave
"""


@pytest.fixture(autouse=True)
def _crews_of_their_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    idle = bench._IdleCrews()
    monkeypatch.setattr(bench, "_idle_crews", idle)
    yield
    idle.dismiss()


def parcel(path: Path) -> Parcel:
    photo = PhotoTask(path, FileStamp.of(path), load_preset().photo)
    return parcel_of(photo, versions_here(), ship=False)


def test_a_decoder_that_fails_badly_costs_its_own_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "site/sitecustomize.py", MISBEHAVING)
    paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    crashed, made = (
        work_far(parcel(small_photo(tmp_path / name, 1, (640, 480))))
        for name in ("crashes.png", "good.png")
    )
    monkeypatch.setattr(crew, "LEAST_LIMIT_S", 0.5)
    hung = work_far(parcel(small_photo(tmp_path / "hangs.png", 1, (640, 480))))
    assert isinstance(crashed, WorkerDiedError)
    assert isinstance(made, MadePhoto)
    assert isinstance(hung, PhotoTimeoutError)


def test_what_looks_otherwise_than_at_home_is_unseen(tmp_path: Path) -> None:
    sent = parcel(small_photo(tmp_path / "IMG_1.png"))
    os.utime(tmp_path / "IMG_1.png", (1, 1))
    assert work_far(sent) == Unseen()
    (tmp_path / "IMG_1.png").unlink()
    assert work_far(sent) == Unseen()


def test_bytes_that_were_changed_on_their_way_are_not_decoded(tmp_path: Path) -> None:
    photo = PhotoTask(
        small_photo(tmp_path / "a.png"), FileStamp.of(tmp_path / "a.png"), load_preset().photo
    )
    sent = parcel_of(photo, versions_here(), ship=True)
    assert sent.shipped is not None
    assert sent.shipped_bytes == (tmp_path / "a.png").stat().st_size
    spoiled = replace(sent, shipped=replace(sent.shipped, data=sent.shipped.data[:-1]))
    assert isinstance(work_far(spoiled), SourceUnreadableError)


def test_a_worker_of_other_versions_does_nothing(tmp_path: Path) -> None:
    sent = parcel(small_photo(tmp_path / "IMG_1.png"))
    others = replace(sent.versions, of=(("pillow", "1.2.3"), *sent.versions.of[1:]))
    assert work_far(replace(sent, versions=others)) == OtherVersions()
