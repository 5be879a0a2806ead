"""The demo's pictures: made the same every time, and as odd as a real folder's."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps, ImageStat

from photoprep.demo import make_demo_folder
from photoprep.demo.exif import COPYRIGHT, SERIAL_NUMBER
from photoprep.demo.folder import PICTURES, Kind, picture_bytes, picture_size
from photoprep.demo.gamut import PROFILE_NAME, to_wide_gamut, wide_gamut_profile
from photoprep.errors import UsageError

SMALL = 0.1
EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("demo") / "pictures"
    make_demo_folder(there, megapixels=SMALL)
    return there


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def brightness(grey: Image.Image, place: tuple[int, int]) -> float:
    return ImageStat.Stat(grey.crop((*place, place[0] + 2, place[1] + 2))).mean[0]


def test_the_folder_holds_the_announced_files_in_their_order(folder: Path) -> None:
    made = make_demo_folder(folder, megapixels=SMALL)
    names = [path.relative_to(folder).as_posix() for path in made]
    assert names == [picture.path for picture in PICTURES] + ["price list.txt", "Thumbs.db"]
    assert all(path.is_file() for path in made)


def test_a_second_make_gives_the_same_files(folder: Path) -> None:
    before = hashes(folder)
    make_demo_folder(folder, megapixels=SMALL)
    assert hashes(folder) == before


def test_one_picture_has_the_same_pixels_every_time() -> None:
    first, second = (
        Image.open(BytesIO(picture_bytes(PICTURES[0], megapixels=SMALL))).tobytes()
        for _ in range(2)
    )
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_twelve_megapixels_are_a_cameras_size() -> None:
    assert picture_size(12.0) == (4000, 3000)


def test_pictures_have_the_asked_size_and_a_products_colours(folder: Path) -> None:
    width, height = picture_size(SMALL)
    for picture in PICTURES:
        if picture.kind not in (Kind.JPEG_422, Kind.JPEG_420):
            continue
        with Image.open(folder / picture.path) as image:
            assert image.size == (width, height)
            low, high = image.convert("L").getextrema()
            assert isinstance(low, int)
            assert isinstance(high, int)
            assert low < 90
            assert high > 200


@pytest.mark.parametrize(
    "picture",
    [picture for picture in PICTURES if picture.kind not in (Kind.PNG, Kind.HEIC)],
    ids=lambda picture: picture.scene.__name__,
)
def test_camera_jpegs_carry_gps_serial_number_and_copyright(folder: Path, picture: object) -> None:
    chosen = next(entry for entry in PICTURES if entry is picture)
    with Image.open(folder / chosen.path) as image:
        exif = image.getexif()
    assert exif.get_ifd(EXIF_POINTER)[0xA431] == SERIAL_NUMBER
    assert exif.get_ifd(GPS_POINTER)[2] == (22.0, 32.0, 30.0)
    assert exif[0x8298] == COPYRIGHT
    assert exif.get_ifd(EXIF_POINTER)[0x829D] == 8.0


def test_the_thumbnail_is_a_picture_of_its_own(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.thumbnail)
    with Image.open(folder / chosen.path) as image:
        block, second = image.info["exif"], image.getexif().get_ifd(ExifTags.IFD.IFD1)
    assert second[0x0103] == 6
    start, length = second[0x0201], second[0x0202]
    with Image.open(BytesIO(block[6 + start : 6 + start + length])) as thumbnail:
        thumbnail.load()
        assert max(thumbnail.size) == 160


def test_the_sideways_picture_stands_upright_once_turned(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.shot.orientation == 6)
    with Image.open(folder / chosen.path) as image:
        assert image.width > image.height
        assert image.getexif()[0x0112] == 6
        upright = ImageOps.exif_transpose(image)
    assert upright.height > upright.width
    # The torch's dark barrel stands in the middle; above its head there is only bright paper.
    middle, top = upright.width // 2, upright.height // 40
    grey = upright.convert("L")
    barrel = grey.crop((middle - 4, upright.height // 2, middle + 4, upright.height * 3 // 4))
    assert ImageStat.Stat(barrel).mean[0] < 90
    assert brightness(grey, (middle, top)) > 150
    assert brightness(grey, (middle, upright.height - top)) > 150


def test_the_wide_gamut_profile_is_read_and_shifts_colours(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.shot.wide_gamut)
    with Image.open(folder / chosen.path) as image:
        embedded = image.info["icc_profile"]
        profile = ImageCms.ImageCmsProfile(BytesIO(embedded))
        assert embedded == wide_gamut_profile()
        assert ImageCms.getProfileName(profile).strip() == PROFILE_NAME
        spot = (image.width // 3, image.height * 3 // 4)
        raw = image.getpixel(spot)
        shown = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
    assert shown is not None
    seen = shown.getpixel(spot)
    assert isinstance(raw, tuple)
    assert isinstance(seen, tuple)
    # The green body: without its profile it would look yellower by a shift one sees at once.
    assert seen[1] > 2 * seen[0]
    assert raw[0] - seen[0] > 30


def test_the_profile_agrees_with_published_figures() -> None:
    # Full sRGB green in Adobe RGB (1998) is 144, 255, 60, as is widely tabulated.
    green = to_wide_gamut(Image.new("RGB", (2, 2), (0, 255, 0))).getpixel((0, 0))
    assert green == (144, 255, 60)
    assert to_wide_gamut(Image.new("RGB", (2, 2), "white")).getpixel((0, 0)) == (255, 255, 255)


def test_the_broken_picture_opens_and_then_fails(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.kind is Kind.BROKEN_JPEG)
    with Image.open(folder / chosen.path) as image, pytest.raises(OSError, match="truncated"):
        image.load()


def test_the_phones_picture_is_heic_with_its_exif(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.kind is Kind.HEIC)
    data = (folder / chosen.path).read_bytes()
    assert data[4:12] == b"ftypheic"
    heif = pillow_heif.open_heif(BytesIO(data))
    assert heif.size == picture_size(SMALL)
    exif = Image.Exif()
    exif.load(heif.info["exif"])
    assert exif.get_ifd(EXIF_POINTER)[0xA431] == SERIAL_NUMBER
    assert exif.get_ifd(GPS_POINTER)[1] == "N"


def test_the_cut_out_is_transparent_round_the_product(folder: Path) -> None:
    chosen = next(picture for picture in PICTURES if picture.kind is Kind.PNG)
    with Image.open(folder / chosen.path) as image:
        alpha = image.getchannel("A")
        assert alpha.getpixel((0, 0)) == 0
        assert alpha.getextrema() == (0, 255)


def test_a_persons_file_is_never_touched(tmp_path: Path) -> None:
    mine = tmp_path / "price list.txt"
    mine.write_text("my own prices", encoding="utf-8")
    with pytest.raises(UsageError, match=r"price list\.txt") as caught:
        make_demo_folder(tmp_path, megapixels=SMALL)
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["price list.txt"]
    assert mine.read_text(encoding="utf-8") == "my own prices"


def test_a_demo_file_that_a_person_changed_is_kept(tmp_path: Path) -> None:
    make_demo_folder(tmp_path, megapixels=0.05)
    changed = tmp_path / "price list.txt"
    changed.write_text("X100  USD 13.50", encoding="utf-8")
    with pytest.raises(UsageError):
        make_demo_folder(tmp_path, megapixels=0.05)
    assert changed.read_text(encoding="utf-8") == "X100  USD 13.50"


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    place.write_bytes(b"")
    with pytest.raises(UsageError):
        make_demo_folder(place, megapixels=SMALL)


def test_a_senseless_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        make_demo_folder(tmp_path / "demo", megapixels=0)
    assert not (tmp_path / "demo").exists()
