"""The toolbox X100: red moulded lid and body, black corners, steel latches."""

from __future__ import annotations

from photoprep.demo.light import Material
from photoprep.demo.mesh import Mesh, Point, Shapes, arc, moved, smooth_path, straight, turned
from photoprep.demo.printing import Line, label
from photoprep.demo.scene import Camera, Decal, Part, Scene

RED = Material((192, 20, 24), gloss=0.66, grain=2.2)
BLACK = Material((36, 37, 40), gloss=0.45, grain=2.0)
RUBBER = Material((27, 27, 29), gloss=0.2, grain=2.6)
STEEL = Material((200, 202, 206), gloss=0.72, metal=True, grain=1.6)
FOAM = Material((52, 54, 58), gloss=0.05, grain=5.0)
AMBER = Material((236, 150, 10), gloss=0.7, grain=1.6)

WIDTH, DEPTH, BODY, LID = 4.2, 2.1, 1.25, 0.62
_FRONT = -DEPTH / 2
_SEAM = 0.035
_FOOT = 0.16


def closed(shapes: Shapes) -> Scene:
    """The box, latched, from the front right."""
    parts = [_base(shapes), _body(shapes), _gasket(shapes), _lid(shapes)]
    plate, print_ = _name_plate(shapes)
    parts.append(plate)
    for x in (-1.35, 1.35):
        parts += _latch(shapes, x)
    parts += _lid_ribs(shapes)
    parts += _handle(shapes, BODY + LID + _SEAM)
    return Scene(Camera((3.6, -9.6, 4.9), (0.02, 0.0, 1.02), 30), parts, [print_])


def back(shapes: Shapes) -> Scene:
    """The same box from behind: hinges, and the rating label."""
    parts = [_base(shapes), _body(shapes), _gasket(shapes), _lid(shapes)]
    for x in (-1.3, 1.3):
        parts += _hinge(shapes, x)
    plate = Part(
        _on_front(shapes.block(1.5, 0.66, 0.012, corner=0.05, edge=0.005, along=6), 0.0, 0.55),
        Material((226, 228, 228), gloss=0.35, grain=1.0),
        shadow="none",
        halo=(0.012, 0.35),
    )
    lines = [
        Line("MODEL X100", 0.10, 0.08, 0.07, 0.05),
        Line("Tool case, polypropylene, 420 x 210 x 190 mm", 0.045, 0.08, 0.24),
        Line("Net weight 2.4 kg     Load max. 15 kg", 0.045, 0.08, 0.33),
        Line("Item no. 10-4471     Lot 26-11", 0.045, 0.08, 0.42),
        Line("PHOTOPREP DEMO WORKS", 0.045, 0.08, 0.53),
    ]
    print_ = Decal(
        label(1.5, 0.66, lines, ink=(28, 28, 30)), _front_corners(0, 0.55, 1.5, 0.66, 0.012), plate
    )
    parts += [plate, *_lid_ribs(shapes), *_handle(shapes, BODY + LID + _SEAM)]
    return Scene(Camera((-3.4, -9.8, 4.2), (-0.02, 0.0, 1.02), 30), parts, [print_])


def opened(shapes: Shapes) -> Scene:
    """Lid up, tools in their tray."""
    wall, floor = 0.09, 0.88
    outside = arc((0.06, _FOOT + 0.06), 0.06, 270, 180, 5)
    outside += straight((0, _FOOT + 0.1), (0, BODY - 0.03), 8)
    rim = [*arc((0.03, BODY - 0.03), 0.03, 180, 90, 3), (wall - 0.02, BODY), (wall, BODY - 0.02)]
    inside = [*straight((wall, BODY - 0.02), (wall, floor), 5), (wall + 0.05, floor)]
    shell = shapes.loft(WIDTH, DEPTH, 0.16, outside + rim, along=14, capped=False)
    lining = shapes.loft(WIDTH, DEPTH, 0.16, inside, along=14, capped=False)

    def deep(point: Point) -> float:
        return max(0.35, 1.0 - 1.1 * (BODY - point[2]))

    foam = shapes.block(WIDTH - 2 * wall, DEPTH - 2 * wall, 0.2, corner=0.1, edge=0.02, along=10)
    tray = Part(moved(foam, dz=floor - 0.1), FOAM, "none", False, shelter=_tray_light)
    parts = [_open_lid(shapes), _base(shapes)]
    parts += [Part(lining, RED, shadow="none", mirrored=False, shelter=deep), tray]
    parts += _tools(shapes, floor + 0.1)
    parts += [Part(shell, RED)]
    plate, print_ = _name_plate(shapes)
    parts.append(plate)
    for x in (-1.35, 1.35):
        parts += _latch(shapes, x, lever=False)
    return Scene(Camera((2.9, -9.2, 6.9), (-0.02, 0.35, 1.38), 33), parts, [print_])


