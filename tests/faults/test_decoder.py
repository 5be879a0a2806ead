"""A decoder that crashes, hangs or takes all memory costs its own photo; the run goes on.

The decoders are Pillow's own, made to misbehave in the real command's workers by a
``sitecustomize`` on their path, which Python itself loads before anything else.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from photoprep import prepare
from photoprep.errors import ExitCode
from photoprep.outcome import Failed, Prepared
from tests.faults.support import DATE, make_sources
from tests.support import outputs, photoprep, prepared_here, small_photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

LIMIT_S = 6.0  # none of the other photos comes near, on a machine that is busy too

MISBEHAVING = f"""
import ctypes, os, signal
from PIL import ImageFile
from photoprep.walk import crew

crew.LEAST_LIMIT_S = {LIMIT_S}
load = ImageFile.ImageFile.load

def misbehave(image):
    name = os.path.basename(getattr(image, "filename", ""))
    if name.startswith("hangs"):
        for number in signal.valid_signals() - {{signal.SIGKILL, signal.SIGSTOP}}:
            signal.signal(number, signal.SIG_IGN)
        os.read(os.pipe()[0], 1)
    if name.startswith("crashes"):
        ctypes.string_at(0)
    if name.startswith("is killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("eats"):
        hoard = []
        while True:
            hoard.append(bytes(100_000_000))
    return load(image)

ImageFile.ImageFile.load = misbehave
"""

FAULTS = {
    "hangs": "The picture was not done after 6 seconds, and was given up.",
    "crashes": "The process at work on it crashed or was killed, perhaps for want of memory.",
    "is killed": "The process at work on it crashed or was killed, perhaps for want of memory.",
}
if sys.platform == "linux":  # nothing bounds memory elsewhere
    FAULTS["eats"] = "There is not enough memory for this picture."


@pytest.fixture
def misbehaving(tmp_path: Path) -> dict[str, str]:
    """The environment of processes whose decoders misbehave."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(MISBEHAVING)
    paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.parametrize("workers", ["forked", "spawned"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_decoder_that_fails_badly_costs_its_own_photo(
    tmp_path: Path, misbehaving: dict[str, str], fault: str, workers: str
) -> None:
    source, out = make_sources(tmp_path / "Boxes", 5, (240, 160)), tmp_path / "out"
    bad = small_photo(source / "Box X0" / f"{fault}.png", 9, (240, 160))
    prepared_here(source, tmp_path / "undisturbed")
    if workers == "spawned":  # as they are wherever the output folder is there already
        out.mkdir()
    done = photoprep(source, "--out", out, "--jobs", "2", *DATE, env=misbehaving)
    assert done.returncode == ExitCode.SOME_FAILED, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    rows = {row["source"]: row for row in json.loads((out / "report.json").read_bytes())["photos"]}
    failed = {name: row["error"] for name, row in rows.items() if row["status"] == "failed"}
    assert list(failed) == [f"Box X0/{bad.name}"]
    assert FAULTS[fault] in failed[f"Box X0/{bad.name}"]
    assert len(list(out.glob("photos/*.jpg"))) == 5
    assert f"Box X0/{bad.name}" not in _remembered(out)

    # The next run tries it again, and all is as if nothing had been.
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert outputs(out) == outputs(tmp_path / "undisturbed")


def _remembered(out: Path) -> set[str]:
    with closing(sqlite3.connect(out / ".photoprep/state.db")) as database:
        return {row[0] for row in database.execute("SELECT source FROM sources")}


def test_a_pipe_that_took_a_photos_place_is_not_waited_for(tmp_path: Path) -> None:
    # Opening a pipe that nobody writes to waits in the system for ever.
    source = make_sources(tmp_path / "Boxes", 4)
    stuck = small_photo(source / "Box X0/IMG_9.png", 9, (640, 480))

    def sticks(done: int, _total: int) -> None:
        if not done:  # found and named, and no worker has it yet
            stuck.unlink()
            os.mkfifo(stuck)

    report = prepare(source, out=tmp_path / "out", jobs=2, on_photo=sticks)
    (failed,) = (photo for photo in report.photos if isinstance(photo, Failed))
    assert failed.source == "Box X0/IMG_9.png"
    assert "changed while it was being read" in failed.reason
    assert sum(isinstance(photo, Prepared) for photo in report.photos) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds memory")
def test_the_largest_allowed_pictures_keep_within_the_bound(tmp_path: Path) -> None:
    source = tmp_path / "Scans"
    source.mkdir()
    Image.new("RGBA", (16000, 12400), (90, 120, 150, 255)).save(source / "a.png", compress_level=1)
    Image.new("I;16", (16000, 12400), 30000).save(source / "b.tif", compression="tiff_lzw")
    done = photoprep(source, "--out", tmp_path / "out", "--jobs", "1", *DATE)
    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
