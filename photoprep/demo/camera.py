"""From a scene to a photograph: print, texture, the lens's falloff, the sensor's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from statistics import NormalDist

from PIL import Image, ImageChops

from photoprep.demo.light import Material, shade
from photoprep.demo.mesh import Flat, Point, cross, subtract, unit
from photoprep.demo.scene import DRAWING_PX, SUPERSAMPLING, Decal, Drawing, Lens, Scene, draw

_NEUTRAL = 128
_GRAIN_SEED = 5
_FLIPS = (
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_180,
)
_WHITE_CARD = Material((255, 255, 255), gloss=0.1)


@dataclass(frozen=True, slots=True)
class Sensor:
    """How a camera's pictures look: noise as standard deviations in 8-bit levels."""

    luminance_noise: float = 2.2
    colour_noise: float = 1.2


def photograph(scene: Scene, width: int, height: int, *, sensor: Sensor, seed: int) -> Image.Image:
    """The finished picture, RGB, upright, in sRGB; the same seed gives the same pixels."""
    drawing = _drawing(scene, width, height)
    picture = drawing.picture
    _vignette(picture)
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    for decal in scene.decals:
        _print(picture, drawing, scene, decal)
    return _with_noise(picture, sensor, seed)


def cut_out(scene: Scene, width: int, height: int) -> Image.Image:
    """The product alone, RGBA, transparent around it."""
    drawing = _drawing(scene, width, height, table=False)
    alpha = drawing.numbers.point([0] + [255] * 255).reduce(SUPERSAMPLING)
    picture = drawing.picture.resize((width, height), Image.Resampling.BICUBIC)
    for decal in scene.decals:
        _print(picture, drawing, scene, decal)
    picture.putalpha(alpha.resize((width, height), Image.Resampling.BICUBIC))
    return picture


def _drawing(scene: Scene, width: int, height: int, *, table: bool = True) -> Drawing:
    shrink = max(1.0, max(width, height) / DRAWING_PX)
    drawing = draw(scene, round(width / shrink), round(height / shrink), cut_out=not table)
    _grain(drawing, scene)
    return drawing


def _grain(drawing: Drawing, scene: Scene) -> None:
    """The fine texture of each material, as light and dark specks where the part is seen."""
    size = drawing.picture.size
    for level in sorted({part.material.grain for part in scene.parts}):
        numbers = [
            255 if 0 < i <= len(scene.parts) and scene.parts[i - 1].material.grain == level else 0
            for i in range(256)
        ]
        mask = drawing.numbers.point(numbers).reduce(SUPERSAMPLING)
        box = mask.getbbox()
        if box is None or level <= 0:
            continue
        specks = _noise(size[0], size[1], level, _GRAIN_SEED).crop(box)
        patch = drawing.picture.crop(box)
        rough = ImageChops.add(patch, Image.merge("RGB", [specks] * 3), 1, -_NEUTRAL)
        drawing.picture.paste(rough, box, mask.crop(box))


def _vignette(picture: Image.Image) -> None:
    """Corners are about 8 % darker, as with a lens at medium aperture."""
    circle = Image.radial_gradient("L").point(
        [255 - round(20 * (i / 255) ** 2) for i in range(256)]
    )
    mask = circle.resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste(ImageChops.multiply(picture, Image.merge("RGB", [mask] * 3)))


def _noise(width: int, height: int, deviation: float, seed: int) -> Image.Image:
    """Normally distributed noise round 128: random bytes looked up in the normal distribution."""
    normal = NormalDist(_NEUTRAL, deviation)
    # A byte has only 256 values: good to 2.9 standard deviations, further than an eye looks.
    table = [round(normal.inv_cdf((i + 0.5) / 256)) for i in range(256)]
    return _random_field(width, height, seed).point(table)


@lru_cache(maxsize=6)
def _random_field(width: int, height: int, seed: int) -> Image.Image:
    """Evenly distributed bytes; kept, because all materials and pictures draw from the same."""
    return Image.frombytes("L", (width, height), Random(seed).randbytes(width * height))