def _tray_light(point: Point) -> float:
    """Walls keep light from the tray's margins, most at the front and the left."""
    front = min(1.0, (point[1] - _FRONT) / 0.5)
    left = min(1.0, (point[0] + WIDTH / 2) / 0.6)
    right = min(1.0, (WIDTH / 2 - point[0]) / 0.3)
    rear = min(1.0, (DEPTH / 2 - point[1]) / 0.35)
    return (0.55 + 0.45 * front) * (0.5 + 0.5 * left) * (0.7 + 0.3 * right) * (0.6 + 0.4 * rear)


def _body(shapes: Shapes) -> Part:
    profile = shapes.slab_profile(BODY - _FOOT, 0.06, DEPTH / 2, sides=12)
    mesh = moved(shapes.loft(WIDTH, DEPTH, 0.16, profile, along=18), dz=_FOOT)
    return Part(mesh, RED, halo=(0.02, 0.5))


def _gasket(shapes: Shapes) -> Part:
    mesh = shapes.block(WIDTH - 0.06, DEPTH - 0.06, 0.08, corner=0.14, edge=0.01, along=6)
    return Part(moved(mesh, dz=BODY - 0.03), RUBBER, shadow="none", mirrored=False)


def _lid(shapes: Shapes) -> Part:
    profile = shapes.slab_profile(LID, 0.13, DEPTH / 2, sides=8)
    mesh = shapes.loft(WIDTH + 0.06, DEPTH + 0.06, 0.18, profile, along=18)
    return Part(moved(mesh, dz=BODY + _SEAM), RED, halo=(0.03, 0.6))


def _open_lid(shapes: Shapes) -> Part:
    """The lid, swung back on its hinges: a shell, seen from within."""
    wall = 0.09
    reach = DEPTH / 2 + 0.02
    within = [*straight((reach, LID - wall), (wall + 0.06, LID - wall), 8)]
    side = [*straight((wall, LID - wall - 0.06), (wall, 0.0), 4), (0.0, 0.0)]
    outside = straight((0.0, 0.03), (0.0, LID - 0.13), 4) + arc((0.13, LID - 0.13), 0.13, 180, 90)
    profile = [*within, *side, *outside, *straight((0.13, LID), (reach, LID), 3)[1:]]
    mesh = shapes.loft(WIDTH + 0.06, DEPTH + 0.06, 0.18, profile, along=16)
    hinge = (0.0, DEPTH / 2, BODY)
    mesh = turned(moved(mesh, dz=BODY + _SEAM), "x", -104, hinge)

    def within_lid(point: Point) -> float:
        # Dark towards the hinge, where body and lid shut the light out.
        return 0.62 + 0.38 * min(1.0, max(0.0, (point[2] - BODY) / 0.9))

    return Part(mesh, RED, sorted_by_depth=True, shadow="hull", shelter=within_lid)


def _base(shapes: Shapes) -> Part:
    """The black foot that the body sits in."""
    profile = shapes.slab_profile(_FOOT + 0.02, 0.04, DEPTH / 2 + 0.03, sides=2)
    return Part(shapes.loft(WIDTH + 0.07, DEPTH + 0.07, 0.19, profile, along=14), BLACK)


def _on_front(mesh: Mesh, x: float, z: float, y: float = 0.0) -> Mesh:
    """A flat thing, modelled lying on the floor, set upright on the front wall."""
    return moved(turned(mesh, "x", 90), dx=x, dy=_FRONT - y, dz=z)


def _front_corners(
    x: float, z: float, width: float, height: float, lift: float
) -> tuple[Point, Point, Point, Point]:
    y, w, h = _FRONT - lift, width / 2, height / 2
    return ((x - w, y, z + h), (x + w, y, z + h), (x + w, y, z - h), (x - w, y, z - h))


