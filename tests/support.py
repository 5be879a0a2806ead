"""What several tests need: the real command, pictures of numbers, and looks at whole folders."""

from __future__ import annotations

import datetime
import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Executor, Future
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from PIL import Image

from photoprep import Report, prepare
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.deep import DeepPicture

P = ParamSpec("P")
T = TypeVar("T")


class Inline(Executor):
    """An executor that works at once in this very process: quick, and in order."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 (as every executor does)
            future.set_exception(error)
        return future


def photoprep(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "photoprep", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | (env or {}),
        timeout=300,
        check=False,
    )


def prepared_here(
    source: Path,
    out: Path,
    day: datetime.date | None = datetime.date(2026, 11, 23),
    preset: str | Path = "trade-email",
) -> Report:
    """Prepare in this very process, where a test needs what comes of it and not the command.

    It makes what the command makes, to the byte, without the time that processes take to load.
    """
    set_up_decoders()
    return prepare(source, out=out, date=day, preset=preset, executor=Inline())


def in_8_bits(picture: Image.Image | DeepPicture) -> Image.Image:
    """A decoded or scaled picture as Pillow's, whatever it was."""
    if isinstance(picture, Image.Image):
        return picture
    values = (picture.values // 257).astype(np.uint8)
    return Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)


def small_photo(path: Path, seed: int = 0, size: tuple[int, int] = (120, 80)) -> Path:
    """A little picture whose pixels depend on ``seed``, in the format of its extension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    gradient = Image.linear_gradient("L").resize(size)
    flat = Image.new("L", size, seed * 37 % 256)
    turned = gradient.transpose(Image.Transpose.ROTATE_180)
    Image.merge("RGB", (gradient, flat, turned)).save(path)
    return path


def written(path: Path, text: str) -> Path:
    """The path, with the text in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file under a folder but photoprep's own record, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".photoprep" not in path.relative_to(folder).parts
    }


def outputs(folder: Path) -> dict[str, str]:
    """The hashes of photos and mails; report.json also tells what a run reused, and differs."""
    return {name: digest for name, digest in contents(folder).items() if "/" in name}


def drawn(draw: Callable[[BytesIO], object]) -> bytes:
    """What ``draw`` puts into a file."""
    held = BytesIO()
    draw(held)
    return held.getvalue()


def peak_bytes(work: Callable[[], object]) -> int:
    """How many bytes Python holds at most while it does this, beyond what it holds before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
