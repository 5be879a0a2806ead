"""The contract's promises that no other property test holds: 4 (equal bytes), 6 and 7."""

from __future__ import annotations

import datetime
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffTags

from photoprep import ExitCode, prepare
from photoprep.early import THREAD_LIMITS
from photoprep.outcome import Failed, Prepared, Skipped
from photoprep.photo.decode import set_up_decoders
from tests.support import Inline, P, T, contents, outputs, prepared_here, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True, scope="module")
def decoders() -> None:
    set_up_decoders()


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


class Shuffled(ThreadPoolExecutor):
    """An executor that finishes what it was given in an order of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__(4)
        self._random = random.Random(seed)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        delay_s = self._random.choice([0, 0.01, 0.02])

        def late() -> T:
            time.sleep(delay_s)
            return fn(*args, **kwargs)

        return super().submit(late)


@given(seeds=st.lists(st.integers(0, 9), min_size=4, max_size=9), order=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_bytes_do_not_depend_on_the_order_of_completion(seeds: list[int], order: int) -> None:
    with place() as here:
        for number, seed in enumerate(seeds):
            small_photo(here / f"in/Box {number % 3}/{number}.jpg", seed)
        in_order = prepare(here / "in", out=here / "one", date=DAY, executor=Inline())
        # Two workers' worth of tasks are under way at a time, so two stay in the executor's hands.
        shuffled = prepare(
            here / "in", out=here / "two", date=DAY, executor=Shuffled(order), jobs=2
        )
        assert outputs(here / "one") == outputs(here / "two")
        assert in_order.photos == shuffled.photos
        assert contents(here / "one") == contents(here / "two")  # report.json too


def test_bytes_do_not_depend_on_the_threads_of_the_matrix_library(tmp_path: Path) -> None:
    """Tests and workers have one thread; a program that calls ``prepare`` may have many."""
    photos = tmp_path / "in"
    small_photo(photos / "Box X1/open.png", 1, (1600, 1200))
    small_photo(photos / "Box X1/closed.png", 2, (1600, 1200))
    assert prepared_here(photos, tmp_path / "one").exit_code == ExitCode.DONE
    script = (
        "import os\n"
        "from pathlib import Path\n"
        "from tests.support import prepared_here\n"
        f"prepared_here(Path({str(photos)!r}), Path({str(tmp_path / 'many')!r}))\n"
        "if os.path.isdir('/proc/self/task'):\n"
        "    assert len(os.listdir('/proc/self/task')) >= min(4, os.cpu_count())\n"
    )
    root = Path(__file__).resolve().parents[2]
    many = os.environ | dict.fromkeys(THREAD_LIMITS, "4")
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=many)
    assert outputs(tmp_path / "many") == outputs(tmp_path / "one")


BAD = [
    ("broken.jpg", b"\xff\xd8\xff\xe0 nothing more", Failed),
    ("empty.png", b"", Failed),
    ("photo.psd", b"8BPS\0\x01", Failed),
    ("list.txt", b"prices", Skipped),
    ("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", Skipped),
]


@given(bad=st.lists(st.sampled_from(BAD), unique=True), good=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_bad_files_never_stop_the_others_and_never_pass_as_success(
    bad: list[tuple[str, bytes, type]], good: int
) -> None:
    with place() as here:
        for number in range(good):
            small_photo(here / f"in/good {number}.jpg", number)
        for name, content, _ in bad:
            (here / "in" / name).write_bytes(content)
        report = prepare(here / "in", out=here / "out", date=DAY, executor=Inline())
        told = {photo.source: photo for photo in report.photos}
        assert len(told) == good + len(bad)
        for name, _, kind in bad:
            outcome = told[name]
            assert isinstance(outcome, kind)
            assert isinstance(outcome, Failed | Skipped)
            assert outcome.reason
        assert sum(isinstance(photo, Prepared) for photo in report.photos) == good
        failed = any(kind is Failed for _, _, kind in bad)
        assert report.exit_code == (ExitCode.SOME_FAILED if failed else ExitCode.DONE)


PRIVATE = "tell-nobody-48.8583N-2.2945E"
EXIF_IFD, GPS_IFD, ORIENTATION = 0x8769, 0x8825, 0x0112
ALLOWED = {0x013B, 0x8298}


def takes_text(tag: int) -> bool:
    """Whether Pillow writes text under the tag: it knows it as text, or does not know it."""
    kind = TiffTags.lookup(tag).type
    return kind in (None, TiffTags.ASCII) and tag not in {*ALLOWED, EXIF_IFD, GPS_IFD, ORIENTATION}


TEXT_TAGS = [
    tag for tag in range(0x0100, 0xFFFE) if takes_text(tag) and tag not in (0x014A, 0xA005)
]


@given(
    tags=st.sets(st.sampled_from(TEXT_TAGS), max_size=8),
    inner=st.sets(st.sampled_from([tag for tag in TEXT_TAGS if tag > 0x9000]), max_size=4),
    named=st.booleans(),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF", "AVIF"]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_but_artist_and_copyright_leaves_the_house(
    tags: set[int], inner: set[int], named: bool, kind: str
) -> None:
    exif = Image.Exif()
    for tag in tags:
        exif[tag] = PRIVATE
    exif[EXIF_IFD] = dict.fromkeys(inner, PRIVATE)
    exif[GPS_IFD] = {1: "N", 29: PRIVATE}
    if named:
        exif[0x013B], exif[0x8298] = "Ann Other", "Ann Other 2026"
    with place() as here:
        (here / "in").mkdir()
        image = Image.linear_gradient("L").convert("RGB")
        image.save(here / "in/photo", kind, exif=exif, comment=PRIVATE)
        (here / "in/photo").rename(here / "in/photo.jpg")
        prepare(here / "in", out=here / "out", date=DAY, executor=Inline())
        (jpeg,) = (here / "out/photos").iterdir()
        assert PRIVATE.encode() not in jpeg.read_bytes()
        with Image.open(jpeg) as prepared:
            assert set(prepared.getexif()) == (ALLOWED if named else set())


def test_preparing_opens_no_connection(tmp_path: Path) -> None:
    """Promise 8: a run that only prepares does not even load what mails are sent with."""
    small_photo(tmp_path / "in/a.jpg")
    script = (
        "import sys, photoprep\n"
        "from tests.support import Inline\n"
        "from photoprep.photo.decode import set_up_decoders\n"
        "set_up_decoders()\n"
        f"photoprep.prepare({str(tmp_path / 'in')!r}, executor=Inline())\n"
        "assert not {'smtplib', 'imaplib', 'http.client', 'ssl'} & set(sys.modules)\n"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root)
