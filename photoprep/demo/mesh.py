"""Shapes for the demo products: surfaces made of small four-cornered faces.

Coordinates are decimetres: x to the right, y away from the photographer, z up, the floor at z = 0.
Every face lists its corners anticlockwise as seen from outside, so that its normal points out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin, sqrt

Point = tuple[float, float, float]
Flat = tuple[float, float]
Face = tuple[Point, Point, Point, Point]
Ring = list[Point]
Mesh = list[Face]


def subtract(a: Point, b: Point) -> Point:
    """The way from ``b`` to ``a``."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def cross(a: Point, b: Point) -> Point:
    """The vector at right angles to both."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def dot(a: Point, b: Point) -> float:
    """The inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def unit(a: Point) -> Point:
    """The vector's direction, with length 1 (a zero vector gives zero)."""
    length = sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) or 1.0
    return (a[0] / length, a[1] / length, a[2] / length)


def moved(mesh: Iterable[Face], dx: float = 0.0, dy: float = 0.0, dz: float = 0.0) -> Mesh:
    """The shape, shifted."""
    return [
        (
            (a[0] + dx, a[1] + dy, a[2] + dz),
            (b[0] + dx, b[1] + dy, b[2] + dz),
            (c[0] + dx, c[1] + dy, c[2] + dz),
            (d[0] + dx, d[1] + dy, d[2] + dz),
        )
        for a, b, c, d in mesh
    ]


def turned(mesh: Iterable[Face], axis: str, degrees: float, about: Point = (0, 0, 0)) -> Mesh:
    """The shape, turned by the right-hand rule round an axis through ``about``."""
    turn = turning(axis, degrees, about)
    return [(turn(a), turn(b), turn(c), turn(d)) for a, b, c, d in mesh]


def turning(axis: str, degrees: float, about: Point = (0, 0, 0)) -> Callable[[Point], Point]:
    """A function that turns a point round the axis "x", "y" or "z" through ``about``."""
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]

    def turn(point: Point) -> Point:
        at = [point[0] - about[0], point[1] - about[1], point[2] - about[2]]
        a, b = at[first], at[second]
        at[first], at[second] = a * c - b * s, a * s + b * c
        return (at[0] + about[0], at[1] + about[1], at[2] + about[2])

    return turn


def skin(rings: Sequence[Ring], *, closed: bool = True) -> Mesh:
    """The surface through rings of as many points each, first ring to last."""
    faces: Mesh = []
    for low, high in pairwise(rings):
        count = len(low)
        for i in range(count if closed else count - 1):
            j = (i + 1) % count
            faces.append((low[i], low[j], high[j], high[i]))
    return faces


def rounded_outline(
    width: float, depth: float, corner: float, z: float, *, steps: int, along: int
) -> Ring:
    """A rectangle with round corners round the z axis, anticlockwise from above.

    ``steps`` faces turn each corner, ``along`` faces divide each straight side.
    """
    hx, hy = width / 2 - corner, depth / 2 - corner
    arcs: list[Ring] = []
    for quarter, (cx, cy) in enumerate(((hx, hy), (-hx, hy), (-hx, -hy), (hx, -hy))):
        angles = [(quarter + i / steps) * pi / 2 for i in range(steps + 1)]
        arcs.append([(cx + corner * cos(a), cy + corner * sin(a), z) for a in angles])
    ring: Ring = []
    for arc, following in zip(arcs, arcs[1:] + arcs[:1], strict=True):
        ring += arc
        start, end = arc[-1], following[0]
        for i in range(1, along):
            part = i / along
            ring.append(
                (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part, z)
            )
    return ring


def arc(
    center: tuple[float, float], radius: float, start: float, end: float, steps: int = 5
) -> list[tuple[float, float]]:
    """Points of a profile on an arc; angles in degrees."""
    angles = [(start + (end - start) * i / steps) * pi / 180 for i in range(steps + 1)]
    return [(center[0] + radius * cos(a), center[1] + radius * sin(a)) for a in angles]


