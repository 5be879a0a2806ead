"""A disk that fills at every stage: 73, one sentence, whole files, and a way on."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from PIL import Image

from photoprep import prepare
from photoprep.errors import CannotWriteError, ExitCode
from photoprep.photo.decode import set_up_decoders
from tests.archives import zipped
from tests.faults.support import (
    broken_files,
    make_sources,
    mount,
    mounts_refused,
    one_sentence,
    run,
    small_disk,
)
from tests.support import Inline, contents, outputs, prepared_here

pytestmark = pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())

# The smallest disk holds three folders and no file; the largest all but the report. tmpfs gives
# whole pages of 4 kB; steps of two meet every stage.
PAGE_KB = 4
DAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("arguments", "step_kb", "reached"),
    [
        (
            ("--no-sheets",),
            2 * PAGE_KB,
            {"record", "first photo", "a later photo", "mail", "report"},
        ),
        # Working copies take more room than all that comes after them, and are gone by then.
        ((), 8 * PAGE_KB, {"record"}),
    ],
)
def test_a_disk_that_fills_at_any_stage(
    tmp_path: Path, arguments: tuple[str, ...], step_kb: int, reached: set[str]
) -> None:
    """Every size in this process, and the first of each stage with the real command too."""
    source = make_sources(tmp_path / "Boxes", 4, (240, 160))
    assert run(source, tmp_path / "undisturbed", *arguments).returncode == ExitCode.DONE
    expected = outputs(tmp_path / "undisturbed")
    set_up_decoders()
    stages: list[str] = []
    for kilobytes in range(PAGE_KB, 1600, step_kb):
        with small_disk(tmp_path / "disk", kilobytes) as disk:
            said = _prepared(source, disk / "out", arguments)
            if not said:
                break
            stage = _stage(said, disk / "out")
            _hold_fault(said, disk / "out", expected)
            mount("-o", "remount,size=8m", str(disk))
            assert not _prepared(source, disk / "out", arguments)
            _hold_whole(disk / "out", expected)
        if stage not in stages:
            with small_disk(tmp_path / "disk", kilobytes) as disk:
                stopped = run(source, disk / "out", *arguments)
                assert stopped.returncode == ExitCode.CANNOT_WRITE, stopped.stderr
                _hold_fault(one_sentence(stopped.stderr), disk / "out", expected)
                mount("-o", "remount,size=8m", str(disk))
                assert not _prepared(source, disk / "out", arguments)
                _hold_whole(disk / "out", expected)
        stages.append(stage)
    assert outputs(tmp_path / "undisturbed") == expected
    assert reached <= set(stages), stages


def _prepared(source: Path, out: Path, arguments: tuple[str, ...]) -> str:
    """Prepare in this process; what it says of the fault, empty where there is none."""
    sheets = () if arguments else None
    try:
        report = prepare(source, out=out, date=DAY, sheets=sheets, executor=Inline())
    except CannotWriteError as error:
        return one_sentence(f"{error}\n{error.hint}")
    assert report.exit_code == ExitCode.DONE
    return ""


def _hold_fault(said: str, out: Path, expected: dict[str, str]) -> None:
    assert "No space left" in said or "disk is full" in said, said
    assert "--out" in said
    assert broken_files(out) == []
    assert outputs(out).items() <= expected.items()


def _hold_whole(out: Path, expected: dict[str, str]) -> None:
    assert outputs(out) == expected
    assert (out / "report.json").is_file()


def _stage(said: str, out: Path) -> str:
    if ".photoprep" in said:
        return "record"
    if ".eml" in said or said.endswith("mails"):
        return "mail"
    if "report." in said:
        return "report"
    return "a later photo" if list(out.glob("photos/*")) else "first photo"


def test_a_full_temporary_folder_does_not_matter(tmp_path: Path) -> None:
    source = make_sources(tmp_path / "Boxes")
    with small_disk(tmp_path / "tmp", PAGE_KB) as temporary:
        (temporary / "full").write_bytes(b"x")
        with pytest.raises(OSError, match="No space left"):
            (temporary / "more").write_bytes(b"x")
        done = run(source, tmp_path / "out", TMPDIR=str(temporary), SQLITE_TMPDIR=str(temporary))
    assert done.returncode == ExitCode.DONE, done.stderr
    assert len(contents(tmp_path / "out")) > 2
    assert not re.search("Traceback|space", done.stderr)


def test_no_room_to_unpack_a_photo_of_an_archive_costs_that_photo_alone(tmp_path: Path) -> None:
    source = make_sources(tmp_path / "Boxes", 3)
    Image.effect_noise((4000, 2500), 90).save(source / "Box X0" / "large.tif")
    packed = zipped(tmp_path / "Boxes.zip", source)
    with small_disk(tmp_path / "disk", 8000) as disk:
        done = run(packed, disk / "out")
        assert done.returncode == ExitCode.SOME_FAILED, done.stderr
        assert "large.tif: There is no place to unpack it" in done.stdout
        assert len(list((disk / "out/photos").iterdir())) == 3
        assert list((disk / "out/.photoprep/unfinished").iterdir()) == []
        mount("-o", "remount,size=60000k", str(disk))
        assert prepared_here(packed, disk / "out").exit_code == ExitCode.DONE
