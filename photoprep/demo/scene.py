"""A studio table with a product on it, and the picture a lens makes of that.

Faces are painted from the back to the front, as a painter would, in the order in which a scene
lists its parts; a second canvas remembers which part is seen where, so that texture and print land
only on the part they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import hypot, pi, tan

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from photoprep.demo.light import Material, Rgb, shade
from photoprep.demo.mesh import Face, Flat, Mesh, Point, center, cross, dot, hull, subtract, unit

# Canvas pixels for one pixel of the drawing along a side: edges are smoothed by averaging these.
SUPERSAMPLING = 2
# The longest side of a drawing; beyond that a lens of this kind would show no more either.
DRAWING_PX = 1600
# Shadow and mirror image are drawn this much smaller than the canvas, whose pixels lenses count.
_SOFT = 4 * SUPERSAMPLING
# So many points of a body give its outline well enough for something soft.
_OUTLINE_POINTS = 110
# A halo narrower than this, in canvas pixels, would not show.
_FINEST_HALO_PX = 4.0

# What a lens does to an edge.
_LENS_BLUR = ImageFilter.GaussianBlur(0.55)

Corners = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the photographer stands; ``view_degrees`` is the angle across the longest side."""

    eye: Point
    target: Point
    view_degrees: float = 26.0


@dataclass(frozen=True, slots=True)
class Part:
    """One body of the product.

    ``halo`` darkens what lies behind the part's outline, ``(reach in dm, strength 0-1)``: the
    contact shadow of one part upon another. ``sorted_by_depth`` is for shapes that can stand in
    front of themselves. ``shadow`` says how its shadow on the floor is drawn: "hull" for a compact
    body, "faces" for a bent one, "none" for what stands on another part; ``shadow_mesh`` is a
    plainer shape to take it from. ``paint`` varies the
    colour face by face, ``shelter`` the light from place to place.
    """

    mesh: Mesh
    material: Material
    shadow: str = "hull"
    mirrored: bool = True
    sorted_by_depth: bool = False
    halo: tuple[float, float] | None = None
    shelter: Callable[[Point], float] | None = None
    paint: Callable[[int], Rgb] | None = None
    shadow_mesh: Mesh | None = None


@dataclass(frozen=True, slots=True)
class Decal:
    """Something printed on a flat place: ``picture`` (RGBA) on four corners of a part.

    The corners go: top left, top right, bottom right, bottom left, as one reads the print.
    """

    picture: Image.Image
    corners: Corners
    part: Part


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands on the table, from the back to the front, and who looks at it."""

    camera: Camera
    parts: Sequence[Part]
    decals: Sequence[Decal] = ()
    table: Rgb = (232, 233, 235)


@dataclass(slots=True)
class Drawing:
    """A scene as drawn: the picture, and the number of the part seen at each canvas pixel.

    ``numbers`` is ``SUPERSAMPLING`` times as wide as ``picture``; 0 is the table.
    """

    picture: Image.Image
    numbers: Image.Image
    lens: Lens


@dataclass(slots=True)
class Lens:
    """Places in space to places on a picture ``width`` by ``height`` pixels."""

    camera: Camera
    width: int
    height: int
    _axes: tuple[Point, Point, Point] = field(init=False)
    _scale: float = field(init=False)

    def __post_init__(self) -> None:
        ahead = unit(subtract(self.camera.target, self.camera.eye))
        right = unit(cross(ahead, (0.0, 0.0, 1.0)))
        self._axes = (right, cross(right, ahead), ahead)
        self._scale = max(self.width, self.height) / (2 * tan(self.camera.view_degrees * pi / 360))

    def flat(self, point: Point) -> Flat:
        """Where a point falls, in pixels from the top left corner."""
        # Written out, because a scene asks this some ten thousand times.
        (rx, ry, rz), (ux, uy, uz), (ax, ay, az) = self._axes
        ex, ey, ez = self.camera.eye
        x, y, z = point[0] - ex, point[1] - ey, point[2] - ez
        k = self._scale / (ax * x + ay * y + az * z)
        return (
            self.width / 2 + (rx * x + ry * y + rz * z) * k,
            self.height / 2 - (ux * x + uy * y + uz * z) * k,
        )

    def pixels_per_dm(self, at: Point) -> float:
        """How large one decimetre looks at a place."""
        return self._scale / dot(subtract(at, self.camera.eye), self._axes[2])


def draw(scene: Scene, width: int, height: int, *, cut_out: bool = False) -> Drawing:
    """The scene as a picture of the given size in pixels, without print and without grain.

    ``cut_out`` leaves table, shadow and mirror image away.
    """
    wide, high = width * SUPERSAMPLING, height * SUPERSAMPLING
    lens = Lens(scene.camera, wide, high)
    painted = [_painted(part, scene.camera.eye) for part in scene.parts]
    ground = Image.new("RGB", (width, height), scene.table)
    if not cut_out:
        small = _table(scene.table, height > width)
        ground = small.resize((width, height), Image.Resampling.BICUBIC)
        _lay_shadow(ground, scene, lens)
        _lay_mirror_image(ground, scene, lens, painted)
    # Each pixel doubled: the averaging at the end undoes exactly this where nothing covers it.
    canvas = ground.resize((wide, high), Image.Resampling.NEAREST)
    numbers = Image.new("L", canvas.size, 0)
    brush, marker = ImageDraw.Draw(canvas), ImageDraw.Draw(numbers)
    # Four faces share each corner.
    flats: dict[Point, Flat] = {}
    for number, (part, faces) in enumerate(zip(scene.parts, painted, strict=True), start=1):
        if part.halo is not None:
            _lay_halo(canvas, numbers, part, part.halo, lens)
        for face, colour in faces:
            outline = [flats.get(p) or flats.setdefault(p, lens.flat(p)) for p in face]
            # The outline shuts hairlines between faces, through which one would see behind them.
            brush.polygon(outline, fill=colour, outline=colour)
            marker.polygon(outline, fill=number)
    return Drawing(canvas.reduce(SUPERSAMPLING).filter(_LENS_BLUR), numbers, lens)


def _painted(part: Part, eye: Point) -> list[tuple[Face, Rgb]]:
    """The part's faces that look at the camera, each with its colour, the nearest last."""
    seen: list[tuple[float, Face, Rgb]] = []
    shelter, paint, material = part.shelter, part.paint, part.material
    for index, face in enumerate(part.mesh):
        normal = unit(cross(subtract(face[2], face[0]), subtract(face[3], face[1])))
        middle = center(face)
        way = subtract(eye, middle)
        if dot(normal, way) <= 0:
            continue
        if paint is not None:
            material = Material(
                paint(index), part.material.gloss, part.material.metal, part.material.grain
            )
        light = shelter(middle) if shelter is not None else 1.0
        seen.append((dot(way, way), face, shade(middle, normal, eye, material, light)))
    if part.sorted_by_depth:
        seen.sort(key=lambda entry: -entry[0])
    return [(face, colour) for _, face, colour in seen]


