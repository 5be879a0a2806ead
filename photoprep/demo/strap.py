"""The accessory: a shoulder strap of woven webbing, rolled up, with a hook and a slider."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from photoprep.demo.light import Material, Rgb
from photoprep.demo.mesh import Mesh, Point, Ring, Shapes, moved, skin, turned, unit
from photoprep.demo.scene import Camera, Part, Scene

WEBBING = Material((58, 64, 74), gloss=0.12, grain=6.5)
BUCKLE = Material((34, 35, 38), gloss=0.5, grain=1.8)
STEEL = Material((202, 204, 208), gloss=0.75, metal=True, grain=1.2)
STRIPE: Rgb = (206, 96, 30)

_THICK, _HIGH = 0.035, 0.44
_ROWS = 14


def rolled(shapes: Shapes) -> Scene:
    """The strap standing on its edge in a coil, its end with the hook lying out to the right."""
    path = _coil(max(70, round(230 * shapes.fineness)))
    mesh = _band(path)
    per_ring = 2 * (_ROWS + 1)

    def weave(index: int) -> Rgb:
        # Faces run round the band's section first, then along it: a chevron over both.
        along, across = divmod(index, per_ring)
        row = across if across < _ROWS else per_ring - 1 - across
        if row in (3, 4, 9, 10):
            return STRIPE if along % 2 else (200, 92, 28)
        light = 2 if (along + abs(row - _ROWS // 2)) % 2 else -2
        return (58 + light, 64 + light, 74 + light)

    band = Part(
        mesh,
        WEBBING,
        "faces",
        sorted_by_depth=True,
        paint=weave,
        shelter=_coil_light,
        shadow_mesh=_band(path[:: max(1, len(path) // 60)], rows=2),
    )
    end = path[-1]
    parts = [band, *_slider(shapes, path[-len(path) // 9]), *_hook(shapes, end)]
    return Scene(Camera((0.4, -6.0, 3.7), (0.62, 0.0, 0.18), 33), parts)


def _coil(count: int) -> list[tuple[float, float]]:
    """Places along the strap: from the coil's middle outwards, then away in a soft bend."""
    turns, inner, pitch = 3.1, 0.26, 0.135
    coil = []
    length = 2 * pi * turns
    for i in range(count):
        a = length * i / (count - 1)
        r = inner + pitch * a / (2 * pi) + 0.018 * sin(2.3 * a)
        coil.append((-0.55 + r * cos(a - 0.9) * 1.12, 0.12 + r * sin(a - 0.9)))
    x, y = coil[-1]
    bx, by = coil[-2]
    heading = unit((x - bx, y - by, 0.0))
    tail = []
    steps = count // 2
    angle_x, angle_y = heading[0], heading[1]
    for i in range(steps):
        bend = (-0.028 if i < steps * 0.55 else 0.026) * 95 / steps
        angle_x, angle_y = (
            angle_x * cos(bend) - angle_y * sin(bend),
            angle_x * sin(bend) + angle_y * cos(bend),
        )
        x, y = x + angle_x * 2.0 / steps, y + angle_y * 2.0 / steps
        tail.append((x, y))
    return coil + tail


def _band(path: list[tuple[float, float]], rows: int = _ROWS) -> Mesh:
    rings: list[Ring] = []
    for i, (x, y) in enumerate(path):
        (ax, ay), (bx, by) = path[max(i - 1, 0)], path[min(i + 1, len(path) - 1)]
        ahead = unit((bx - ax, by - ay, 0.0))
        nx, ny = -ahead[1] * _THICK / 2, ahead[0] * _THICK / 2
        heights = [_HIGH * k / rows for k in range(rows + 1)]
        left: list[Point] = [(x + nx, y + ny, z) for z in heights]
        right: list[Point] = [(x - nx, y - ny, z) for z in reversed(heights)]
        rings.append(left + right)
    return [(a, d, c, b) for a, b, c, d in skin(rings)]


def _coil_light(point: Point) -> float:
    """Between the turns of the coil it is dark, darker towards the table."""
    dx, dy = (point[0] + 0.55) / 1.12, point[1] - 0.12
    distance = sqrt(dx * dx + dy * dy)
    if distance > 0.60:
        return 0.72 + 0.28 * min(1.0, point[2] / 0.3)
    up = min(1.0, point[2] / _HIGH)
    return 0.32 + 0.68 * up * sqrt(up)


def _slider(shapes: Shapes, at: tuple[float, float]) -> list[Part]:
    plate = turned(shapes.block(0.34, 0.54, 0.07, corner=0.05, edge=0.025, along=6), "x", 90)
    return [Part(moved(plate, at[0], at[1] - 0.01, _HIGH / 2 + 0.01), BUCKLE, halo=(0.03, 0.5))]


def _hook(shapes: Shapes, at: tuple[float, float]) -> list[Part]:
    """A steel eye in the strap's end, and the snap hook that hangs in it."""
    x, y = at[0] + 0.03, at[1]
    middle = _HIGH / 2
    eye = [
        (x + 0.10 * cos(2 * pi * i / 28), y, middle + 0.24 * sin(2 * pi * i / 28))
        for i in range(29)
    ]
    swivel = turned(
        shapes.lathe([(0.0, 0.0), (0.06, 0.0), (0.075, 0.03), (0.075, 0.12), (0.05, 0.16)]), "y", 90
    )
    hook = [
        (
            x + 0.50 - 0.24 * cos(2 * pi * i / 32) * (1.0 if i < 29 else 0.9),
            y - 0.02,
            middle + 0.13 * sin(2 * pi * i / 32),
        )
        for i in range(1, 32)
    ]
    return [
        Part(shapes.tube(eye, 0.028), STEEL, "faces", sorted_by_depth=True, halo=(0.02, 0.4)),
        Part(moved(swivel, x + 0.10, y - 0.01, middle), STEEL, sorted_by_depth=True),
        Part(shapes.tube(hook, 0.036), STEEL, "faces", sorted_by_depth=True),
    ]
