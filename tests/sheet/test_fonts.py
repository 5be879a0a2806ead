"""Which font draws what: read from real font files, shipped and of this machine."""

from __future__ import annotations

import itertools
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import ImageFont

from photoprep.errors import PresetError
from photoprep.sheet.font_folders import font_files, font_folders
from photoprep.sheet.fonts import SHIPPED, Fonts, shipped_font
from photoprep.sheet.han import han_scripts
from photoprep.sheet.missing import MissingGlyphs
from photoprep.sheet.sfnt import Face, NotAFontError, _coverage, read_faces
from tests.sheet.faces import NO_FOLDERS, need

REGULAR = SHIPPED / "NotoSansLatin-Regular.ttf"
_HEADLESS = REGULAR.read_bytes().replace(b"head", b"dead", 1)  # FreeType refuses it


def test_the_cmap_says_what_freetype_draws() -> None:
    (face,) = read_faces(REGULAR)
    font = ImageFont.truetype(str(REGULAR), 40, layout_engine=ImageFont.Layout.BASIC)
    box = bytes(font.getmask("\U000f0000"))  # the box of what is missing
    for code in [*range(0x21, 0x7F), *range(0xA1, 0x180), *range(0x370, 0x460), 0x4E00, 0x5D0]:
        character = chr(code)
        if code == 0xAD:
            continue  # a soft hyphen has a glyph that is not seen
        assert face.coverage.has(character) == (bytes(font.getmask(character)) != box), hex(code)


def test_every_font_of_this_machine_is_read_or_refused() -> None:
    paths = font_files(font_folders()).values()
    if not paths:
        pytest.skip("no fonts on this machine")
    for path in paths:
        for face in _faces(path):
            ranges = list(zip(face.coverage.firsts, face.coverage.lasts, strict=True))
            assert all(first <= last for first, last in ranges)
            assert all(a[1] < b[0] for a, b in itertools.pairwise(ranges))


def test_characters_that_a_range_gives_no_glyph_are_not_there() -> None:
    """A cmap of format 4 by hand: A to E less C by delta, a to d less b by an array."""
    lasts, firsts, deltas = (0x45, 0x64, 0xFFFF), (0x41, 0x61, 0xFFFF), (-0x43, 0, 1)
    form = struct.pack(">7H3HH3H", 4, 0, 0, 6, 0, 0, 0, *lasts, 0, *firsts)
    form += struct.pack(">3h3H4H", *deltas, 0, 4, 0, 7, 0, 8, 9)
    coverage = _coverage(struct.pack(">HHHHI", 0, 1, 3, 1, 12) + form)
    assert [c for c in map(chr, range(0x20, 0x80)) if coverage.has(c)] == list("ABDEacd")


def _faces(path: Path) -> tuple[Face, ...]:
    try:
        return read_faces(path)
    except NotAFontError:  # a colour font, say
        return ()


@pytest.mark.parametrize("length", [0, 3, 11, 40, 200, 5000])
def test_a_font_cut_short_is_refused_or_read_and_never_crashes(tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.ttf"
    path.write_bytes(REGULAR.read_bytes()[:length])
    with pytest.raises(NotAFontError):
        read_faces(path)


def test_faces_of_a_collection_are_told_by_their_family() -> None:
    path = font_files(font_folders()).get("notosanscjk-regular.ttc")
    if path is None:
        pytest.skip("no Noto Sans CJK on this machine")
    faces = {face.family: face.index for face in read_faces(path)}
    assert {"Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP"} <= faces.keys()
    fonts = Fonts()
    for text, family in (("工具箱", "SC"), ("開啟", "TC"), ("かぎ", "JP"), ("공구", "KR")):
        (piece,) = fonts.pieces(text)
        assert piece.font.regular.family == f"Noto Sans CJK {family}"
        assert "Bold" in piece.font.bold.path.name


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("红色工具箱", "", "chinese"),
        ("工具", "", "chinese"),
        ("開啟", "", "taiwanese"),
        ("开開", "", "chinese"),
        ("工具", "zh-TW", "taiwanese"),
        ("工具", "zh_HK", "taiwanese"),
        ("工具", "ja", "japanese"),
        ("箱を開く", "zh-TW", "japanese"),
        ("工具 공구", "", "korean"),
        ("X100", "", "chinese"),
    ],
)
def test_whose_shapes_chinese_characters_take(text: str, language: str, first: str) -> None:
    order = han_scripts(text, language)
    assert order[0] == first
    assert sorted(order) == ["chinese", "japanese", "korean", "taiwanese"]


def test_without_any_system_font_the_shipped_one_draws_latin_greek_cyrillic() -> None:
    fonts = Fonts(folders=NO_FOLDERS)
    text = "Größe 50 × 30 cm — €12,50 “ok” Ёлка Εργαλείο Đồ nghề…"
    (piece,) = fonts.pieces(text)
    assert (piece.text, piece.font) == (text, shipped_font())
    assert fonts.missing(text) == ""


