"""How true the colours are: every picture with a profile against LittleCMS at 16 bits.

    python -m benchmarks.colour FOLDER…

The reference is not photoprep's way: the picture is scaled in floating point by Pillow and
converted at 16 bits by LittleCMS as another library binds it (imagecodecs), relative colorimetric
with black-point compensation, cut off where sRGB ends. Differences are CIEDE2000, of the colours
that sRGB can hold: before the JPEG (what the colour room does) and of the finished file (with what
200 kB lose). Of those beyond, it says how much of their shading is kept: the deviation of their
largest channel, in levels, cut off and as photoprep draws them in.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from benchmarks.ciede2000 import ciede2000
from benchmarks.quality import spec_for
from photoprep.files import FileStamp
from photoprep.photo.colour import ColourPlan, plan_colours, to_srgb
from photoprep.photo.decode import decode
from photoprep.photo.deep import DeepPicture, deep_from
from photoprep.photo.gamut import linear_from_lab
from photoprep.photo.make import make_photo
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.resize import upright_at
from photoprep.photo.task import PhotoTask, load_room
from photoprep.units import scaled_size_px

_SPACES = {"RGB": "rgb", "L": "gray", "CMYK": "cmyk"}
_BLACK_POINT = 0x2000  # cmsFLAGS_BLACKPOINTCOMPENSATION of lcms2.h
_RELATIVE = 1  # INTENT_RELATIVE_COLORIMETRIC

Wide = NDArray[np.uint16]
_LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def main(folders: list[str]) -> None:
    """Print a row for every picture that has a profile other than sRGB's."""
    load_room()
    print(f"{'':34}{'profile':26}{'held':>6}  {'colours':>14}  {'in the JPEG':>14}  shading beyond")
    for folder in folders:
        for path in sorted(Path(folder).iterdir()):
            if row := _row(path):
                print(row, flush=True)


def _row(path: Path) -> str:
    try:
        decoded = decode(path)
    except Exception as error:  # noqa: BLE001 (a folder of odd files; each is said)
        print(f"{path.name[:33]:34}{str(error)[-90:]}", file=sys.stderr)
        return ""
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    if plan.is_srgb or not plan.profile:
        return ""
    size_px = scaled_size_px(decoded.full_size_px, 944)
    picture = upright_at(decoded, size_px, deep=True)
    if not isinstance(picture, DeepPicture):
        raise TypeError(path)
    spec = spec_for(200_000)
    ours = np.asarray(to_srgb(picture, plan, "white"))
    made = make_photo(PhotoTask(path, FileStamp.of(path), spec)).jpeg
    jpeg = np.asarray(Image.open(io.BytesIO(made.data)))
    wide = _scaled_apart(decoded.image, size_px)
    if decoded.turn is not None:
        wide = DeepPicture(wide, picture.space).transposed(decoded.turn).values
    return _compared(path, plan, picture.space, wide, ours, jpeg)


def _scaled_apart(image: Image.Image | DeepPicture, size_px: tuple[int, int]) -> Wide:
    """The stored picture scaled by Pillow in floating point, channel by channel, to 16 bits."""
    deep = image if isinstance(image, DeepPicture) else deep_from(image)
    turned = (
        size_px if (deep.size[0] > deep.size[1]) == (size_px[0] > size_px[1]) else size_px[::-1]
    )
    channels = [
        Image.fromarray(deep.values[..., channel].astype(np.float32)).resize(
            turned, Image.Resampling.LANCZOS
        )
        for channel in range(deep.values.shape[-1])
    ]
    whole = np.stack([np.asarray(channel) for channel in channels], axis=-1)
    return np.clip(whole + 0.5, 0, 65535).astype(np.uint16)


def _compared(
    path: Path,
    plan: ColourPlan,
    space: str,
    wide: Wide,
    ours: NDArray[np.uint8],
    jpeg: NDArray[np.uint8],
) -> str:
    reference = _lcms(wide, plan.profile, space, srgb_profile(), "rgb", np.uint16).astype(np.uint16)
    lab = _lcms(wide, plan.profile, space, _LAB, "lab", np.float64)
    exact = linear_from_lab(lab.astype(np.float32))
    held = (exact.min(-1) >= -0.001) & (exact.max(-1) <= 1.001)  # to the digits of Lab
    goal = _lab(reference)
    rows = []
    for shown in (ours, jpeg):
        apart = ciede2000(goal, _lab(shown.astype(np.uint16) * 257))[held]
        rows.append(f"{apart.mean():6.2f} {np.quantile(apart, 0.99):7.2f}")
    beyond = exact.max(-1) > 1.01
    shading = ""
    if beyond.mean() > 0.001:
        levels = [each[beyond].max(-1).std() for each in (reference / 257, ours)]
        shading = f"{beyond.mean():6.1%}: {levels[0]:.2f} -> {levels[1]:.2f} levels"
    name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(plan.profile)))
    return (
        f"{path.name[:33]:34}{name.strip()[:25]:26}{held.mean():6.1%}  "
        f"{rows[0]:>14}  {rows[1]:>14}  {shading}"
    )


def _lcms(
    values: NDArray[np.generic], source: bytes, space: str, target: bytes, to: str, kind: type
) -> NDArray[np.float64]:
    return np.asarray(
        imagecodecs.cms_transform(
            np.ascontiguousarray(values[..., 0] if values.shape[-1] == 1 else values),
            source,
            target,
            colorspace=_SPACES.get(space, space),
            outcolorspace=to,
            outdtype=np.dtype(kind),
            intent=_RELATIVE,
            flags=_BLACK_POINT,
        )
    ).astype(np.float64)


def _lab(srgb: NDArray[np.generic]) -> NDArray[np.float64]:
    return _lcms(np.asarray(srgb, np.uint16), srgb_profile(), "rgb", _LAB, "lab", np.float64)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1:])
