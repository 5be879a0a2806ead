"""What leaves the house with a picture, as exiftool finds it: an allow-list, and no secret byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageCms

from tests.support import photoprep

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="exiftool is not installed",
)

FORMATS = Path(__file__).resolve().parents[1] / "fixtures" / "formats"
SECRET = "SECRET"  # noqa: S105 (part of every text that must stay at home)

# What a person's camera and programs leave in a file. Each is written by exiftool itself.
PRIVATE = {
    "GPSLatitude": "52.520008",
    "GPSLatitudeRef": "N",
    "GPSLongitude": "13.404954",
    "GPSLongitudeRef": "E",
    "GPSAreaInformation": f"{SECRET} street 7",
    "GPSDateStamp": "2026:11:23",
    "EXIF:SerialNumber": f"{SECRET}-body-4711",
    "EXIF:LensSerialNumber": f"{SECRET}-lens-4712",
    "EXIF:LensModel": f"{SECRET} 50mm",
    "EXIF:OwnerName": f"{SECRET} owner",
    "EXIF:Make": f"{SECRET} make",
    "EXIF:Model": f"{SECRET} model",
    "EXIF:Software": f"{SECRET} 1.0",
    "EXIF:HostComputer": f"{SECRET}-PC",
    "EXIF:ImageDescription": f"{SECRET} description",
    "EXIF:UserComment": f"{SECRET} comment",
    "EXIF:DocumentName": f"C:/Users/{SECRET}/price list.jpg",
    "EXIF:ImageUniqueID": f"{SECRET}0000000000000000000000001",
    "EXIF:XPAuthor": f"{SECRET} author",
    "EXIF:XPComment": f"{SECRET} comment",
    "EXIF:DateTimeOriginal": "2026:11:23 10:00:00",
    "EXIF:OffsetTimeOriginal": "+08:00",
    "XMP-aux:SerialNumber": f"{SECRET}-aux",
    "XMP-aux:OwnerName": f"{SECRET} aux owner",
    "XMP-xmpMM:DocumentID": f"xmp.did:{SECRET}",
    "XMP-xmpMM:HistoryAction": f"{SECRET} saved",
    "XMP-xmpMM:HistorySoftwareAgent": f"{SECRET} editor",
    "XMP-xmpMM:DerivedFromFilePath": f"/home/{SECRET}/original.nef",
    "XMP-photoshop:DocumentAncestors": f"{SECRET}-ancestor",
    "XMP-crs:RawFileName": f"{SECRET}.NEF",
    "XMP-xmp:CreatorTool": f"{SECRET} tool",
    "XMP-iptcCore:Location": f"{SECRET} town",
    "XMP-mwg-rs:RegionName": f"{SECRET} face",
    "IPTC:City": f"{SECRET} town",
    "IPTC:Caption-Abstract": f"{SECRET} caption",
    "IPTC:OriginatingProgram": f"{SECRET} program",
    "XMP-xmpMM:PreservedFileName": f"{SECRET}.psd",
    "PNG:Comment": f"{SECRET} comment",
    "PNG:Software": f"{SECRET} 1.0",
    "Photoshop:URL": f"https://{SECRET}.example.com",
}
CREDIT = {"EXIF:Artist": "Zoë Łukasz 李娜", "EXIF:Copyright": "© 2026 Müller & Söhne 工厂"}

# All that exiftool may find in a prepared JPEG: its groups, and the tags of IFD 0.
GROUPS = {"ExifTool", "System", "File", "JFIF", "IFD0", "Composite"}
IFD0 = {"Artist", "Copyright"}
COMPOSITE = {"ImageSize", "Megapixels"}


def exiftool(*arguments: str | Path) -> bytes:
    done = subprocess.run(
        ["exiftool", "-charset", "exif=UTF8", *map(str, arguments)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def tagging(path: Path, tags: Mapping[str, str], *more: str | Path) -> list[str | Path]:
    """What exiftool is told to put these tags in; what a format has no place for is left out."""
    put = [f"-{name}={value}" for name, value in tags.items()]
    return ["-q", "-m", "-overwrite_original", *put, *more, path]


def tags_of(*paths: Path) -> list[dict[str, Any]]:
    """What exiftool finds in files, all in one go: to start it takes longer than to read one."""
    rows: list[dict[str, Any]] = json.loads(exiftool("-j", "-G1", "-a", "-u", "-ee", *paths))
    assert [row["SourceFile"] for row in rows] == [path.as_posix() for path in paths]
    return rows


def prepared(folder: Path, out: Path) -> dict[str, Path]:
    """The JPEGs that the real command makes of a folder, by the names of their sources."""
    done = photoprep(folder, "--out", out)
    assert done.returncode == 0, done.stderr
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return {Path(row["source"]).name: out / row["output"] for row in report["photos"]}


@dataclass(frozen=True, slots=True)
class Made:
    """A JPEG that was made, and what exiftool finds in it."""

    photo: Path
    tags: dict[str, Any]


def made(photos: dict[str, Path]) -> dict[str, Made]:
    found = tags_of(*photos.values())
    return {
        source: Made(photo, tags)
        for (source, photo), tags in zip(photos.items(), found, strict=True)
    }


def check_clean(made: Made) -> dict[str, Any]:
    """Hold a JPEG against the allow-list, and search its bytes; returns its tags."""
    photo, tags = made.photo, made.tags
    for tag in tags:
        group, _, name = tag.partition(":")
        if not name:
            assert tag == "SourceFile"
            continue
        assert group in GROUPS or group.startswith("ICC"), tag
        assert group != "IFD0" or name in IFD0, tag
        assert group != "Composite" or name in COMPOSITE, tag
        assert "Comment" not in name, tag
    data = photo.read_bytes()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert SECRET.encode(encoding) not in data
    # One picture alone: no thumbnail, preview or second frame behind it.
    assert data.count(b"\xff\xd8\xff") == 1
    assert data.endswith(b"\xff\xd9")
    assert b"http" not in data
    return tags


# Of each kind of file, how many of the private texts exiftool must have found a place for.
HIDING = {
    "jpg-baseline.jpg": 30,
    "jpg-cmyk.jpg": 30,
    "tif-rgb8-lzw.tif": 30,
    "tif-rgb16-deflate.tif": 30,
    "png-rgb8.png": 20,
    "webp-lossy.webp": 20,
    "heic-444.heic": 20,
    "avif-444.avif": 20,
    "jp2-lossy.jp2": 20,
    "jxl-container.jxl": 20,
    "psd-rgb.psd": 20,
    "raw-sensor.dng": 20,
    "gif-plain.gif": 10,
}
XMP = {"XMP-dc:Creator": CREDIT["EXIF:Artist"], "XMP-dc:Rights": CREDIT["EXIF:Copyright"]}
IPTC = {
    "IPTC:By-line": CREDIT["EXIF:Artist"],
    "IPTC:CopyrightNotice": CREDIT["EXIF:Copyright"],
    "IPTC:CodedCharacterSet": "UTF8",
}
PNG_TEXTS = {"PNG:Author": CREDIT["EXIF:Artist"], "PNG:Copyright": CREDIT["EXIF:Copyright"]}
# Where artist and copyright stand, and the kinds of file that have such a place.
SAYING = (
    (CREDIT, "jpg-baseline.jpg png-rgb8.png png-rgb16.png tif-rgb8-lzw.tif tif-rgb16-deflate.tif"),
    (CREDIT, "webp-lossy.webp heic-444.heic avif-444.avif jxl-container.jxl"),
    (CREDIT, "raw-sensor.dng raw-preview.dng"),
    (XMP, "jpg-baseline.jpg png-rgb8.png png-rgb16.png tif-rgb8-lzw.tif tif-rgb16-deflate.tif"),
    (XMP, "webp-lossy.webp heic-444.heic avif-444.avif psd-rgb.psd raw-sensor.dng"),
    (IPTC, "jpg-baseline.jpg tif-rgb8-lzw.tif tif-rgb16-deflate.tif psd-rgb.psd"),
    (PNG_TEXTS, "png-rgb8.png"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A source: a file of tests/fixtures/formats, and what exiftool puts into it."""

    name: str
    file: str
    tags: Mapping[str, str]
    more: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"{self.name} {self.file}"