def _with_noise(picture: Image.Image, sensor: Sensor, seed: int) -> Image.Image:
    """Luminance noise pixel by pixel, and blotchier colour noise from half-size fields."""
    wide, high = picture.size
    noise = _noise_field(wide, high, sensor.luminance_noise, sensor.colour_noise)
    return ImageChops.add(picture, noise.transpose(_FLIPS[seed % len(_FLIPS)]), 1, -_NEUTRAL)


@lru_cache(maxsize=2)
def _noise_field(width: int, height: int, luminance: float, colour: float) -> Image.Image:
    """One exposure's noise; kept, because pictures of a folder share it, turned over."""
    half = ((width + 1) // 2, (height + 1) // 2)
    fine = _noise(width, height, luminance, 11)
    channels = []
    for channel in range(3):
        blotch = _noise(*half, colour, 21 + channel).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        channels.append(ImageChops.add(fine, blotch, 1, -_NEUTRAL))
    return Image.merge("RGB", channels)


def _print(picture: Image.Image, drawing: Drawing, scene: Scene, decal: Decal) -> None:
    """Lay a label on its place, in perspective, in the light that falls there."""
    lens = Lens(scene.camera, *picture.size)
    quad = [lens.flat(p) for p in decal.corners]
    left, top = (int(min(p[k] for p in quad)) - 2 for k in (0, 1))
    right, bottom = (int(max(p[k] for p in quad)) + 3 for k in (0, 1))
    local = [(x - left, y - top) for x, y in quad]
    source = _lit(decal, scene.camera.eye)
    size = (right - left, bottom - top)
    shrink = (local[1][0] - local[0][0]) / source.width
    if 0 < shrink < 0.5:
        source = source.reduce(int(1 / shrink))
    warped = source.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _perspective(local, source.size),
        Image.Resampling.BICUBIC,
    )
    number = list(scene.parts).index(decal.part) + 1
    ratio = drawing.numbers.width / picture.width
    # A crop may reach beyond the picture, where no part is.
    around = tuple(round(edge * ratio) for edge in (left, top, right, bottom))
    seen = drawing.numbers.crop((around[0], around[1], around[2], around[3]))
    seen = seen.point([255 if i == number else 0 for i in range(256)])
    seen = seen.resize(size, Image.Resampling.BILINEAR)
    ink = ImageChops.multiply(warped.getchannel("A"), seen)
    picture.paste(warped.convert("RGB"), (left, top), ink)


def _lit(decal: Decal, eye: Point) -> Image.Image:
    """The label's picture, darkened as a white card in its place would be."""
    a, b, c, d = decal.corners
    normal = unit(cross(subtract(a, b), subtract(c, b)))
    steps = 6
    card = Image.new("RGB", (steps, steps))
    for y in range(steps):
        for x in range(steps):
            u, v = x / (steps - 1), y / (steps - 1)
            at = [
                (a[k] * (1 - u) + b[k] * u) * (1 - v) + (d[k] * (1 - u) + c[k] * u) * v
                for k in range(3)
            ]
            card.putpixel((x, y), shade((at[0], at[1], at[2]), normal, eye, _WHITE_CARD))
    lit = ImageChops.multiply(
        decal.picture.convert("RGB"), card.resize(decal.picture.size, Image.Resampling.BICUBIC)
    )
    lit.putalpha(decal.picture.getchannel("A"))
    return lit


def _perspective(quad: Sequence[Flat], size: tuple[int, int]) -> tuple[float, ...]:
    """The eight numbers Pillow wants: from the quad in the picture to the label's rectangle."""
    corners = [(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(quad, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return tuple(_solved(rows))


def _solved(rows: list[list[float]]) -> list[float]:
    """Linear equations by elimination, the largest pivot first."""
    count = len(rows)
    for i in range(count):
        pivot = max(range(i, count), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        rows[i] = [value / head for value in rows[i]]
        for k in range(count):
            if k != i and rows[k][i]:
                factor = rows[k][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]