def test_what_no_font_has_is_named_and_left_out() -> None:
    fonts = Fonts(folders=NO_FOLDERS)
    text = "Box 工具 X1 😀工"
    assert MissingGlyphs(fonts.missing(text)).named == (
        "U+5DE5 CJK UNIFIED IDEOGRAPH-5DE5",
        "U+5177 CJK UNIFIED IDEOGRAPH-5177",
        "U+1F600 GRINNING FACE",
    )
    assert "".join(piece.text for piece in fonts.pieces(text)) == "Box  X1 "
    assert "U+1F600 GRINNING FACE" in MissingGlyphs(fonts.missing(text)).told()


def test_a_mark_that_no_font_has_leaves_its_letter() -> None:
    fonts = Fonts(folders=NO_FOLDERS)
    text = "ab\u1dfe"  # COMBINING LEFT ARROWHEAD ABOVE
    assert fonts.missing(text) == "\u1dfe"
    assert "".join(piece.text for piece in fonts.pieces(text)) == "ab"


def test_private_use_is_the_presets_own_business() -> None:
    faces = [face for path in font_files(font_folders()).values() for face in _faces(path)]
    private = next(
        (c for c in map(chr, range(0xE000, 0xF900)) if any(f.coverage.has(c) for f in faces)), ""
    )
    if not private:
        pytest.skip("no font on this machine has signs of its own")
    assert Fonts().missing(private) == private


def test_the_presets_font_comes_before_all(tmp_path: Path) -> None:
    path = tmp_path / "Häuser font.ttf"
    path.write_bytes(REGULAR.read_bytes())
    (piece,) = Fonts(path).pieces("Toolbox")
    assert piece.font.regular.path == path


def test_colour_fonts_are_not_taken(tmp_path: Path) -> None:
    """The shipped font, one of whose tables is called as colours are."""
    path = tmp_path / "colour.ttf"
    path.write_bytes(REGULAR.read_bytes().replace(b"GPOS", b"COLR", 1))
    with pytest.raises(NotAFontError, match=r"colour\.ttf"):
        read_faces(path)


def test_broken_fonts_of_the_system_are_passed_over(tmp_path: Path) -> None:
    whole = REGULAR.read_bytes()
    (tmp_path / "segoeui.ttf").write_bytes(whole[:-5000])
    (tmp_path / "OpenSans-Regular.ttf").write_bytes(whole.replace(b"head", b"dead", 1))
    (tmp_path / "Ubuntu-R.ttf").write_bytes(whole)
    (piece,) = Fonts(folders=(tmp_path,)).pieces("Box")
    assert piece.font.regular.path.name == "Ubuntu-R.ttf"


@pytest.mark.parametrize("content", [b"", b"no font", b"ttcf\0\0\0\0\xff\xff\xff\xff", _HEADLESS])
def test_a_preset_whose_font_is_none_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(PresetError, match="font file") as caught:
        Fonts(path)
    assert caught.value.path == path
    assert caught.value.hint
    with pytest.raises(PresetError):
        Fonts(tmp_path / "none.ttf")


def test_a_font_is_found_for_each_character_that_some_font_has() -> None:
    need("工")
    pieces = Fonts().pieces("工具 X100")
    assert "".join(piece.text for piece in pieces) == "工具 X100"
    for piece in pieces:
        assert piece.font.has(piece.text)


def test_signs_stay_in_the_font_before_them() -> None:
    need("工“，")
    pieces = Fonts().pieces("工具“X”，刀")
    if not pieces[0].font.has("“"):
        pytest.skip("the Chinese font of this machine has no quotation marks")
    assert [piece.text for piece in pieces] == ["工具“", "X”", "，刀"]


def test_the_wheel_has_the_fonts_and_their_licence(tmp_path: Path) -> None:
    hatchling = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not here")
    root = Path(__file__).parents[2]
    (built,) = hatchling.WheelBuilder(str(root)).build(directory=str(tmp_path))
    names = set(zipfile.ZipFile(built).namelist())
    for name in ("NotoSansLatin-Regular.ttf", "NotoSansLatin-Bold.ttf", "OFL.txt", "README.md"):
        assert f"photoprep/sheet/fonts/{name}" in names


def test_the_shipped_font_is_small_and_says_its_licence() -> None:
    for weight in ("Regular", "Bold"):
        path = SHIPPED / f"NotoSansLatin-{weight}.ttf"
        assert path.stat().st_size < 150_000
        assert "SIL Open Font License".encode("utf-16-be") in path.read_bytes()
    assert "SIL OPEN FONT LICENSE" in (SHIPPED / "OFL.txt").read_text(encoding="utf-8")