THUMBNAIL = FORMATS / "jpg-progressive.jpg"
ELSEWHERE = Case(
    "elsewhere",
    "jpg-baseline.jpg",
    {"Comment": f"{SECRET} comment", "XMP-xmp:Label": SECRET * 12_000},  # in extended XMP
    (f"-ThumbnailImage<={THUMBNAIL}", f"-PhotoshopThumbnail<={THUMBNAIL}"),
)
SECRETS = [Case("hiding", name, PRIVATE) for name in HIDING]
TURNED = [Case(f"turned-{n}", "jpg-baseline.jpg", {"Orientation#": str(n)}) for n in range(1, 9)]
CREDITED = [
    Case(next(iter(said)).replace(":", "_"), name, PRIVATE | said)
    for said, names in SAYING
    for name in names.split()
]
BOTH = Case("both", "jpg-baseline.jpg", {**XMP, "EXIF:Artist": "Li Na"})
LATIN = Case("latin", "jpg-baseline.jpg", {"EXIF:Artist": "Zoë"}, ("-charset", "exif=Latin1"))
SEVERAL = Case("several", "jpg-baseline.jpg", {}, ("-XMP-dc:Creator=Li Na", "-XMP-dc:Creator=Zoë"))


def draw(cases: Iterable[Case], folder: Path) -> None:
    """All the sources, whose tags one exiftool puts in."""
    arguments: list[str | Path] = []
    for case in cases:
        path = Path(shutil.copy(FORMATS / case.file, folder / case.source))
        telling = tagging(path, case.tags, *case.more)
        arguments += ["-charset", "exif=UTF8", *telling, "-execute"]
    told = folder.with_name("told")
    told.write_text("\n".join(map(str, arguments)), encoding="utf-8")
    exiftool("-@", told)


