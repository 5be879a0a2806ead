"""What a look at a picture adds to the estimates: the detail that would go, as mean squares."""

from __future__ import annotations

from PIL import Image, ImageChops

from photoprep.photo.chroma import chroma_planes


def resolution_loss(largest: Image.Image, smaller: Image.Image) -> float:
    """Estimate the loss when ``smaller`` is seen at the size of ``largest``.

    From the mean square difference of luma at half size: 1.037 + 0.624 · ln(mse) is the log of
    the loss (25 photos, 680 against 944 px: mean absolute error 3.0 points, worst 23, on a photo
    whose 680 px version is far too soft anyway).
    """
    shown = smaller.resize(largest.size, Image.Resampling.BICUBIC)
    halves = [picture.convert("L").reduce(2) for picture in (largest, shown)]
    return float(2.82 * mean_square_difference(halves[0], halves[1]) ** 0.624)


def chroma_detail(picture: Image.Image) -> float:
    """What halving takes from Cb and Cr, as a mean square: red on black loses most."""
    return sum(_lost_by_halving(plane) for plane in chroma_planes(picture, "4:4:4"))


def _lost_by_halving(plane: Image.Image) -> float:
    halved = plane.reduce(2)
    doubled_px = 2 * halved.width, 2 * halved.height
    doubled = halved.resize(doubled_px, Image.Resampling.NEAREST).crop((0, 0, *plane.size))
    return mean_square_difference(plane, doubled)


def mean_square_difference(one: Image.Image, other: Image.Image) -> float:
    """The mean of the squared differences of two grey pictures of one size."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(count * level**2 for level, count in enumerate(histogram)) / sum(histogram)
