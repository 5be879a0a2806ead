"""A ZIP archive through the whole house: the same photos as from a folder, and no traces."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from photoprep import ExitCode, prepare
from photoprep.errors import NoPhotosError
from photoprep.photo.decode import set_up_decoders
from photoprep.report import Report
from tests.archives import Entry, archive, zipped
from tests.faults.support import run, start, wait_until
from tests.support import Inline, contents, outputs, photoprep, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    set_up_decoders()
    for number in range(3):
        small_photo(tmp_path / "Boxes" / f"Box X{number}" / "open.png", number)
    return tmp_path / "Boxes"


def made(source: Path, out: Path, *, verify: bool = False) -> Report:
    return prepare(source, out=out, date=DAY, executor=Inline(), verify=verify)


def statuses(report: Report) -> dict[str, str]:
    return {photo.source: photo.status for photo in report.photos}


def test_an_archive_gives_what_its_folder_gives(boxes: Path, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "Boxes.zip", boxes)
    made(boxes, tmp_path / "from folder")
    report = made(packed, tmp_path / "from archive")
    assert outputs(tmp_path / "from archive") == outputs(tmp_path / "from folder")
    assert list(statuses(report)) == [f"Boxes.zip/Box X{number}/open.png" for number in range(3)]


def test_real_photos_of_every_kind(real_photos: Path, tmp_path: Path) -> None:
    kinds: dict[str, Path] = {}
    for path in sorted(real_photos.rglob("*")):
        if (
            path.is_file()
            and path.stat().st_size < 1_500_000
            and path.suffix not in {".tsv", ".md"}
        ):
            kinds.setdefault(path.suffix.lower(), path)
    folder = tmp_path / "Boxes"
    folder.mkdir()
    for path in kinds.values():
        shutil.copyfile(path, folder / path.name)
    packed = zipped(tmp_path / "Boxes.zip", folder, zipfile.ZIP_STORED)
    set_up_decoders()
    one, other = made(folder, tmp_path / "one"), made(packed, tmp_path / "other")
    assert outputs(tmp_path / "one") == outputs(tmp_path / "other")
    for row, within in zip(one.photos, other.photos, strict=True):
        assert within.source == f"Boxes.zip/{row.source}"
        assert within.status == row.status
    assert len(one.ready) > 3


def test_running_again_encodes_nothing(boxes: Path, tmp_path: Path) -> None:
    packed, out = zipped(tmp_path / "Boxes.zip", boxes), tmp_path / "out"
    made(packed, out)
    before = outputs(out)
    for again in range(3):
        if again == 1:
            os.utime(packed)
        report = made(packed, out, verify=again == 2)
        assert report.encodes == 0
        assert set(statuses(report).values()) == {"reused"}
        assert outputs(out) == before


def test_only_what_changed_in_it_is_made_anew(boxes: Path, tmp_path: Path) -> None:
    packed, out = zipped(tmp_path / "Boxes.zip", boxes), tmp_path / "out"
    made(packed, out)
    small_photo(boxes / "Box X1/open.png", 9)
    zipped(packed, boxes)
    assert statuses(made(packed, out)) == {
        "Boxes.zip/Box X0/open.png": "reused",
        "Boxes.zip/Box X1/open.png": "prepared",
        "Boxes.zip/Box X2/open.png": "reused",
    }


def test_a_dry_run_leaves_no_trace(
    boxes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    zipped(tmp_path / "Boxes.zip", boxes)
    before = contents(tmp_path)
    env = {"TMPDIR": str(tmp_path / "temporary")}
    done = photoprep(tmp_path / "Boxes.zip", "--dry-run", env=env)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "3 photos" in done.stdout
    assert contents(tmp_path) == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_every_file_in_it_has_its_row(boxes: Path, tmp_path: Path) -> None:
    good = small_photo(tmp_path / "another.png", 99).read_bytes()
    archive(
        boxes / "factory.zip",
        Entry("产品/打开.png".encode("gbk"), good),
        Entry(b"../out.png", good),
        Entry(b"locked.png", good, flags=1),
        Entry(b"broken.png", good, crc32=1),
        Entry(b"empty.jpg"),
        Entry(b"notes.txt", b"hello"),
        Entry(b"inner.rar", b"Rar!\x1a\x07\x00"),
    )
    report = made(boxes, tmp_path / "out")
    told = {name: status for name, status in statuses(report).items() if "factory.zip" in name}
    assert told == {
        "factory.zip/产品/打开.png": "prepared",
        "factory.zip/../out.png": "failed",
        "factory.zip/locked.png": "failed",
        "factory.zip/broken.png": "failed",
        "factory.zip/empty.jpg": "failed",
        "factory.zip/notes.txt": "skipped",
        "factory.zip/inner.rar": "skipped",
    }
    assert report.exit_code == ExitCode.SOME_FAILED
    assert "checksum" in next(row.reason for row in report.failed if "broken" in row.source)
    assert list((tmp_path / "out/.photoprep/unfinished").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.rar", b"Rar!\x1a\x07\x01\x00", "RAR archive, which photoprep does not open"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "7z archive, which photoprep does not open"),
        ("a.zip", b"Rar!\x1a\x07\x01\x00", "RAR archive, which photoprep does not open"),
        ("a.zip", b"", "named like a ZIP archive, but its content is none"),
        ("a.zip", b"hello", "named like a ZIP archive, but its content is none"),
        ("a.zip", b"PK\x03\x04" + bytes(100), "The ZIP archive is damaged: it ends too early"),
    ],
)
def test_what_cannot_be_opened_is_one_failure_with_advice(
    boxes: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (boxes / name).write_bytes(content)
    report = made(boxes, tmp_path / "out")
    (failed,) = report.failed
    assert failed.source == name
    assert said in failed.reason
    assert failed.hint
    with pytest.raises(NoPhotosError, match=said[:10]):
        made(boxes / name, tmp_path / "none")


def test_a_document_is_skipped(boxes: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(boxes / "offer.docx", "w") as document:
        document.writestr("[Content_Types].xml", "<x/>")
        document.write(boxes / "Box X0/open.png", "word/media/image1.png")
    (boxes / "offer.zip").write_bytes((boxes / "offer.docx").read_bytes())
    report = made(boxes, tmp_path / "out")
    assert [row.source for row in report.skipped] == ["offer.docx", "offer.zip"]
    assert report.exit_code == ExitCode.DONE


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP and SIGKILL"
)
def test_a_kill_leaves_nothing_outside_the_record_and_nothing_after_the_next_run(
    boxes: Path, tmp_path: Path
) -> None:
    Image.effect_noise((6000, 4000), 90).save(boxes / "Box X0" / "large.tif")
    packed = zipped(tmp_path / "Boxes.zip", boxes)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    out = tmp_path / "out"
    run(packed, tmp_path / "undisturbed")
    with start(packed, out, TMPDIR=str(temporary)) as process:
        unfinished = out / ".photoprep/unfinished"
        wait_until(lambda: list(unfinished.glob("member-*.tif")), process)
        # All of them at once: even what the worker would do by itself is not done.
        os.killpg(process.pid, signal.SIGKILL)
    assert [path.suffix for path in unfinished.glob("member-*")] == [".tif"]
    assert list(temporary.iterdir()) == []
    assert run(packed, out).returncode == ExitCode.DONE
    assert list(unfinished.iterdir()) == []
    assert outputs(out) == outputs(tmp_path / "undisturbed")