def named_profile() -> bytes:
    """A profile of sRGB whose description gives somebody away."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    old, new = "sRGB built-in".encode("utf-16-be"), f"{SECRET} screen".encode("utf-16-be")
    assert plain.count(old) == 1
    assert len(old) == len(new)
    return plain.replace(old, new)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all the cases."""
    folder = tmp_path_factory.mktemp("photos")
    draw((*SECRETS, *TURNED, *CREDITED, BOTH, LATIN, SEVERAL, ELSEWHERE), folder)
    elsewhere = folder / ELSEWHERE.source
    profile = tmp_path_factory.mktemp("profile") / "named.icc"
    profile.write_bytes(named_profile())
    exiftool("-q", "-overwrite_original", f"-ICC_Profile<={profile}", elsewhere)
    with elsewhere.open("ab") as file:  # as a phone's second picture lies
        file.write(b"\xff\xd8\xff" + SECRET.encode())
    return folder


@pytest.fixture(scope="module")
def photos(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """What the real command, in one run, makes of them."""
    return made(prepared(sources, tmp_path_factory.mktemp("run") / "out"))


def named(case: Case) -> str:
    return case.source


@pytest.fixture(scope="module")
def private(sources: Path) -> dict[str, int]:
    """How many texts that must not leave exiftool finds in each source that hides some."""
    found = tags_of(*(sources / case.source for case in SECRETS))
    return {
        case.source: sum(SECRET in str(value) for value in tags.values())
        for case, tags in zip(SECRETS, found, strict=True)
    }


@pytest.mark.parametrize("case", SECRETS, ids=named)
def test_nothing_private_leaves_with_a_picture(
    case: Case, private: dict[str, int], photos: dict[str, Made]
) -> None:
    assert private[case.source] >= HIDING[case.file]  # or the test shows nothing
    check_clean(photos[case.source])


def test_nothing_hides_in_a_jpegs_other_segments(sources: Path, photos: dict[str, Made]) -> None:
    source = sources / ELSEWHERE.source
    (tags,) = tags_of(source)
    assert {"IFD1:ThumbnailImage", "File:Comment"} <= tags.keys()
    assert tags["ICC_Profile:ProfileDescription"] == f"{SECRET} screen"
    assert source.read_bytes().count(SECRET.encode()) > 12_000
    check_clean(photos[ELSEWHERE.source])


@pytest.mark.parametrize("case", TURNED, ids=named)
def test_no_orientation_is_left_to_turn_it_again(case: Case, photos: dict[str, Made]) -> None:
    tags = check_clean(photos[case.source])
    assert not [tag for tag in tags if "Orientation" in tag]
    size = (tags["File:ImageWidth"], tags["File:ImageHeight"])
    assert size == ((32, 48) if int(case.tags["Orientation#"]) >= 5 else (48, 32))


@pytest.mark.parametrize("case", CREDITED, ids=named)
def test_artist_and_copyright_survive(case: Case, photos: dict[str, Made]) -> None:
    tags = check_clean(photos[case.source])
    assert tags["IFD0:Artist"] == CREDIT["EXIF:Artist"]
    assert tags["IFD0:Copyright"] == CREDIT["EXIF:Copyright"]


def test_exif_is_believed_before_others(photos: dict[str, Made]) -> None:
    tags = check_clean(photos[BOTH.source])
    assert tags["IFD0:Artist"] == "Li Na"
    assert tags["IFD0:Copyright"] == CREDIT["EXIF:Copyright"]


def test_names_in_latin_1_keep_their_bytes(photos: dict[str, Made]) -> None:
    assert b"Zo\xeb\0" in photos[LATIN.source].photo.read_bytes()
    check_clean(photos[LATIN.source])


def test_several_makers_are_all_named(photos: dict[str, Made]) -> None:
    assert check_clean(photos[SEVERAL.source])["IFD0:Artist"] == "Li Na; Zoë"


def test_of_real_cameras_nothing_is_left(tmp_path: Path, real_photos: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    wanted = ("canon-dslr.jpg", "train.jpg", "test_exif_full.jpg", "classic-car.heic")
    for name in (*wanted, "piazza-gae-aulenti.jpg", "heic-iphone7.heic"):
        shutil.copy(real_photos / "camera" / name, folder)
    notes = folder / "notes.jpg"
    shutil.copy(FORMATS / "jpg-baseline.jpg", notes)
    exiftool(
        *tagging(notes, {}, "-TagsFromFile", folder / "canon-dslr.jpg", "-all:all", "-makernotes")
    )
    assert any(tag.startswith("Canon:") for tag in tags_of(notes)[0])
    for photo in made(prepared(folder, tmp_path / "out")).values():
        check_clean(photo)
