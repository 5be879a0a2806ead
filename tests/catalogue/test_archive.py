from __future__ import annotations

import random
import shutil
import stat
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from photoprep.archive_member import ArchiveMember
from photoprep.catalogue import zip_directory
from photoprep.catalogue.archive import MAX_ARCHIVE_BYTES
from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.scan import default_output_folder, scan
from photoprep.catalogue.understanding import understand
from photoprep.catalogue.vocabulary import load_vocabulary
from tests.archives import UTF_8, Entry, archive, zipped
from tests.support import small_photo


def rows(path: Path) -> dict[str, FoundFile]:
    return {file.name: file for file in scan([path]).files}


def only(path: Path) -> FoundFile:
    (row,) = scan([path]).files
    return row


def names_within(path: Path) -> list[str]:
    return [file.name.removeprefix(f"{path.name}/") for file in scan([path]).files]


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    for name in ("Box X1/open.png", "Box X1/img10.png", "Box X1/img2.png", "top.png"):
        small_photo(tmp_path / "boxes" / name)
    return tmp_path / "boxes"


def test_an_archive_is_read_like_a_folder_of_its_name(boxes: Path, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "Factory.zip", boxes)
    dropped = scan([packed])
    listed = [f"Factory.zip/{file.name}" for file in scan([boxes]).files]
    assert [file.name for file in dropped.files] == listed
    assert default_output_folder(dropped.likeness) == tmp_path / "Factory-prepared"


def test_photos_in_it_are_told_by_names_as_in_a_folder(boxes: Path, tmp_path: Path) -> None:
    zipped(boxes.parent / "x.zip", boxes).rename(boxes / "Lunch Box.zip")
    files = scan([boxes]).files
    understood = understand(
        [file.told_by or file.name for file in files], "boxes", load_vocabulary()
    )
    told = {file.name: known.subject for file, known in zip(files, understood, strict=True)}
    assert told["Lunch Box.zip/Box X1/open.png"] == told["Box X1/open.png"]
    assert told["Lunch Box.zip/top.png"].product == "Lunch Box"


def test_the_program_zip(boxes: Path, tmp_path: Path) -> None:
    if shutil.which("zip") is None:
        pytest.skip("needs the program zip")
    small_photo(boxes / "工具箱" / "打开.png")
    (boxes / "link.png").symlink_to("top.png")
    subprocess.run(["zip", "-qry", tmp_path / "a.zip", "."], cwd=boxes, check=True)
    found = rows(tmp_path / "a.zip")
    assert len(found) == 6
    assert "not followed" in found["a.zip/link.png"].aside
    assert found["a.zip/工具箱/打开.png"].member


@pytest.mark.parametrize(
    ("raw", "flags", "read"),
    [
        ("工具箱/打开.jpg".encode(), UTF_8, "工具箱/打开.jpg"),
        ("工具箱/打开.jpg".encode(), 0, "工具箱/打开.jpg"),
        ("工具箱/打开.jpg".encode("gbk"), 0, "工具箱/打开.jpg"),
        ("工具箱/打开.jpg".encode("gbk"), UTF_8, "工具箱/打开.jpg"),  # it says so, and is not
        ("铝镕件(1).jpg".encode("gbk"), 0, "铝镕件(1).jpg"),  # one letter is not in GB 2312
        ("Möbel.jpg".encode("cp437"), 0, "Möbel.jpg"),
        ("é.jpg".encode("cp437"), 0, "é.jpg"),
        ("äöü.jpg".encode("cp437"), 0, "äöü.jpg"),
        (b"a\\b\\c.jpg", 0, "a/b/c.jpg"),
        (b"./a//b/./c.jpg", 0, "a/b/c.jpg"),
        (b"CON.jpg", 0, "CON.jpg"),  # nothing is ever written under it
    ],
)
def test_names_are_read_as_they_were_meant(
    tmp_path: Path, raw: bytes, flags: int, read: str
) -> None:
    packed = archive(tmp_path / "a.zip", Entry(raw, b"x", flags))
    assert names_within(packed) == [read]
    assert only(packed).member


