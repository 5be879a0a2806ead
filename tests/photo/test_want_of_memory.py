"""A decoder that is refused memory costs its photo one try: no other picture, none called damaged.

The system refuses it really: each try is a process of its own whose bound lies so and so much above
what it has when it begins.
"""

from __future__ import annotations

import os
import signal
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

if sys.platform != "linux":
    pytest.skip("only Linux bounds memory", allow_module_level=True)

import resource

from photoprep.errors import NotEnoughMemoryError, PhotoError
from photoprep.files import FileStamp
from photoprep.photo.encode import Wrapping, encode_finished
from photoprep.photo.memory_bound import check_room
from photoprep.photo.task import PhotoTask, load_room, prepare_photo
from photoprep.preset_file import load_preset
from photoprep.worker_process import ours
from photoprep.workers import Crew

# From where the libraries just load to where every picture here is made.
ROOMS_MB = (6, 12, 24, 28, 36, 48, 80)
PLENTY_MB = 2000
NO_MEMORY, DIED = "no memory", "died"


def verdicts(name: str) -> list[str]:
    """What comes of a photo with plenty of room and with less; runs in a worker, which forks."""
    return [tried(Path(name), room_mb) for room_mb in (PLENTY_MB, *ROOMS_MB)]


def tried(path: Path, room_mb: int) -> str:
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a library that waits for a thread it did not get: the limit of time's
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stderr.fileno())
        _leave_room(room_mb)
        os.write(here, _outcome(path).encode())
        os._exit(0)
    os.close(here)
    with open(there, "rb") as pipe:  # noqa: PTH123 (a handle, no path)
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said or DIED


def _leave_room(room_mb: int) -> None:
    status = Path("/proc/self/status").read_text().splitlines()
    (has_kilobytes,) = (int(line.split()[1]) for line in status if line.startswith("VmData"))
    bound = has_kilobytes * 1024 + room_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (bound, resource.RLIM_INFINITY))


def _outcome(path: Path) -> str:
    try:
        made = prepare_photo(PhotoTask(path, FileStamp.of(path), load_preset().photo))
    except (PhotoError, MemoryError) as error:
        refusal = ours(error)
        if isinstance(refusal, NotEnoughMemoryError):
            return NO_MEMORY
        return f"{type(refusal).__name__}: {refusal.message}"
    return f"{sha256(made.jpeg.data).hexdigest()} {made.notes}"


def held_to_its_verdict(path: Path) -> None:
    with Crew(verdicts, jobs=1, set_up=load_room) as crew:
        (outcome,) = dict(crew.run([str(path)])).values()
    assert isinstance(outcome, list)
    made, *less = outcome
    assert made not in {NO_MEMORY, DIED}
    assert set(less) <= {made, NO_MEMORY, DIED}
    assert NO_MEMORY in less  # else nothing was tried


@pytest.mark.parametrize("ending", ["avif", "jp2", "png", "tif"])
def test_want_of_memory_is_no_damage(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"picture.{ending}"
    waves = np.sin(np.arange(1400) / 9)[:, None] * np.cos(np.arange(1800) / 7)
    deep = ((waves + 1) * 30000).astype(np.uint16)
    if ending == "tif":  # 16 bits, by libvips
        Image.fromarray(deep).save(path)
    else:
        Image.fromarray((deep >> 8).astype(np.uint8)).convert("RGB").save(path)
    held_to_its_verdict(path)


# The second would be made without its profile, in other colours.
@pytest.mark.parametrize("name", ["formats/test2.heic", "colour/cmyk-icc.jpg"])
def test_want_of_memory_is_no_damage_and_no_bad_profile(real_photos: Path, name: str) -> None:
    held_to_its_verdict(real_photos / name)


def coded(_task: str) -> list[str]:
    """What comes of coding a photo with less and less room; runs in a worker, which forks."""
    noise = np.random.default_rng(1).integers(0, 255, (1600, 1600, 3), dtype=np.uint8)
    picture, said = Image.fromarray(noise), []
    for room_mb in (0, 4, 8, 12, 14, 16, 18, 20, 24, 28, 40):
        there, here = os.pipe()
        if os.fork() == 0:
            _leave_room(room_mb)
            try:
                data = encode_finished(picture, -100, "4:4:4", Wrapping(100, b"", b""))
                os.write(here, b"too long" if data is None else b"coded")
            except MemoryError:
                os.write(here, NO_MEMORY.encode())
            os._exit(0)
        os.close(here)
        with open(there, "rb") as pipe:  # noqa: PTH123 (a handle, no path)
            said.append(pipe.read().decode())
        os.wait()
    return said


def test_want_of_memory_is_no_picture_that_cannot_fit() -> None:
    with Crew(coded, jobs=1, set_up=load_room) as crew:
        (said,) = dict(crew.run([""])).values()
    assert isinstance(said, list)
    assert set(said) == {NO_MEMORY, "coded"}


def test_room_is_asked_for_and_not_taken() -> None:
    check_room((1000, 1000), bytes_per_pixel=8)
    with pytest.raises(MemoryError):
        check_room((2**28, 2**28), bytes_per_pixel=8)
