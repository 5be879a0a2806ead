"""At which size a picture is shown: whole, in its own proportions, never enlarged."""

from __future__ import annotations

from photoprep.units import scaled_size_px

Size = tuple[int, int]


def fitted_px(size_px: Size, room_px: Size) -> Size:
    """The largest size at which the picture lies within the room; at least 1 × 1 px.

    It is always ``scaled_size_px`` of some longest side, so that whoever scales the picture by its
    longest side gets this very size: each side s of a picture with the longest side m becomes
    ⌊(2·s·side + m) / 2m⌋, which is within the room up to the side reckoned here.
    """
    (width, height), longest = size_px, max(size_px)
    side = min(
        longest,
        (longest * (2 * room_px[0] + 1) - 1) // (2 * width),
        (longest * (2 * room_px[1] + 1) - 1) // (2 * height),
    )
    return scaled_size_px(size_px, max(1, side))


def at_height_px(size_px: Size, height_px: int) -> Size:
    """The picture at this height exactly, or at its own where that is lower.

    A landscape's height is its width's, rounded: of a width that is itself rounded from the height
    it comes out as that height again.
    """
    width, height = size_px
    if height_px >= height:
        return size_px
    if width <= height:
        return scaled_size_px(size_px, max(1, height_px))
    return scaled_size_px(size_px, max(1, (2 * width * height_px + height) // (2 * height)))


def is_legible(shown_px: Size, own_px: Size, smallest_px: int) -> bool:
    """Whether the longest side is shown at ``smallest_px``, or in full where it has less."""
    return max(shown_px) >= min(smallest_px, max(own_px))
