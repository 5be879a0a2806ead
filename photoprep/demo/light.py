"""Light in the demo studio: a large soft box from the left, a strip from the right, a pale room.

Radiance is linear; 1.0 is a white card in full light.
"""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.demo.mesh import Point, cross, dot, unit

Rgb = tuple[int, int, int]

_KEY = unit((-0.62, -0.60, 0.78))
_FILL = unit((0.85, -0.50, 0.35))
_BACK = unit((0.25, 0.85, 0.55))
_KEY_SIDE = unit(cross(_KEY, (0, 0, 1)))
_KEY_UP = cross(_KEY_SIDE, _KEY)
_STRIP = unit((0.93, -0.30, 0.30))
_STRIP_SIDE = unit(cross(_STRIP, (0, 0, 1)))


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface answers to light.

    ``rgb`` is its colour in sRGB, 0-255; ``gloss`` 0 (chalk) to 1 (mirror-smooth);
    ``metal`` True where reflections take the surface's colour; ``grain`` is the standard
    deviation, in 8-bit levels, of its fine texture.
    """

    rgb: Rgb
    gloss: float = 0.5
    metal: bool = False
    grain: float = 2.0


def _to_linear(level: int) -> float:
    """One sRGB channel, 0-255, as linear light (IEC 61966-2-1)."""
    s = level / 255
    return s / 12.92 if s <= 0.04045 else float(((s + 0.055) / 1.055) ** 2.4)


_LINEAR = [_to_linear(level) for level in range(256)]
_STEPS = 1024


def _film(light: float) -> int:
    """Linear light as an 8-bit level: sRGB, with a soft shoulder above 0.7 instead of clipping."""
    if light > 0.7:
        light = 0.7 + 0.3 * (1 - 1 / (1 + (light - 0.7) / 0.3))
    s = 12.92 * light if light <= 0.0031308 else 1.055 * float(light ** (1 / 2.4)) - 0.055
    return min(255, round(s * 255))


_FILM = [_film(step / _STEPS) for step in range(_STEPS * 4 + 1)]


def level_of(light: float) -> int:
    """The 8-bit level at which the camera records this much linear light."""
    return _FILM[min(_STEPS * 4, max(0, int(light * _STEPS)))]


def _edge(value: float, half: float, soft: float) -> float:
    """1 inside ``half``, 0 beyond it, with an edge ``soft`` wide."""
    t = (half + soft / 2 - value) / soft
    if t <= 0:
        return 0.0
    if t >= 1:
        return 1.0
    return t * t * (3 - 2 * t)


def surroundings(way: Point, gloss: float) -> float:
    """How bright the studio is in a direction, as a surface of this gloss mirrors it."""
    z = way[2]
    soft = 0.06 + 0.75 * (1 - gloss)
    room = 0.62 - 0.42 * z if z > 0 else 0.62 + 0.25 * z
    # Behind the camera the studio is dark.
    room *= 0.80 + 0.34 * way[1]
    facing = dot(way, _KEY)
    if facing > 0:
        box = _edge(abs(dot(way, _KEY_SIDE)), 0.34, soft) * _edge(
            abs(dot(way, _KEY_UP)), 0.40, soft
        )
        room += (1.2 + 3.2 * gloss) * box
    if dot(way, _STRIP) > 0:
        strip = _edge(abs(dot(way, _STRIP_SIDE)), 0.10, soft) * _edge(abs(z - 0.3), 0.5, soft)
        room += (0.6 + 1.6 * gloss) * strip
    return room


def shade(point: Point, normal: Point, eye: Point, material: Material, shelter: float = 1.0) -> Rgb:
    """The colour that the camera sees of a small piece of surface.

    ``shelter`` is the share of the room's light that reaches it: 1 in the open, less in a corner.
    """
    view = unit((eye[0] - point[0], eye[1] - point[1], eye[2] - point[2]))
    nv = max(dot(normal, view), 0.0)
    key = max(0.0, (dot(normal, _KEY) + 0.25) / 1.25)
    fill = max(0.0, (dot(normal, _FILL) + 0.3) / 1.3)
    back = max(0.0, dot(normal, _BACK))
    # The soft box is near: what stands towards it gets a little more.
    near = 1.0 - 0.085 * (point[0] - 0.9 * point[2] + 0.8)
    # Close to the floor less of the room is in sight, save for surfaces that look up.
    low = 1.0 - 0.35 * max(0.0, 1.0 - point[2] / 0.5) * (1.0 - max(normal[2], 0.0))
    light = (0.72 * key * near + 0.30 * fill + 0.14 * back + (0.20 + 0.08 * normal[2]) * low) * (
        shelter
    )
    mirrored = (
        2 * nv * normal[0] - view[0],
        2 * nv * normal[1] - view[1],
        2 * nv * normal[2] - view[2],
    )
    room = surroundings(mirrored, material.gloss) * shelter * (0.6 + 0.4 * low)
    grazing = (1 - nv) ** 5
    red, green, blue = (_LINEAR[c] for c in material.rgb)
    if material.metal:
        r, g, b = (
            c * (0.25 * light + 0.85 * room) + (1 - c) * grazing * room * 0.5
            for c in (red, green, blue)
        )
    else:
        shine = (0.04 + 0.5 * grazing * material.gloss) * room * (0.3 + material.gloss)
        r, g, b = red * light + shine, green * light + shine, blue * light + shine
    return (level_of(r), level_of(g), level_of(b))