def test_a_name_in_a_field_of_its_own_comes_before_a_guess(tmp_path: Path) -> None:
    told = b"\x01" + zlib.crc32(b"?.jpg").to_bytes(4, "little") + "é.jpg".encode()
    field = b"\x75\x70" + len(told).to_bytes(2, "little") + told
    assert names_within(archive(tmp_path / "a.zip", Entry(b"?.jpg", b"x", extra=field))) == [
        "é.jpg"
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"/etc/a.jpg", "top of a disk"),
        (b"\\\\nas\\a.jpg", "top of a disk"),
        (b"C:\\a.jpg", "top of a disk"),
        (b"../a.jpg", "leads out"),
        (b"a\\..\\..\\b.jpg", "leads out"),
        (b"a\x1b[31m.jpg", "control characters"),
        (b"a\x00.jpg", "control characters"),
        (b"x" * 5000, "too long"),
        (b"", "no name"),
    ],
)
def test_names_that_are_not_honest_are_failures(tmp_path: Path, raw: bytes, said: str) -> None:
    row = only(archive(tmp_path / "a.zip", Entry(raw, b"x")))
    assert said in row.trouble
    assert row.hint
    assert row.name.isprintable()
    assert row.member is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(b"a.jpg", b"b.jpg", attributes=(stat.S_IFLNK | 0o777) << 16), "link"),
        (Entry(b"a.jpg", attributes=(stat.S_IFIFO | 0o644) << 16), "no regular file"),
        (Entry(b"a.jpg", attributes=(stat.S_IFCHR | 0o644) << 16), "no regular file"),
        (Entry(b".a.jpg", b"x"), "hidden"),
        (Entry(b"a/Thumbs.db", b"x"), "hidden"),
        (Entry(b"a/inner.ZIP", b"x"), "archive within an archive"),
    ],
)
def test_what_is_no_photo_is_left_aside(tmp_path: Path, entry: Entry, said: str) -> None:
    row = only(archive(tmp_path / "a.zip", entry))
    assert said in row.aside
    assert row.member is None


@pytest.mark.parametrize(
    ("entry", "said", "advice"),
    [
        (Entry(b"a.jpg", b"x", flags=1), "password", "without a password"),
        (Entry(b"a.jpg", b"x", flags=0x41), "password", "without a password"),
        (Entry(b"a.jpg", b"x", method=99), "password", "without a password"),
        (Entry(b"a.jpg", b"x", method=9), "Deflate64", "Unpack it"),
        (Entry(b"a.jpg", b"x", method=77), "number 77", "Unpack it"),
        (Entry(b"a.jpg", b"x", size_bytes=2_000_000_001), "2 GB", "Unpack it"),
        (Entry(b"a.jpg", b"x", size_bytes=50_000_001), "250 times", "unpack"),
    ],
)
def test_what_cannot_be_read_is_a_failure(
    tmp_path: Path, entry: Entry, said: str, advice: str
) -> None:
    row = only(archive(tmp_path / "a.zip", entry))
    assert said in row.trouble
    assert advice in row.hint


def test_of_files_of_one_name_the_last_counts(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", b"old"), Entry(b"./a.jpg", b"newer"))
    one, other = sorted(scan([packed]).files, key=lambda file: file.aside)
    assert one.member
    assert one.member.size_bytes == 5
    assert "later file of the same name" in other.aside


def test_clutter_and_folders_of_ours_are_one_row_each(tmp_path: Path) -> None:
    names = (
        b"__MACOSX/a/._b.jpg", b"__MACOSX/c.jpg", b"b-prepared/.photoprep/state.db",
        b"b-prepared/photos/x.jpg", b".git/", b"b.jpg", b"folder/",
    )  # fmt: skip
    packed = archive(tmp_path / "a.zip", *(Entry(name) for name in names))
    aside = {file.name: bool(file.aside) for file in scan([packed]).files}
    assert aside == {
        "a.zip/__MACOSX": True,
        "a.zip/b-prepared": True,
        "a.zip/.git": True,
        "a.zip/b.jpg": False,
    }


def test_a_packed_folder_of_ours_is_left_aside(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"photos/x.jpg"), Entry(b".photoprep/state.db"))
    assert "photoprep made" in only(packed).aside


@pytest.mark.parametrize(
    "first", [b"[Content_Types].xml", b"META-INF/MANIFEST.MF", b"mimetype", b"AndroidManifest.xml"]
)
def test_documents_are_no_archives_of_photos(tmp_path: Path, first: bytes) -> None:
    packed = archive(tmp_path / "a.zip", Entry(first, b"x"), Entry(b"word/media/image1.png", b"x"))
    assert only(packed).name == "a.zip"
    assert not only(packed).trouble


