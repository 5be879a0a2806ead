from __future__ import annotations

import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from photoprep.archive_member import ArchiveMember, head_of_member, pieces_of_member
from photoprep.catalogue.scan import scan
from photoprep.errors import ArchiveRefusedError, SourceChangedError, SourceUnreadableError
from photoprep.files import sha256_hex
from photoprep.members import sha256_of_member
from tests.archives import Entry, archive, deflated


def member_of(path: Path) -> ArchiveMember:
    (row,) = scan([path]).files
    assert isinstance(row.member, ArchiveMember), row
    return row.member


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("length", [0, 1, 144, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_members_are_read_whole(tmp_path: Path, method: int, length: int) -> None:
    for content in (bytes(length), random.Random(7).randbytes(length)):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as packed:
            packed.writestr("a.jpg", content)
        member = member_of(tmp_path / "a.zip")
        assert b"".join(pieces_of_member(tmp_path / "a.zip", member)) == content
        assert sha256_of_member(tmp_path / "a.zip", member) == sha256_hex(content)
        assert head_of_member(tmp_path / "a.zip", member, 144) == content[:144]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(b"a.jpg", bytes(9000), crc32=7), "checksum"),
        (Entry(b"a.jpg", bytes(9000), method=0, crc32=7), "checksum"),
        (Entry(b"a.jpg", bytes(9000), size_bytes=9001), "ends too early"),
        (Entry(b"a.jpg", bytes(9000), packed=deflated(bytes(9000))[:-3]), "ends too early"),
        (Entry(b"a.jpg", bytes(9000), packed=b"\xff" * 50), "cannot be unpacked"),
    ],
)
def test_damage_is_told(tmp_path: Path, entry: Entry, said: str) -> None:
    packed = archive(tmp_path / "a.zip", entry)
    with pytest.raises(ArchiveRefusedError, match=said) as caught:
        sha256_of_member(packed, member_of(packed))
    assert caught.value.hint


def test_a_member_that_is_elsewhere_is_told(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", b"x"))
    packed.write_bytes(b"QQ" + packed.read_bytes()[2:])
    packed.write_bytes(b"PK\3\4" + packed.read_bytes())  # so that it still passes for an archive
    with pytest.raises(ArchiveRefusedError, match="not where"):
        sha256_of_member(packed, member_of(packed))


def test_reading_a_bomb_ends_at_what_it_says(tmp_path: Path) -> None:
    bomb = deflated(bytes(200_000_000))
    packed = archive(
        tmp_path / "a.zip", Entry(b"a.jpg", bytes(1000), packed=bomb, size_bytes=1_000_000)
    )
    taken: list[int] = []
    pieces = pieces_of_member(packed, member_of(packed), piece_bytes=65_536)
    with pytest.raises(ArchiveRefusedError, match="more than the archive says"):
        taken.extend(map(len, pieces))
    assert sum(taken) <= 1_000_000
    assert max(taken) <= 65_536


def test_an_archive_that_is_another_by_now_is_told(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", bytes(9000)))
    member = member_of(packed)
    archive(packed, Entry(b"a.jpg", bytes(9001)))
    with pytest.raises(SourceChangedError, match="changed while"):
        sha256_of_member(packed, member)
    packed.unlink()
    with pytest.raises(SourceUnreadableError, match="vanished"):
        sha256_of_member(packed, member)


def test_an_archive_that_is_cut_while_it_is_read_has_changed(tmp_path: Path) -> None:
    content = random.Random(1).randbytes(3_000_000)
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", content, method=0))
    pieces = pieces_of_member(packed, member_of(packed))
    next(pieces)
    with packed.open("r+b") as file:
        file.truncate(2_000_000)
    with pytest.raises(SourceChangedError):
        list(pieces)


def test_whatever_is_damaged_in_it_is_told(tmp_path: Path) -> None:
    dice = random.Random(1)
    content = dice.randbytes(2000) + bytes(2000)
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", content))
    member, whole = member_of(packed), packed.read_bytes()
    times = packed.stat()
    for _ in range(1000):
        data = bytearray(whole)
        data[dice.randrange(member.compressed_bytes + 35)] ^= 1 << dice.randrange(8)
        packed.write_bytes(data)
        os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
        with suppress(ArchiveRefusedError):
            assert (
                b"".join(pieces_of_member(packed, member)) == content
            )  # what was hit means nothing