def _name_plate(shapes: Shapes) -> tuple[Part, Decal]:
    plate = Part(
        _on_front(shapes.block(1.8, 0.66, 0.035, corner=0.09, edge=0.02, along=8), 0, 0.62),
        BLACK,
        shadow="none",
        halo=(0.02, 0.45),
    )
    lines = [
        Line("X100", 0.30, 0.14, 0.10, 0.09),
        Line("PROFESSIONAL TOOL CASE", 0.075, 0.15, 0.49, 0.04),
    ]
    picture = label(1.8, 0.66, lines, ink=(238, 238, 234))
    return plate, Decal(picture, _front_corners(0, 0.62, 1.8, 0.66, 0.035), plate)


def _latch(shapes: Shapes, x: float, *, lever: bool = True) -> list[Part]:
    """Black base on the body, steel lever over the seam, two screws."""
    height = 0.66 if lever else 0.34
    middle = BODY - 0.02 if lever else BODY - 0.22
    base = shapes.block(0.42, height, 0.05, corner=0.06, edge=0.022, along=6)
    parts = [Part(_on_front(base, x, middle, 0.02), BLACK, shadow="none", halo=(0.03, 0.55))]
    if lever:
        arm = shapes.block(0.30, 0.44, 0.15, corner=0.08, edge=0.07, along=10)
        parts.append(
            Part(_on_front(arm, x, BODY + 0.04, 0.0), STEEL, shadow="none", halo=(0.022, 0.6))
        )
    screw = shapes.lathe([(0.034, 0), (0.034, 0.012), (0.022, 0.022), (0.0, 0.024)], segments=20)
    for dx in (-0.14, 0.14):
        at = _on_front(screw, x + dx, middle - height / 2 + 0.055, 0.06)
        parts.append(Part(at, STEEL, shadow="none", halo=(0.01, 0.6)))
    return parts


def _hinge(shapes: Shapes, x: float) -> list[Part]:
    leaf = shapes.block(0.62, 0.30, 0.035, corner=0.03, edge=0.015, along=6)
    pin = shapes.tube([(x - 0.36 + 0.12 * i, _FRONT - 0.07, BODY + 0.01) for i in range(7)], 0.055)
    parts = [
        Part(_on_front(leaf, x, BODY - 0.18, 0.01), STEEL, shadow="none", halo=(0.025, 0.5)),
        Part(_on_front(leaf, x, BODY + 0.24, 0.03), STEEL, shadow="none", halo=(0.025, 0.5)),
        Part(pin, STEEL, sorted_by_depth=True, shadow="none", halo=(0.025, 0.6)),
    ]
    screw = shapes.lathe([(0.036, 0), (0.036, 0.01), (0.02, 0.02), (0.0, 0.021)], segments=20)
    for dx in (-0.2, 0.2):
        for z in (BODY - 0.22, BODY + 0.28):
            at = _on_front(screw, x + dx, z, 0.05 if z < BODY else 0.07)
            parts.append(Part(at, BLACK, shadow="none", halo=(0.012, 0.5)))
    return parts


def _lid_ribs(shapes: Shapes) -> list[Part]:
    """Raised fields on the lid, on either side of the handle."""
    rib = shapes.block(3.5, 0.46, 0.035, corner=0.12, edge=0.03, along=8)
    z = BODY + LID + _SEAM - 0.005
    return [
        Part(moved(rib, dy=y, dz=z), RED, shadow="none", mirrored=False, halo=(0.018, 0.3))
        for y in (0.56, -0.56)
    ]


def _handle(shapes: Shapes, z: float) -> list[Part]:
    """An arch of moulded plastic with a rubber grip."""
    foot = shapes.block(0.36, 0.40, 0.13, corner=0.08, edge=0.05, along=6)
    feet = [
        Part(moved(foot, dx=x, dz=z), BLACK, shadow="none", mirrored=False, halo=(0.05, 0.6))
        for x in (-0.95, 0.95)
    ]
    corners = [
        (-0.95, 0.0, z + 0.06),
        (-0.95, 0.0, z + 0.50),
        (0.95, 0.0, z + 0.50),
        (0.95, 0.0, z + 0.06),
    ]
    arch = shapes.tube(smooth_path(corners, 0.28, steps=10), 0.085, flat=1.25)
    grip_path = [(-0.56 + 0.07 * i, 0.0, z + 0.50) for i in range(17)]
    grip = shapes.tube(grip_path, 0.115, flat=1.2)
    return [
        *feet,
        Part(arch, BLACK, sorted_by_depth=True, shadow="faces", halo=(0.09, 0.3)),
        Part(grip, RUBBER, sorted_by_depth=True, shadow="none", mirrored=False),
    ]


