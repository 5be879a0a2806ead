"""How often each doubt is right, how often it is raised for nothing, and what it costs.

    python -m benchmarks.doubts FOLDER...

The photos under the folders are taken for good ones, and bad ones are made of them (``spoiled``).
Those on which a doubt is raised all the same are named, for a person to look at.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from PIL import Image

from benchmarks.photos import in_srgb
from benchmarks.spoiled import (
    OUTPUT_PX,
    at_full_size,
    cut,
    middle,
    repeats,
    side_by_side,
    spoilers,
)
from photoprep.errors import PhotoError
from photoprep.measured import Measures
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode, set_up_decoders
from photoprep.photo.deep import DeepPicture
from photoprep.photo.doubts import doubts_of
from photoprep.photo.likeness import Looks
from photoprep.photo.looks import looks_of
from photoprep.photo.measures import LEAST_SIDE_PX, measures_of
from photoprep.photo.nearness import NearLooks
from photoprep.photo.resize import upright_at
from photoprep.preset_file import load_preset
from photoprep.units import scaled_size_px

_LARGE = (4000, 3000)  # said of every picture, so that none is too small
_TIMES = 5
_FREE_PERCENT, _AROUND_PERCENT, _EVEN_LEVEL10 = 1, 85, 5


@dataclass(frozen=True)
class Good:
    """A photo that has nothing wrong: its name, and the picture at output size."""

    name: str
    picture: Image.Image
    measures: Measures


def main(folders: list[Path]) -> None:
    """Print every table."""
    set_up_decoders()
    spec = load_preset().photo

    def codes(measures: Measures) -> set[str]:
        return {note.code for note in doubts_of(measures, _LARGE, spec)}

    paths = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    goods = list(_goods(paths))
    print(f"{len(goods)} photos\n")
    _print_false_alarms(goods, codes)
    _print_hits(goods, codes)
    _print_full_size(paths, codes)
    _print_outlines(goods, codes)
    _print_repeats(goods)
    _print_left_out(goods)
    _print_cost(goods)


def _goods(paths: list[Path]) -> Iterable[Good]:
    for path in paths:
        try:
            decoded = decode(path)
        except PhotoError:
            continue
        picture = _rendered(decoded)
        if min(picture.size) >= LEAST_SIDE_PX:
            measures = measures_of(picture, decoded.exif, decoded.original_px)
            yield Good("/".join(path.parts[-2:]), picture, measures)


def _rendered(decoded: DecodedPhoto) -> Image.Image:
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    size_px = scaled_size_px(decoded.full_size_px, OUTPUT_PX)
    return to_srgb(upright_at(decoded, size_px, deep=not plan.is_srgb), plan, "white")


def _measured(picture: Image.Image) -> Measures:
    return measures_of(picture, Image.Exif(), picture.size)


Codes = Callable[[Measures], set[str]]


def _print_false_alarms(goods: list[Good], codes: Codes) -> None:
    raised = [(code, good.name) for good in goods for code in sorted(codes(good.measures))]
    print(f"doubts about the photos as they are: {len(raised)}")
    for code, name in sorted(raised):
        print(f"  {code:17} {name}")


def _print_hits(goods: list[Good], codes: Codes) -> None:
    print("\n| doubt | spoiled by | hits | of |\n| --- | --- | --- | --- |")
    for spoiler in spoilers():
        able = [good for good in goods if spoiler.code not in codes(good.measures)]
        hits = sum(spoiler.code in codes(_measured(spoiler.change(good.picture))) for good in able)
        print(f"| {spoiler.code} | {spoiler.name} | {hits} | {len(able)} |", flush=True)


def _print_full_size(paths: list[Path], codes: Codes) -> None:
    for blur_px in (1.5, 2.0, 3.0):
        hits = count = 0
        for path in paths:
            try:
                decoded = decode(path)
            except PhotoError:
                continue
            if isinstance(decoded.image, DeepPicture) or max(decoded.full_size_px) <= OUTPUT_PX:
                continue
            whole = in_srgb(decoded.image, decoded.icc_profile)
            count += 1
            hits += "blurred" in codes(_measured(at_full_size(whole, blur_px)))
        print(f"| blurred | at full size, {blur_px:g} px of output | {hits} | {count} |")


def _print_outlines(goods: list[Good], codes: Codes) -> None:
    """Crops and pairs, of the photos whose product stands free before a plain background."""
    free = [good for good in goods if _stands_free(good.measures)]
    for side in ("left", "right", "top", "bottom"):
        crops = [cut(good.picture, _box(good.picture), side) for good in free]
        hits = sum("cut-off" in codes(_measured(crop)) for crop in crops)
        print(f"| cut-off | a third cut off: {side} | {hits} | {len(crops)} |")
    pairs = [(one, other) for one, other in combinations(free, 2) if _alike(one, other)]
    hits = sum(
        "several-products" in codes(_measured(side_by_side(one.picture, other.picture)))
        for one, other in pairs
    )
    print(f"| several-products | two side by side | {hits} | {len(pairs)} |")


def _stands_free(measures: Measures) -> bool:
    touched = (
        measures.touch_top_percent,
        measures.touch_bottom_percent,
        measures.touch_left_percent,
        measures.touch_right_percent,
    )
    around = measures.plain_border_percent >= _AROUND_PERCENT and measures.uneven_level10 <= 60
    return around and max(touched) <= _FREE_PERCENT and measures.largest_part_permille >= 100


def _box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Where the product is: what differs from the picture's corner."""
    away = [
        band.point(lambda level, base=base: 255 * (abs(level - base) > 40))
        for band, base in zip(picture.split(), _corner(picture), strict=True)
    ]
    boxes = [box for box in (band.getbbox() for band in away) if box]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _corner(picture: Image.Image) -> tuple[int, ...]:
    return tuple(band.tobytes()[0] for band in picture.crop((2, 2, 3, 3)).split())


