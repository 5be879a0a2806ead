"""Two shots of nearly the same are told; another view, product or colour is not."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from benchmarks.spoiled import middle, repeats
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.likeness import Looks
from photoprep.photo.looks import looks_of
from photoprep.photo.nearness import CLOSE, NearLooks
from tests.photo.drawn import SIZE, draw_product, scene
from tests.photo.test_doubts import rendered

AGAIN = dict(repeats())
del AGAIN["moved by 2% both ways"]  # 2.8% in all: half of such are told


def near(one: Image.Image, other: Image.Image) -> bool:
    first, second = NearLooks(looks_of(one)), NearLooks(looks_of(other))
    told = first.is_near(second)
    assert second.is_near(first) == told
    return told


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN.keys())
def test_a_second_shot_is_near(again: Callable[[Image.Image], Image.Image]) -> None:
    assert near(middle(scene("#b4b4ae")), again(scene("#b4b4ae")))


def test_another_place_another_colour_and_another_state_are_not_near() -> None:
    first = scene("#b4b4ae")
    assert near(first, first)
    assert not near(first, scene("#b4b4ae", at=(0.56, 0.5)))
    assert not near(first, first.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    red, green, blue = first.split()
    assert not near(first, Image.merge("RGB", (blue, green, red)))
    opened = first.copy()
    ImageDraw.Draw(opened).rectangle((330, 190, 610, 260), fill=(40, 42, 40))  # a lid is up
    assert not near(first, opened)
    marked = first.copy()
    ImageDraw.Draw(marked).rectangle((430, 380, 520, 470), fill="white")  # a label is on it
    assert not near(first, marked)


def test_of_an_empty_picture_nothing_is_said() -> None:
    assert not near(Image.new("RGB", SIZE, "gray"), Image.new("RGB", SIZE, "gray"))


@given(
    one=st.binary(min_size=384, max_size=384),
    changes=st.lists(st.integers(-3, 3), min_size=384, max_size=384),
)
def test_buckets_lose_none(one: bytes, changes: list[int]) -> None:
    other = bytes(max(0, min(255, a + b)) for a, b in zip(one, changes, strict=True))
    first, second = (NearLooks(b2a_base64(each).decode()) for each in (one, other))
    assert first.may_be_near(second, CLOSE)
    assert second.bucket in first.near_buckets
    assert first.is_near(second) == second.is_near(first)


def test_no_two_products_are_near_to_one_another(real_photos: Path) -> None:
    """Front and back, several poses of one model, two jackets on black: all are different."""
    set_up_decoders()
    paths = sorted((real_photos / "products").rglob("*.*"))
    paths += sorted((real_photos / "camera").iterdir())
    texts = [looks_of(rendered(decode(path))) for path in paths]
    looks = [NearLooks(text) for text in texts]
    told = [
        (paths[a].name, paths[b].name)
        for a, b in combinations(range(len(paths)), 2)
        if looks[a].is_near(looks[b])
    ]
    assert len(paths) > 45
    assert told == []


def test_real_photos_shot_again_are_near(real_photos: Path) -> None:
    set_up_decoders()
    paths = sorted((real_photos / "products").rglob("*_main.jpg"))
    pictures = [rendered(decode(path)) for path in paths]
    for name, least in (("moved by 1%", 0.8), ("10% lighter", 0.9), ("a little of all", 0.7)):
        hits = [near(middle(picture), AGAIN[name](picture)) for picture in pictures]
        assert sum(hits) >= least * len(pictures)
    # These are no copies, which are told otherwise.
    moved = AGAIN["moved by 1%"](pictures[0])
    assert not Looks(looks_of(middle(pictures[0]))).is_like(Looks(looks_of(moved)))


def test_two_products_drawn_at_the_same_place_are_told_apart() -> None:
    first, second = scene("white"), Image.new("RGB", SIZE, "white")
    draw_product(second, (0.5, 0.5), size=0.5)
    assert not near(first, second)
