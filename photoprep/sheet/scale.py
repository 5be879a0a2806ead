"""One scale for the products of a sheet: arithmetic over how much of its picture each one fills."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import median_high

# Of a scene, or a part that fills its picture, nobody can say how much of it is product.
UNTOLD = 0

# A product that is thin in its box (an umbrella, a strap) is not shown at more than so many times
# the size of another: boxes are what the page has to give.
_MOST = 1.4


def weights(product_permilles: Sequence[int]) -> tuple[float, ...]:
    """The relative shown sizes (lengths) at which the products cover equal areas.

    How large a thing looks goes with the area that it covers. In boxes of equal area a product that
    fills ``share`` of its own covers as much of it, so that lengths must go with 1 / √share. They
    are bounded to 1.4 times the least, and stated relative to the largest, 1.0, in hundredths. What
    is ``UNTOLD`` is taken as the middle of the others.
    """
    if not product_permilles:
        return ()
    told = [permille for permille in product_permilles if permille != UNTOLD]
    middle = median_high(told) if told else 1000
    sizes = [1 / sqrt(permille or middle) for permille in product_permilles]
    bounded = [min(_MOST, size / min(sizes)) for size in sizes]
    return tuple(round(size / max(bounded), 2) for size in bounded)
