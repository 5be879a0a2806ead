"""The lunch box L20: saturated green, a cream lid, clips of the lid's colour."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from photoprep.demo.light import Material
from photoprep.demo.mesh import Mesh, Point, Shapes, arc, moved, straight, turned
from photoprep.demo.printing import Line, label
from photoprep.demo.scene import Camera, Decal, Part, Scene

GREEN = Material((10, 146, 62), gloss=0.6, grain=2.0)
CREAM = Material((240, 234, 216), gloss=0.5, grain=1.4)
SEAL = Material((214, 92, 34), gloss=0.35, grain=1.8)
TOMATO = Material((206, 24, 18), gloss=0.88, grain=1.0)
BERRY = Material((50, 54, 98), gloss=0.5, grain=3.0)
CHEESE = Material((246, 190, 62), gloss=0.4, grain=2.0)
LEAF = Material((96, 150, 40), gloss=0.4, grain=4.0)

WIDTH, DEPTH, BODY, LID, CORNER = 2.3, 1.65, 0.72, 0.24, 0.42


def closed(shapes: Shapes) -> Scene:
    """The box with its lid clipped on, from the front left."""
    parts, decals = _closed_box(shapes)
    return Scene(Camera((-2.3, -5.4, 3.2), (0.0, 0.0, 0.46), 28), parts, decals)


def detail(shapes: Shapes) -> Scene:
    """The clip and the seal, close up."""
    parts, decals = _closed_box(shapes)
    return Scene(Camera((-1.5, -4.4, 2.3), (-0.15, -0.6, 0.66), 15), parts, decals)


def opened(shapes: Shapes) -> Scene:
    """Packed for the day, the lid lying beside it."""
    wall, floor = 0.07, 0.30
    outside = [*arc((0.1, 0.1), 0.1, 270, 180, 5), *straight((0, 0.2), (0, BODY - 0.03), 5)]
    rim = [*arc((0.03, BODY - 0.03), 0.03, 180, 90, 3), (wall - 0.02, BODY), (wall, BODY - 0.02)]
    inside = [*straight((wall, BODY - 0.02), (wall, floor), 6), (wall + 0.04, floor - 0.03)]
    inside += straight((wall + 0.04, floor - 0.03), (DEPTH / 2, floor - 0.03), 8)[1:]
    shell = shapes.loft(WIDTH, DEPTH, CORNER, outside + rim, along=12, capped=False)
    lining = shapes.loft(WIDTH, DEPTH, CORNER, inside, along=12)

    def deep(point: Point) -> float:
        return max(0.45, 1.0 - 0.95 * (BODY - point[2]))

    lining_part = Part(lining, GREEN, "none", False, shelter=deep)
    across = shapes.block(0.05, DEPTH - 0.16, 0.34, corner=0.02, edge=0.02, along=6)
    along = shapes.block(0.92, 0.05, 0.34, corner=0.02, edge=0.02, along=6)
    divider = Part(moved(along, dx=0.64, dz=0.28), GREEN, "none", False, shelter=deep)
    upright = Part(moved(across, dx=0.16, dz=0.28), GREEN, "none", False, shelter=deep)
    lid = [(part, decal) for part, decal in _lid(shapes, 0.0)]
    turn = 14.0
    there = (1.85, 1.05, 0.0)
    lid_parts = [
        Part(_placed(part.mesh, turn, there), part.material, part.shadow, part.mirrored)
        for part, _ in lid
    ]
    parts = [*lid_parts, lining_part]
    parts += _berries(shapes, 0.64, 0.38)
    parts += [divider, *_sandwiches(shapes), upright]
    parts += _tomatoes(shapes, 0.64, -0.36)
    parts += [Part(shell, GREEN)]
    return Scene(Camera((-1.5, -5.6, 4.6), (0.62, 0.25, 0.28), 32), parts)


def _placed(mesh: Mesh, degrees: float, there: Point) -> Mesh:
    return moved(turned(mesh, "z", degrees), *there)


def _closed_box(shapes: Shapes) -> tuple[list[Part], list[Decal]]:
    profile = shapes.slab_profile(BODY, 0.1, DEPTH / 2, sides=8)
    body = Part(shapes.loft(WIDTH, DEPTH, CORNER, profile, along=28), GREEN)
    seal = shapes.block(WIDTH - 0.02, DEPTH - 0.02, 0.07, corner=CORNER - 0.01, edge=0.02, along=8)
    parts = [body, Part(moved(seal, dz=BODY - 0.015), SEAL, "none", False, halo=(0.012, 0.4))]
    decals = []
    for part, decal in _lid(shapes, BODY + 0.04):
        parts.append(part)
        if decal is not None:
            decals.append(decal)
    parts += _clips(shapes)
    return parts, decals


def _lid(shapes: Shapes, z: float) -> list[tuple[Part, Decal | None]]:
    """The lid, and a raised field with the print on it."""
    profile = shapes.slab_profile(LID, 0.09, DEPTH / 2, sides=4)
    mesh = shapes.loft(WIDTH + 0.05, DEPTH + 0.05, CORNER + 0.02, profile, along=14)
    lid = Part(moved(mesh, dz=z), CREAM, halo=(0.022, 0.5))
    field_profile = shapes.slab_profile(0.06, 0.035, 0.55, sides=2)
    field = shapes.loft(1.75, 1.12, 0.26, field_profile, along=10)
    raised = Part(moved(field, dz=z + LID - 0.015), CREAM, "none", False, halo=(0.02, 0.25))
    lines = [
        Line("L20", 0.30, 0.10, 0.12, 0.10),
        Line("LUNCH BOX  1.2 L", 0.085, 0.11, 0.52, 0.05),
        Line("BPA free - leak-proof - dishwasher safe", 0.05, 0.11, 0.69),
    ]
    top = z + LID + 0.045
    corners = ((-0.75, 0.45, top), (0.75, 0.45, top), (0.75, -0.45, top), (-0.75, -0.45, top))
    return [
        (lid, None),
        (raised, Decal(label(1.5, 0.9, lines, ink=(22, 118, 58)), corners, raised)),
    ]


def _clips(shapes: Shapes) -> list[Part]:
    """One clip at the front, one on the left side, each with a finger groove."""
    clip = turned(shapes.block(0.62, 0.42, 0.08, corner=0.08, edge=0.035, along=8), "x", 90)
    groove = turned(shapes.block(0.40, 0.06, 0.03, corner=0.029, edge=0.012, along=6), "x", 90)
    parts = []
    for degrees, out in ((0.0, DEPTH / 2), (-90.0, WIDTH / 2)):
        for mesh, y, z, halo in (
            (clip, -out + 0.005, BODY + 0.02, (0.03, 0.55)),
            (groove, -out - 0.068, BODY - 0.09, (0.012, 0.35)),
            (groove, -out - 0.068, BODY - 0.01, (0.012, 0.35)),
        ):
            at = turned(moved(mesh, dy=y, dz=z), "z", degrees)
            parts.append(Part(at, CREAM, "none", halo=halo))
    return parts


def _heap(
    shapes: Shapes, spots: list[tuple[float, float, float]], radius: float, material: Material
) -> list[Part]:
    """Balls at the given spots, those behind first."""
    ball = shapes.ball(radius)
    ordered = sorted(spots, key=lambda spot: (-spot[1], spot[2]))
    return [
        Part(moved(ball, *spot), material, "none", False, halo=(radius * 0.22, 0.5))
        for spot in ordered
    ]


def _tomatoes(shapes: Shapes, x: float, y: float) -> list[Part]:
    """Cherry tomatoes, each with a green star on top."""
    spots = [(x - 0.28 + 0.28 * i, y + dy, 0.44) for dy in (0.16, -0.13) for i in range(3)]
    spots += [(x - 0.14, y + 0.02, 0.60), (x + 0.15, y + 0.03, 0.61)]
    parts = []
    for number, spot in enumerate(spots):
        parts += _heap(shapes, [spot], 0.155, TOMATO)
        leaf: Mesh = []
        for k in range(5):
            a = 2 * pi * k / 5 + number
            tip = (0.085 * cos(a), 0.085 * sin(a), 0.142)
            left = (0.03 * cos(a - 0.6), 0.03 * sin(a - 0.6), 0.158)
            right = (0.03 * cos(a + 0.6), 0.03 * sin(a + 0.6), 0.158)
            leaf.append(((0.0, 0.0, 0.16), left, tip, right))
        parts.append(Part(moved(leaf, *spot), LEAF, "none", False))
    return parts


def _berries(shapes: Shapes, x: float, y: float) -> list[Part]:
    rng = Random(20)
    spots = [
        (
            x - 0.34 + 0.17 * i + rng.uniform(-0.02, 0.02),
            y - 0.20 + 0.16 * k + rng.uniform(-0.02, 0.02),
            0.40 + rng.uniform(0.0, 0.05),
        )
        for i in range(5)
        for k in range(4)
    ]
    spots += [(x - 0.25 + 0.17 * i, y - 0.1 + 0.13 * (i % 2), 0.52) for i in range(4)]
    return _heap(Shapes(shapes.fineness * 0.7), spots, 0.09, BERRY)


def _sandwiches(shapes: Shapes) -> list[Part]:
    """Two sandwiches standing on their crusts; those farther from the camera first."""
    crumb = Material((236, 210, 164), gloss=0.05, grain=7.0)
    parts = []
    for right in (0.10, -0.50):
        edge = right
        for thick, material, high in (
            (0.17, crumb, 0.47),
            (0.04, LEAF, 0.52),
            (0.05, CHEESE, 0.49),
            (0.06, TOMATO, 0.46),
            (0.17, crumb, 0.47),
        ):
            deep = 1.26 if material is crumb else 1.20
            mesh = shapes.block(thick, deep, high, corner=thick / 3, edge=thick / 3, along=6)
            at = moved(mesh, dx=edge - thick / 2, dz=0.27)
            parts.append(Part(at, material, "none", False, halo=(0.02, 0.4)))
            edge -= thick + 0.005
    return parts