def test_entries_that_overlap_are_refused(tmp_path: Path) -> None:
    bomb = [Entry(b"a.jpg", bytes(100_000))]
    bomb += [Entry(b"%d.jpg" % index, bytes(100_000), placed_at=0) for index in range(9)]
    assert "overlap" in only(archive(tmp_path / "a.zip", *bomb)).trouble


def test_one_file_quoted_within_another_is_refused(tmp_path: Path) -> None:
    # Fifield's: the first file's data is the second's header and data.
    inner = archive(tmp_path / "inner.zip", Entry(b"b.jpg", bytes(50_000))).read_bytes()
    quoted = inner[: inner.index(b"PK\1\2")]
    packed = archive(
        tmp_path / "a.zip",
        Entry(b"a.jpg", quoted, method=0),
        Entry(b"b.jpg", bytes(50_000), placed_at=35),
    )
    assert "overlap" in only(packed).trouble


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    many = (Entry(b"%d.jpg" % index, method=0) for index in range(zip_directory.MAX_ENTRIES + 1))
    assert "50,000" in only(archive(tmp_path / "a.zip", *many)).trouble


def test_a_directory_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    long = (Entry(b"%d" % index, method=0, extra=bytes(60_000)) for index in range(300))
    assert "more than" in only(archive(tmp_path / "a.zip", *long)).trouble


def test_more_bytes_than_are_taken_are_refused(tmp_path: Path) -> None:
    each = 1_900_000_000
    entries = [
        Entry(b"%d.jpg" % index, b"x", size_bytes=each)
        for index in range(MAX_ARCHIVE_BYTES // each + 1)
    ]
    assert "200 GB" in only(archive(tmp_path / "a.zip", *entries)).trouble


def test_an_archive_with_nothing_in_it(tmp_path: Path) -> None:
    assert "nothing in it" in only(archive(tmp_path / "a.zip")).aside
    assert "nothing in it" in only(archive(tmp_path / "a.zip", Entry(b"folder/"))).aside


def test_a_large_archive_by_the_records_of_zip64(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for index in range(2):
            with packed.open(f"{index}.jpg", "w", force_zip64=True) as file:
                file.write(b"x" * 100)
        packed.comment = b"made in a factory"
    # The directory itself in the form for more than 65,535 entries, which zipfile keeps for those.
    plain = archive(tmp_path / "b.zip", Entry(b"0.jpg", b"x" * 100, method=0)).read_bytes()
    end = plain.index(b"PK\5\6")
    _, _, _, _, count, length, start, _ = zip_directory._END.unpack(plain[end:])
    large = zip_directory._END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
    locator = zip_directory._END64_LOCATOR.pack(b"PK\6\7", 0, end, 1)
    marks = zip_directory._END.pack(b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    (tmp_path / "b.zip").write_bytes(plain[:end] + large + locator + marks)
    assert names_within(tmp_path / "a.zip") == ["0.jpg", "1.jpg"]
    assert names_within(tmp_path / "b.zip") == ["0.jpg"]


def test_something_before_the_archive_does_no_harm(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", b"x"), before=b"PK\3\4" + bytes(1000))
    row = only(packed)
    assert isinstance(row.member, ArchiveMember)
    assert row.member.header_offset == 1004


def test_a_part_of_several_is_refused(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", b"x"))
    data = bytearray(packed.read_bytes())
    data[data.index(b"PK\5\6") + 4] = 2
    packed.write_bytes(data)
    assert "one part" in only(packed).trouble


def test_an_archive_that_ends_anywhere_is_one_row(boxes: Path, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", boxes).read_bytes()
    cut = tmp_path / "a.zip"
    for length in range(4, len(whole)):
        cut.write_bytes(whole[:length])
        row = only(cut)
        assert "damaged" in row.trouble, length
        assert row.hint


def test_whatever_is_damaged_in_it_is_a_row(boxes: Path, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", boxes).read_bytes()
    start, dice = whole.index(b"PK\1\2"), random.Random(1)
    broken = tmp_path / "a.zip"
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(start, len(data))] = dice.choice([0, 255, dice.randrange(256)])
        broken.write_bytes(data)
        for row in scan([broken]).files:
            assert row.name.startswith("a.zip")


def test_a_folder_that_is_called_like_an_archive_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.zip").mkdir()
    small_photo(tmp_path / "a.zip" / "x.png")
    assert names_within(tmp_path / "a.zip") == ["x.png"]
    assert [file.name for file in scan([tmp_path]).files] == ["a.zip/x.png"]