@dataclass(frozen=True, slots=True)
class Shapes:
    """Makes shapes as finely divided as the picture's size deserves.

    ``fineness`` 1 is for a drawing 1600 pixels wide; curves get that share of their faces.
    """

    fineness: float = 1.0

    def _some(self, count: int, least: int = 1) -> int:
        return max(least, round(count * self.fineness))

    def loft(
        self,
        width: float,
        depth: float,
        corner: float,
        profile: Sequence[Flat],
        *,
        along: int = 8,
        capped: bool = True,
    ) -> Mesh:
        """A body with a round-cornered footprint whose wall follows ``profile``: (inset, z) pairs.

        ``along`` divides the straight sides; ``capped`` closes both ends.
        """
        steps, pieces = self._some(11, 3), self._some(along)
        rings = []
        for inset, z in profile:
            # Never wholly zero: a face of no area has no normal.
            w, d = max(width - 2 * inset, 0.01), max(depth - 2 * inset, 0.01)
            r = min(max(corner - inset, 0.004), w / 2.01, d / 2.01)
            rings.append(rounded_outline(w, d, r, z, steps=steps, along=pieces))
        mesh = skin(rings)
        if capped:
            mesh += _cap(rings[-1]) + _cap(rings[0][::-1])
        return mesh

    def slab_profile(
        self, height: float, edge: float, reach: float, *, sides: int = 6
    ) -> list[Flat]:
        """The profile of a solid block: rounded foot, wall, rounded shoulder, flat top.

        ``reach`` is half the block's shorter side; ``edge`` the radius of the rounding.
        """
        steps, sides = self._some(8, 3), self._some(sides)
        foot = arc((edge, edge), edge, 270, 180, steps)
        shoulder = arc((edge, height - edge), edge, 180, 90, steps)
        return (
            foot
            + straight(foot[-1], shoulder[0], sides)[1:]
            + shoulder[1:]
            + straight(shoulder[-1], (reach - 0.002, height), self._some(8, 2))[1:]
        )

    def block(
        self,
        width: float,
        depth: float,
        height: float,
        *,
        corner: float,
        edge: float,
        along: int = 3,
    ) -> Mesh:
        """A solid block standing on the floor at the origin; ``along`` divides its flat faces."""
        few = Shapes(self.fineness * 0.5) if along < 6 else self
        profile = few.slab_profile(height, edge, min(width, depth) / 2, sides=along)
        return few.loft(width, depth, corner, profile, along=along)

    def lathe(self, profile: Sequence[Flat], *, segments: int = 56) -> Mesh:
        """A turned body round the z axis: (radius, z) pairs from below."""
        count = self._some(segments, 12)
        rings = []
        for radius, z in profile:
            r = max(radius, 0.001)
            angles = [2 * pi * i / count for i in range(count)]
            rings.append([(r * cos(a), r * sin(a), z) for a in angles])
        return skin(rings)

    def ball(self, radius: float) -> Mesh:
        """A ball round the origin."""
        rows = self._some(14, 7)
        return Shapes(1.0).lathe(arc((0, 0), radius, -90, 90, rows), segments=2 * rows)

    def tube(
        self,
        path: Sequence[Point],
        radius: float,
        *,
        segments: int = 30,
        flat: float = 1.0,
        capped: bool = True,
    ) -> Mesh:
        """A round bar along ``path``; ``flat`` scales its thickness to one side."""
        count = self._some(segments, 8)
        rings: list[Ring] = []
        side: Point = (0.0, 0.0, 0.0)
        for i, here in enumerate(path):
            ahead = unit(subtract(path[min(i + 1, len(path) - 1)], path[max(i - 1, 0)]))
            # The side is carried along the path, so that the bar does not twist.
            start: Point = (0.0, 1.0, 0.0) if abs(ahead[1]) < 0.9 else (1.0, 0.0, 0.0)
            up = unit(cross(ahead, side if any(side) else start))
            side = unit(cross(up, ahead))
            rings.append(_circle(here, side, up, radius, flat, count))
        if capped:
            rings = [_shrunk(rings[0]), *rings, _shrunk(rings[-1])]
        return skin(rings)


def _circle(at: Point, side: Point, up: Point, radius: float, flat: float, count: int) -> Ring:
    """An oval round ``at``, anticlockwise as seen from where the path is going."""
    ring: Ring = []
    for k in range(count):
        c = radius * cos(2 * pi * k / count)
        s = -radius * sin(2 * pi * k / count) * flat
        ring.append(
            (
                at[0] + side[0] * c + up[0] * s,
                at[1] + side[1] * c + up[1] * s,
                at[2] + side[2] * c + up[2] * s,
            )
        )
    return ring


def _cap(ring: Ring) -> Mesh:
    """Strips across an anticlockwise, even-numbered ring."""
    count = len(ring)
    return [
        (ring[i], ring[i + 1], ring[count - 2 - i], ring[count - 1 - i])
        for i in range(count // 2 - 1)
    ]


def _shrunk(ring: Ring) -> Ring:
    """The ring drawn together towards its middle, which closes a bar's end."""
    count = len(ring)
    mid = [sum(p[k] for p in ring) / count for k in range(3)]
    return [
        (
            mid[0] + (p[0] - mid[0]) * 0.01,
            mid[1] + (p[1] - mid[1]) * 0.01,
            mid[2] + (p[2] - mid[2]) * 0.01,
        )
        for p in ring
    ]


def straight(start: Flat, end: Flat, steps: int) -> list[Flat]:
    """A straight piece of a profile in ``steps`` pieces, with both its ends."""
    return [
        (start[0] + (end[0] - start[0]) * i / steps, start[1] + (end[1] - start[1]) * i / steps)
        for i in range(steps + 1)
    ]


def center(face: Face) -> Point:
    """The middle of a face."""
    a, b, c, d = face
    return (
        (a[0] + b[0] + c[0] + d[0]) / 4,
        (a[1] + b[1] + c[1] + d[1]) / 4,
        (a[2] + b[2] + c[2] + d[2]) / 4,
    )


def smooth_path(corners: Sequence[Point], rounding: float, *, steps: int = 8) -> list[Point]:
    """A path through straight pieces, its inner corners rounded off over ``rounding``."""
    path: list[Point] = [corners[0]]
    for before, here, after in zip(corners, corners[1:], corners[2:], strict=False):
        a = _towards(here, before, rounding)
        b = _towards(here, after, rounding)
        for i in range(steps + 1):
            t = i / steps
            p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
            path.append(
                (
                    a[0] * p + here[0] * q + b[0] * r,
                    a[1] * p + here[1] * q + b[1] * r,
                    a[2] * p + here[2] * q + b[2] * r,
                )
            )
    path.append(corners[-1])
    return path


def _towards(start: Point, end: Point, distance: float) -> Point:
    way = unit(subtract(end, start))
    return (
        start[0] + way[0] * distance,
        start[1] + way[1] * distance,
        start[2] + way[2] * distance,
    )


def hull(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex outline of flat points, anticlockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(row: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for x, y in row:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2], chain[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return half(ordered) + half(reversed(ordered))