def _alike(one: Good, other: Good) -> bool:
    """Whether one even background can be taken for the other's, and the products for a pair."""
    corners = (_corner(one.picture), _corner(other.picture))
    near = all(abs(a - b) <= 12 for a, b in zip(*corners, strict=True))
    sizes = sorted(good.measures.largest_part_permille for good in (one, other))
    even = max(good.measures.uneven_level10 for good in (one, other)) <= _EVEN_LEVEL10
    return even and near and sizes[1] <= 2 * sizes[0]


def _print_repeats(goods: list[Good]) -> None:
    looks = [looks_of(good.picture) for good in goods]
    near = [
        (one.name, other.name)
        for (one, a), (other, b) in combinations(zip(goods, looks, strict=True), 2)
        if NearLooks(a).is_near(NearLooks(b)) and not Looks(a).is_like(Looks(b))
    ]
    print(f"\nnear-duplicate between two photos of {len(goods)}: {len(near)}")
    for pair in near:
        print("  " + ", ".join(pair))
    print("\n| doubt | shot again | hits | of |\n| --- | --- | --- | --- |")
    for name, again in repeats():
        hits = sum(_is_near(good.picture, again) for good in goods)
        print(f"| near-duplicate | {name} | {hits} | {len(goods)} |", flush=True)


def _is_near(picture: Image.Image, again: Callable[[Image.Image], Image.Image]) -> bool:
    one, other = looks_of(middle(picture)), looks_of(again(picture))
    return bool(one) and bool(other) and NearLooks(one).is_near(NearLooks(other))


def _print_left_out(goods: list[Good]) -> None:
    """Thresholds set anew without each photo, half-way between the rest's good and bad, on it."""
    ways = {spoiler.name: spoiler.change for spoiler in spoilers()}
    kinds: dict[str, tuple[str, Callable[[Measures], float]]] = {
        "gaussian 2.0 px": ("blurred", lambda measures: measures.blur_px100),
        "moved 12 px at 30°": ("blurred (shaken)", _unlike),
        "-3 EV": ("too-dark", lambda measures: -measures.highlight_level),
        "+2 EV": ("burnt-out (clipped alone)", lambda measures: measures.part_clipped_permille),
    }
    print("\n| left out one by one | spoiled by | hits | false alarms | of |")
    print("| --- | --- | --- | --- | --- |")
    for name, (doubt, value) in kinds.items():
        good = [value(each.measures) for each in goods]
        bad = [value(_measured(ways[name](each.picture))) for each in goods]
        hits = alarms = 0
        for place in range(len(goods)):
            rest = sorted(good[:place] + good[place + 1 :])
            spoiled = statistics.median(bad[:place] + bad[place + 1 :])
            # The last hundredth of the good ones are such as are bad indeed.
            threshold = (rest[int(0.99 * len(rest)) - 1] + spoiled) / 2
            hits += bad[place] >= threshold
            alarms += good[place] >= threshold
        print(f"| {doubt} | {name} | {hits} | {alarms} | {len(goods)} |")


def _unlike(measures: Measures) -> float:
    return measures.shake_along_px100 - measures.shake_across_px100


def _print_cost(goods: list[Good]) -> None:
    large = [good for good in goods if max(good.picture.size) == OUTPUT_PX]
    spent = []
    for good in large:
        times = []
        for _ in range(_TIMES):
            start = time.process_time()  # other jobs may run
            _measured(good.picture)
            times.append(1000 * (time.process_time() - start))
        spent.append(min(times))
    print(
        f"\nmeasuring a photo of {OUTPUT_PX} px: median {statistics.median(spent):.1f} ms, "
        f"worst {max(spent):.1f} ms, of {len(large)}"
    )


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
