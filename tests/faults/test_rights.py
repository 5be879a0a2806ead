"""Rights that are missing, met in this very process: root would not meet them in another."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from photoprep import ExitCode, prepare
from photoprep.errors import CannotWriteError
from photoprep.photo.decode import set_up_decoders
from tests.archives import zipped
from tests.support import Inline, small_photo

WithoutRoot = Callable[[], AbstractContextManager[None]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX rights")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two photos; one run has been made of them, so that every module is loaded."""
    set_up_decoders()
    for number in range(2):
        small_photo(tmp_path / f"Boxes/Box X{number}/open.png", number)
    prepare(tmp_path / "Boxes", out=tmp_path / "first", executor=Inline())
    return tmp_path / "Boxes"


def test_a_source_without_the_right_to_read_costs_itself_alone(
    source: Path, tmp_path: Path, without_root: WithoutRoot
) -> None:
    photo = source / "Box X1/open.png"
    photo.chmod(0)
    with without_root():
        report = prepare(source, out=tmp_path / "out", executor=Inline())
    assert report.exit_code == ExitCode.SOME_FAILED
    (failed,) = report.failed
    assert failed.source == "Box X1/open.png"
    assert "Permission denied" in failed.reason
    assert "your rights" in failed.hint
    photo.chmod(0o644)
    with without_root():
        assert prepare(source, out=tmp_path / "out", executor=Inline()).exit_code == ExitCode.DONE


def test_an_archive_without_the_right_to_read_costs_itself_alone(
    source: Path, tmp_path: Path, without_root: WithoutRoot
) -> None:
    packed = zipped(tmp_path / "more.zip", source).rename(source / "more.zip")
    packed.chmod(0)
    with without_root():
        report = prepare(source, out=tmp_path / "out", executor=Inline())
    (failed,) = report.failed
    assert failed.source == "more.zip"
    assert "Permission denied" in failed.reason
    assert "your rights" in failed.hint
    packed.chmod(0o644)


@pytest.mark.parametrize("within", ["", "photos"])
def test_a_place_without_the_right_to_write_is_said(
    source: Path, tmp_path: Path, without_root: WithoutRoot, within: str
) -> None:
    out = tmp_path / "out"
    with without_root():
        if within:
            prepare(source, out=out, executor=Inline())
            small_photo(tmp_path / "new.png", 7)
        else:
            out.mkdir()
        (out / within).chmod(0o500)
        with pytest.raises(CannotWriteError, match="cannot be written") as caught:
            prepare(
                [source, tmp_path / "new.png"] if within else source, out=out, executor=Inline()
            )
    assert "--out" in caught.value.hint
    (out / within).chmod(0o700)
