"""Which photos are said to show the same picture, and in which words."""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from benchmarks.spoiled import middle, repeats
from photoprep.outcome import Prepared, PreparedJpeg, Subject
from photoprep.photo.likeness import Looks
from photoprep.photo.looks import looks_of
from photoprep.walk.lookalikes import lookalike_findings, lookalikes, near_lookalikes
from tests.photo.drawn import scene

LARGE = (4000, 3000)


def photo(source: str, levels: bytes, size_px: tuple[int, int] = LARGE) -> Prepared:
    """A photo of four bands, each of one luma, and flat in chroma."""
    luma = b"".join(bytes([level]) * 64 for level in levels)
    looks = b2a_base64(luma + b"\x80" * 128, newline=False).decode("ascii")
    jpeg = PreparedJpeg(
        source, "", 1, 944, 708, 100, 90.0, "4:4:4", 1, *size_px, notes=(), looks=looks
    )
    return Prepared(source, Subject("Box", "X1", "open"), jpeg)


@given(
    all_levels=st.lists(
        st.lists(st.integers(0, 40), min_size=4, max_size=4).map(bytes), max_size=12
    )
)
def test_buckets_lose_none_that_comparing_with_every_first_finds(all_levels: list[bytes]) -> None:
    photos = [photo(f"{number}.jpg", levels) for number, levels in enumerate(all_levels)]
    firsts: list[Prepared] = []
    found = []
    for each in photos:
        looks = Looks(each.jpeg.looks)
        if any(looks.is_like(Looks(first.jpeg.looks)) for first in firsts):
            found.append(each.source)
        else:
            firsts.append(each)
    assert [later.source for _, later in lookalikes(photos)] == found


def test_the_larger_one_is_named() -> None:
    small = photo("Box/IMG_1-small.jpg", b"\x10\x20\x30\x40", (1000, 750))
    (finding,) = lookalike_findings([photo("Box/IMG_1.jpg", b"\x10\x20\x30\x40"), small])
    assert finding.code == "duplicate"
    assert finding.severity == "warning"
    assert (finding.product, finding.source) == ("Box", "Box/IMG_1-small.jpg")
    assert finding.message == (
        "It shows the same picture as Box/IMG_1.jpg, at another size (1000×750 pixels, not "
        "4000×3000): Box/IMG_1.jpg is the larger. Both go out."
    )
    (turned,) = lookalike_findings([small, photo("Box/IMG_1.jpg", b"\x10\x20\x30\x40")])
    assert "Box/IMG_1.jpg is the larger" in turned.message


def test_several_copies_are_each_told_of_the_first() -> None:
    photos = [photo(f"{name}.jpg", b"\x10\x20\x30\x40") for name in "abc"]
    findings = lookalike_findings(photos, wanted=True)
    assert [finding.source for finding in findings] == ["b.jpg", "c.jpg"]
    assert all("as a.jpg, at the same size" in finding.message for finding in findings)
    assert {finding.severity for finding in findings} == {"info"}


def test_another_shape_is_another_picture() -> None:
    levels = b"\x10\x20\x30\x40"
    assert lookalikes([photo("a.jpg", levels), photo("b.jpg", levels, (3000, 4000))]) == []
    assert lookalikes([photo("a.jpg", levels), photo("b.jpg", levels, (1000, 740))]) == []
    rounded = photo("b.jpg", levels, (333, 250))  # 4000 / 12 is 333.3
    assert len(lookalikes([photo("a.jpg", levels), rounded])) == 1


def test_files_of_one_name_may_be_developed_differently() -> None:
    raw, camera = b"\x40\x50\x60\x70", b"\x50\x60\x70\x80"
    assert len(lookalikes([photo("a/IMG_1.dng", raw), photo("a/IMG_1.JPG", camera)])) == 1
    assert lookalikes([photo("a/IMG_1.dng", raw), photo("b/IMG_1.JPG", camera)]) == []
    assert lookalikes([photo("a/IMG_1.dng", raw), photo("a/IMG_2.JPG", camera)]) == []
    assert lookalikes([photo("a/IMG_1.dng", raw), photo("a/IMG_1.JPG", b"\x80" * 4)]) == []


def shown(source: str, picture: Image.Image) -> Prepared:
    """A photo of a whole picture."""
    jpeg = PreparedJpeg(
        source, "", 1, 944, 708, 100, 90.0, "4:4:4", 1, *LARGE, notes=(), looks=looks_of(picture)
    )
    return Prepared(source, Subject("Box", "X1", "open"), jpeg)


def test_a_second_shot_is_told_with_the_latest_before_it() -> None:
    again = dict(repeats())
    ground = scene("#b4b4ae")
    photos = [
        shown("1.jpg", middle(ground)),
        shown("2.jpg", again["moved by 1%"](ground)),
        shown("3.jpg", again["10% lighter"](ground)),
        shown("4.jpg", scene("white", at=(0.3, 0.5))),
        shown("5.jpg", middle(ground)),  # the same as the first: a duplicate, and no second shot
    ]
    told = lookalike_findings(photos)
    assert [(row.code, row.source) for row in told] == [
        ("duplicate", "5.jpg"),
        ("near-duplicate", "2.jpg"),
        ("near-duplicate", "3.jpg"),
    ]
    assert [row.severity for row in told] == ["warning", "info", "info"]
    assert "as 2.jpg" in told[2].message


def test_a_second_shot_is_found_behind_many_others() -> None:
    ground = scene("#b4b4ae")
    others = [shown(f"{number}.jpg", scene("white")) for number in range(60)]
    last = shown("last.jpg", dict(repeats())["turned by 1°"](ground))
    pairs = near_lookalikes([shown("first.jpg", middle(ground)), *others, last])
    assert ("first.jpg", "last.jpg") in [(one.source, other.source) for one, other in pairs]


@pytest.mark.parametrize(("far_back", "is_found"), [(60, False), (61, True)])
def test_nobody_looks_for_a_second_shot_further_back_than_is_kept(
    far_back: int, is_found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photoprep.walk.lookalikes._FAR_BACK", far_back)
    ground = scene("#b4b4ae")
    others = [shown(f"{number}.jpg", scene("white")) for number in range(60)]
    last = shown("last.jpg", dict(repeats())["turned by 1°"](ground))
    pairs = near_lookalikes([shown("first.jpg", middle(ground)), *others, last])
    assert (("first.jpg", "last.jpg") in [(a.source, b.source) for a, b in pairs]) is is_found


def test_another_aspect_is_another_picture() -> None:
    ground = scene("#b4b4ae")
    first, second = shown("1.jpg", ground), shown("2.jpg", ground)
    tall = replace(second, jpeg=replace(second.jpeg, source_width_px=3000, source_height_px=4000))
    assert len(near_lookalikes([first, second])) == 1
    assert near_lookalikes([first, tall]) == []