@lru_cache(maxsize=4)
def _table(paper: Rgb, tall: bool) -> Image.Image:
    """A seamless paper sweep, small: bright where the product stands, darker to the back wall."""
    cols, rows = 48, 36
    small = Image.new("RGB", (cols, rows))
    for y in range(rows):
        v = y / (rows - 1)
        # The sweep's bend, a soft horizon, lies at a third of the height.
        bend = 1 / (1 + 2.718281828 ** (-(v - 0.30) * 13))
        for x in range(cols):
            u = x / (cols - 1)
            spot = hypot((u - 0.46) * (0.8 if tall else 1.15), (v - 0.60) * 1.0)
            light = (
                0.845
                + 0.11 * bend
                + 0.10 * max(0.0, 1 - spot * 1.5)
                - 0.10 * (u - 0.4) * (1.0 - bend * 0.5)
            )
            r, g, b = (min(250, round(c * light * 1.02)) for c in paper)
            small.putpixel((x, y), (r, g, b))
    return small


def _lay_shadow(canvas: Image.Image, scene: Scene, lens: Lens) -> None:
    """The soft shadow of a large lamp, and the dark line where things touch the table."""
    size = (lens.width // _SOFT, lens.height // _SOFT)
    unit_px = lens.pixels_per_dm(scene.camera.target) / _SOFT
    total = Image.new("L", size, 0)
    # Places on the lamp's surface, as steps sideways for each step down, with how much each
    # darkens (0-255) and how far its edge blurs in dm.
    lamps: list[tuple[float, float, int, float]] = [
        (0.20, 0.10, 22, 0.10),
        (0.45, 0.28, 22, 0.20),
        (0.75, 0.45, 20, 0.32),
        (1.05, 0.50, 14, 0.45),
        (-0.35, 0.20, 14, 0.35),
        (0.02, 0.02, 60, 0.055),
        (0.00, 0.00, 70, 0.018),
    ]
    for dx, dy, dark, blur in lamps:
        mask = Image.new("L", size, 0)
        brush = ImageDraw.Draw(mask)
        for part in scene.parts:
            low = blur < 0.1
            for outline in _shadow_outlines(part, dx, dy, lens, 0.22 if low else 9.0):
                brush.polygon([(x / _SOFT, y / _SOFT) for x, y in outline], fill=dark)
        mask = mask.filter(ImageFilter.GaussianBlur(blur * unit_px))
        total = ImageChops.add(total, mask)
    black = Image.new("RGB", canvas.size, (26, 27, 32))
    canvas.paste(black, (0, 0), total.resize(canvas.size, Image.Resampling.BICUBIC))


def _shadow_outlines(
    part: Part, dx: float, dy: float, lens: Lens, highest: float
) -> list[list[Flat]]:
    """What a part covers on the table under slanting light, counting what is below ``highest``."""
    if part.shadow == "none":
        return []

    def floor(p: Point) -> Flat:
        return lens.flat((p[0] + dx * p[2], p[1] + dy * p[2], 0.0))

    faces = [face for face in part.shadow_mesh or part.mesh if face[0][2] < highest]
    if part.shadow == "faces":
        return [[floor(p) for p in face] for face in faces]
    # Soft shadows do not show every corner: every so many points give the outline well enough.
    # An odd number, so that the points do not all come from the same side of a ring.
    skip = len(faces) // _OUTLINE_POINTS | 1
    outline = hull(floor(face[0]) for face in faces[::skip])
    return [outline] if len(outline) > 2 else []


def _lay_mirror_image(
    canvas: Image.Image, scene: Scene, lens: Lens, painted: list[list[tuple[Face, Rgb]]]
) -> None:
    """The table shines a little: a faint, blurred mirror image that fades with height."""
    size = (lens.width // _SOFT, lens.height // _SOFT)
    image = Image.new("RGB", size, scene.table)
    strength = Image.new("L", size, 0)
    brush, marker = ImageDraw.Draw(image), ImageDraw.Draw(strength)
    for part, faces in zip(scene.parts, painted, strict=True):
        if not part.mirrored:
            continue
        for face, colour in faces:
            fade = 1 - center(face)[2] / 1.1
            if fade <= 0:
                continue
            flat = [lens.flat((p[0], p[1], -p[2])) for p in face]
            outline = [(x / _SOFT, y / _SOFT) for x, y in flat]
            # The outline shuts hairlines between faces, through which one would see behind them.
            brush.polygon(outline, fill=colour, outline=colour)
            marker.polygon(outline, fill=round(62 * fade * fade))
    blur = ImageFilter.GaussianBlur(0.03 * lens.pixels_per_dm(scene.camera.target) / _SOFT)
    canvas.paste(
        image.filter(blur).resize(canvas.size, Image.Resampling.BICUBIC),
        (0, 0),
        strength.filter(blur).resize(canvas.size, Image.Resampling.BICUBIC),
    )


def _lay_halo(
    canvas: Image.Image, numbers: Image.Image, part: Part, halo: Flat, lens: Lens
) -> None:
    """Darken other parts round the outline of one that lies on them."""
    reach, strength = halo
    skip = 1 if part.sorted_by_depth else len(part.mesh) // _OUTLINE_POINTS | 1
    flat = [lens.flat(face[0]) for face in part.mesh[::skip]]
    scale = lens.pixels_per_dm(part.mesh[0][0])
    if reach * scale < _FINEST_HALO_PX:
        return
    grow = 3 * reach * scale
    # As coarse as the blur allows.
    soft = max(2, int(reach * scale / 2.5))
    left, top = int(min(x for x, _ in flat) - grow), int(min(y for _, y in flat) - grow)
    right, bottom = int(max(x for x, _ in flat) + grow), int(max(y for _, y in flat) + grow)
    left, top = max(left, 0), max(top, 0)
    box = (left, top, min(right, canvas.width), min(bottom, canvas.height))
    if box[2] <= left or box[3] <= top:
        return  # outside the picture
    size = (max(1, (box[2] - left) // soft), max(1, (box[3] - top) // soft))
    mask = Image.new("L", size, 0)
    brush = ImageDraw.Draw(mask)
    # Light comes from above on the left: the shadow lies a little lower and to the right.
    dx, dy = 0.35 * reach * scale, 0.7 * reach * scale
    if part.sorted_by_depth:
        outlines = [[lens.flat(p) for p in face] for face in part.mesh]
    else:
        outlines = [hull(flat)]
    for outline in outlines:
        brush.polygon(
            [((x + dx - left) / soft, (y + dy - top) / soft) for x, y in outline],
            fill=round(255 * strength),
        )
    mask = mask.filter(ImageFilter.GaussianBlur(reach * scale / soft))
    mask = mask.resize((box[2] - left, box[3] - top), Image.Resampling.BILINEAR)
    on_parts = numbers.crop(box).point([0] + [255] * 255)
    mask = ImageChops.multiply(mask, on_parts)
    canvas.paste((8, 8, 10), box, mask)