def _tools(shapes: Shapes, z: float) -> list[Part]:
    """Screwdrivers, sockets, a spanner and a tape measure, lying on the tray."""
    parts: list[Part] = []
    for i, (colour, shaft) in enumerate(((AMBER, 1.0), (AMBER, 0.85), (BLACK, 0.7))):
        parts += _screwdriver(shapes, colour, shaft, -1.75, 0.62 - 0.36 * i, z)
    socket = [
        (0.0, 0.0),
        (0.13, 0.0),
        (0.13, 0.24),
        (0.12, 0.26),
        (0.085, 0.26),
        (0.08, 0.12),
        (0.0, 0.12),
    ]
    for row in range(2):
        for i in range(5):
            size = 1.0 - 0.08 * i
            mesh = shapes.lathe([(r * size, h) for r, h in socket], segments=36)
            at = moved(mesh, dx=0.35 + 0.34 * i, dy=0.68 - 0.36 * row, dz=z - 0.06)
            parts.append(Part(at, STEEL, "none", False, True, halo=(0.03, 0.7)))
            hole = shapes.lathe([(0.075 * size, 0.262), (0.0, 0.262)], segments=24)
            dark = moved(hole, dx=0.35 + 0.34 * i, dy=0.68 - 0.36 * row, dz=z - 0.06)
            parts.append(Part(dark, RUBBER, "none", False))
    parts += _spanner(shapes, 0.25, -0.18, z)
    tape = shapes.block(0.62, 0.62, 0.26, corner=0.2, edge=0.07, along=6)
    parts.append(Part(moved(tape, dx=1.55, dy=-0.42, dz=z - 0.03), AMBER, "none", halo=(0.05, 0.7)))
    disc = shapes.lathe([(0.2, 0.0), (0.2, 0.02), (0.18, 0.03), (0.0, 0.03)], segments=40)
    parts.append(
        Part(moved(disc, dx=1.55, dy=-0.42, dz=z + 0.225), BLACK, "none", halo=(0.01, 0.4))
    )
    return parts


def _screwdriver(
    shapes: Shapes, colour: Material, shaft: float, x: float, y: float, z: float
) -> list[Part]:
    grip = [(0.0, 0.0), (0.08, 0.0), (0.105, 0.03), (0.11, 0.1), (0.095, 0.2), (0.11, 0.3)]
    grip += [(0.11, 0.62), (0.085, 0.70), (0.075, 0.74), (0.09, 0.78), (0.06, 0.8), (0.0, 0.8)]
    rod = [(0.032, 0.78), (0.032, 0.8 + shaft * 0.5), (0.032, 0.8 + shaft), (0.012, 0.86 + shaft)]

    def lying(profile: list[tuple[float, float]]) -> Mesh:
        return moved(turned(shapes.lathe(profile, segments=28), "y", 90), x, y, z + 0.06)

    return [
        Part(lying([*rod, (0.0, 0.86 + shaft)]), STEEL, "none", False, True, halo=(0.03, 0.7)),
        Part(lying(grip), colour, "none", False, True, halo=(0.045, 0.7)),
    ]


def _spanner(shapes: Shapes, x: float, y: float, z: float) -> list[Part]:
    bar = shapes.block(1.25, 0.13, 0.06, corner=0.05, edge=0.025, along=8)
    jaw = [(0.17, 0.0), (0.19, 0.02), (0.19, 0.06), (0.17, 0.075), (0.10, 0.075), (0.095, 0.0)]
    parts = [Part(moved(bar, dx=x + 0.2, dy=y - 0.3, dz=z), STEEL, "none", halo=(0.03, 0.7))]
    for dx in (-0.47, 0.87):
        ring = moved(shapes.lathe(jaw, segments=40), dx=x + dx, dy=y - 0.3, dz=z)
        parts.append(Part(ring, STEEL, "none", False, True, halo=(0.03, 0.6)))
    return parts
