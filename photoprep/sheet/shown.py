"""At which size a picture is shown: whole, in its own proportions, never enlarged."""

from __future__ import annotations

from photoprep.units import scaled_size_px

Size = tuple[int, int]


def fitted_px(size_px: Size, room_px: Size) -> Size:
    """The largest size at which the picture lies within the room; at least 1 × 1 px.

    It is always ``scaled_size_px`` of some longest side, so that whoever scales the picture by its
    longest side gets this very size.
    """
    longest = max(size_px)
    side = min(longest, *(room * longest // own for room, own in zip(room_px, size_px, strict=True)))
    # The short side is rounded, so that one more pixel of the long one may fit as well.
    while side < longest and _within(scaled_size_px(size_px, side + 1), room_px):
        side += 1
    while side > 1 and not _within(scaled_size_px(size_px, side), room_px):
        side -= 1
    return scaled_size_px(size_px, max(1, side))


def _within(size_px: Size, room_px: Size) -> bool:
    return size_px[0] <= room_px[0] and size_px[1] <= room_px[1]


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
