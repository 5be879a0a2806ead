"""The torch T7: black anodised aluminium, a knurled grip, a bright reflector."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import cos, pi, sin

from PIL import Image

from photoprep.demo.light import Material
from photoprep.demo.mesh import Flat, Mesh, Shapes, moved, straight, turned
from photoprep.demo.printing import PIXELS_PER_DM, Line, label
from photoprep.demo.scene import Camera, Decal, Part, Scene

ANODISED = Material((74, 77, 84), gloss=0.66, metal=True, grain=1.6)
BEZEL = Material((176, 178, 184), gloss=0.8, metal=True, grain=1.2)
MIRROR = Material((236, 238, 240), gloss=0.78, metal=True, grain=0.6)
BUTTON = Material((214, 92, 20), gloss=0.25, grain=2.4)
ACCENT = Material((214, 92, 20), gloss=0.6, grain=1.4)
DIODE = Material((250, 214, 70), gloss=0.3, grain=1.0)
CELL = Material((30, 84, 168), gloss=0.62, grain=1.2)
TIN = Material((214, 214, 212), gloss=0.7, metal=True, grain=1.0)
_GREY_INK = (222, 222, 218)

_TAIL, _GRIP, _NECK, _HEAD = 0.26, 1.28, 1.62, 2.16


_Place = Callable[[Mesh], Mesh]


def standing(shapes: Shapes) -> Scene:
    """正面: upright on its tail, for a picture taken with the camera turned."""
    parts = [*_tail(shapes, _stay), *_barrel(shapes, _stay), *_head(shapes, _stay)]
    decals = _wrapped(_model_print(), 0.212, _GRIP + 0.09, -86.0, parts[_NECK_PART], _stay)
    return Scene(Camera((0.75, -5.8, 3.5), (0.03, 0.0, 1.06), 23.5), parts, decals)


def lying(shapes: Shapes) -> Scene:
    """背面: on the table, its tail and switch towards the camera."""

    def place(mesh: Mesh) -> Mesh:
        return moved(turned(turned(mesh, "x", -90), "z", -52), dx=-0.80, dy=-0.62, dz=0.336)

    grip, neck, ring = _barrel(shapes, place)
    parts = [*_head(shapes, place), neck, ring, grip, *_tail(shapes, place, switch=True)]
    return Scene(Camera((-1.6, -5.0, 2.5), (0.0, 0.0, 0.26), 25), parts)


def opened(shapes: Shapes) -> Scene:
    """打开: tail cap off, the cell in front of it, the reflector in sight."""

    def place(mesh: Mesh) -> Mesh:
        return moved(turned(turned(mesh, "x", -90), "z", 118), dx=0.95, dy=0.85, dz=0.336)

    def cap(mesh: Mesh) -> Mesh:
        return moved(mesh, dx=1.22, dy=-0.35)

    thread: list[Flat] = [(0.17, 0.10)]
    for i in range(5):
        thread += [(0.185, 0.12 + 0.028 * i), (0.172, 0.134 + 0.028 * i)]
    parts = [Part(place(shapes.lathe(thread)), TIN, sorted_by_depth=True)]
    parts += [*_barrel(shapes, place), *_head(shapes, place), *_tail(shapes, cap)]
    parts += cells(shapes, [(0.30, -0.66, 14.0)])
    return Scene(Camera((-0.7, -5.3, 3.3), (0.16, 0.06, 0.20), 28.5), parts)


def _stay(mesh: Mesh) -> Mesh:
    return mesh


def cells(shapes: Shapes, places: list[tuple[float, float, float]]) -> list[Part]:
    """Lithium cells lying on the table: x, y and the degrees they are turned by."""
    parts = []
    for x, y, degrees in places:
        for profile, material in (
            ([(0.088, 0.635), (0.07, 0.64), (0.045, 0.64), (0.045, 0.66), (0.0, 0.662)], TIN),
            ([(0.092, 0.015), *straight((0.093, 0.02), (0.093, 0.62), 6), (0.088, 0.635)], CELL),
            ([(0.0, 0.0), (0.082, 0.0), (0.09, 0.01), (0.09, 0.02)], TIN),
        ):
            mesh = shapes.lathe(_times(profile, 1.7), segments=44)
            at = moved(turned(turned(mesh, "y", 90), "z", degrees), x - 0.5, y, 0.158)
            parts.append(Part(at, material, sorted_by_depth=True, halo=(0.01, 0.3)))
    return parts


def cell_pair(shapes: Shapes) -> Scene:
    """Two spare cells, for the cut-out."""
    upright = []
    decals = []
    for x, y in ((0.24, 0.16), (-0.2, -0.1)):
        place = partial(moved, dx=x, dy=y)
        for profile, material in (
            ([(0.15, 0.0), (0.155, 0.02), (0.155, 0.03)], TIN),
            ([(0.157, 0.025), *straight((0.158, 0.04), (0.158, 1.06), 8), (0.15, 1.08)], CELL),
            ([(0.15, 1.08), (0.12, 1.088), (0.075, 1.09), (0.075, 1.12), (0.0, 1.125)], TIN),
        ):
            mesh = place(shapes.lathe(profile, segments=64))
            upright.append(Part(mesh, material, halo=(0.01, 0.3)))
        decals += _wrapped(_cell_print(), 0.158, 0.34, -84.0, upright[-2], place)
    return Scene(Camera((0.4, -4.2, 1.9), (0.02, 0.0, 0.55), 24), upright, decals)


# Where the smooth ring with the print stands among the parts of the upright torch.
_NECK_PART = 2


def _times(profile: list[Flat], factor: float) -> list[Flat]:
    return [(r * factor, z * factor) for r, z in profile]


def _turned_parts(
    shapes: Shapes, place: _Place, rows: list[tuple[list[Flat], Material]]
) -> list[Part]:
    return [
        Part(place(shapes.lathe(profile, segments=84)), material, sorted_by_depth=True)
        for profile, material in rows
    ]


def _tail(shapes: Shapes, place: _Place, *, switch: bool = False) -> list[Part]:
    """The end cap; its rubber switch sits in the flat end."""
    cap: list[Flat] = [(0.115, 0.02), (0.125, 0.0), (0.19, 0.0), (0.208, 0.02)]
    cap += [(0.208, 0.06), (0.195, 0.07), (0.195, 0.10), (0.208, 0.11)]
    cap += [(0.208, _TAIL - 0.02), (0.2, _TAIL), (0.15, _TAIL)]
    cap += [*straight((0.15, _TAIL), (0.15, 0.1), 4), (0.0, 0.1)]
    button: list[Flat] = [(0.0, -0.012), (0.06, -0.008), (0.1, 0.008), (0.118, 0.022)]
    rows = [(cap, ANODISED), (button, BUTTON)]
    return _turned_parts(shapes, place, rows if switch else rows[:1])


def _barrel(shapes: Shapes, place: _Place) -> list[Part]:
    """The grooved grip, and the smooth ring that carries the print."""
    grip: list[Flat] = [(0.2, _TAIL), (0.205, _TAIL + 0.02)]
    count = 15
    for i in range(count):
        z = _TAIL + 0.08 + i * (_GRIP - _TAIL - 0.12) / count
        grip += [(0.205, z), (0.192, z + 0.012), (0.192, z + 0.030), (0.205, z + 0.042)]
    grip += [(0.205, _GRIP - 0.02), (0.195, _GRIP)]
    neck: list[Flat] = [(0.195, _GRIP), (0.21, _GRIP + 0.02)]
    neck += straight((0.211, _GRIP + 0.05), (0.211, _NECK - 0.06), 4)
    neck += [(0.22, _NECK - 0.02), (0.24, _NECK)]
    ring: list[Flat] = [(0.212, _GRIP), (0.217, _GRIP + 0.012), (0.217, _GRIP + 0.04)]
    ring += [(0.211, _GRIP + 0.05)]
    return _turned_parts(shapes, place, [(grip, ANODISED), (neck, ANODISED), (ring, ACCENT)])


def _head(shapes: Shapes, place: _Place) -> list[Part]:
    """Cooling fins outside; a deep reflector with its diode inside, which the outside covers."""
    head: list[Flat] = [(0.24, _NECK), *straight((0.245, _NECK + 0.01), (0.30, _NECK + 0.07), 4)]
    for i in range(3):
        z = _NECK + 0.09 + i * 0.075
        head += [(0.33, z), (0.335, z + 0.01), (0.335, z + 0.035), (0.295, z + 0.045)]
        head += [(0.295, z + 0.062)]
    head += [(0.335, _HEAD - 0.2), *straight((0.336, _HEAD - 0.19), (0.336, _HEAD - 0.05), 3)]
    bezel: list[Flat] = [(0.338, _HEAD - 0.05), (0.338, _HEAD - 0.02), (0.325, _HEAD)]
    bezel += [(0.295, _HEAD), (0.29, _HEAD - 0.015)]
    cup: list[Flat] = [(0.29, _HEAD - 0.015)]
    for i in range(1, 25):
        t = i / 24
        cup.append((0.29 * (1 - t) + 0.05 * t, _HEAD - 0.015 - 0.30 * t**0.75))
    diode: list[Flat] = [(0.06, _HEAD - 0.32), (0.045, _HEAD - 0.29), (0.0, _HEAD - 0.285)]
    return _turned_parts(
        shapes, place, [(cup, MIRROR), (diode, DIODE), (head, ANODISED), (bezel, BEZEL)]
    )


def _model_print() -> Image.Image:
    lines = [Line("T7", 0.10, 0.05, 0.01, 0.08), Line("1200 lm", 0.04, 0.05, 0.13, 0.03)]
    return label(0.36, 0.19, lines, ink=_GREY_INK)


def _cell_print() -> Image.Image:
    lines = [
        Line("T7-B", 0.115, 0.03, 0.02, 0.08),
        Line("3.7 V  3200 mAh", 0.036, 0.03, 0.19, 0.03),
        Line("Li-ion rechargeable", 0.028, 0.03, 0.27),
    ]
    return label(0.42, 0.34, lines, ink=(240, 240, 236))


def _wrapped(
    picture: Image.Image,
    radius: float,
    bottom: float,
    facing_degrees: float,
    part: Part,
    place: _Place,
) -> list[Decal]:
    """Print round a barrel: the label in upright strips, each flat enough."""
    strips = 12
    width, height = (side / PIXELS_PER_DM for side in picture.size)
    spread = width / radius
    start = facing_degrees * pi / 180 - spread / 2
    decals = []
    for i in range(strips):
        a, b = (start + spread * k / strips for k in (i, i + 1))
        low = [(radius * cos(t), radius * sin(t), bottom) for t in (a, b)]
        high = [(x, y, bottom + height) for x, y, _ in low]
        corners = place([(high[0], high[1], low[1], low[0])])[0]
        left, right = (round(picture.width * k / strips) for k in (i, i + 1))
        decals.append(Decal(picture.crop((left, 0, right, picture.height)), corners, part))
    return decals
