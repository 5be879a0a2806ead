"""What a scaled decode leaves of a picture, and how its pixels are read as the original's.

libjpeg-turbo decodes at a half, a quarter or an eighth by averaging: its reduced inverse DCTs
(jidctred.c, after Loeffler, Ligtenberg and Moschytz) give the mean of 2 × 2, 4 × 4 or 8 × 8 pixels
of the full decode, rounded once. Scaled as if they were samples, such means come out soft: at a
quarter of the original's size the finest detail keeps 93% of its contrast, which cost 14 camera
photos up to 1.2 points of SSIMULACRA2 before a byte was saved. So the means are first read as what
they are: the original's pixels are taken to be the smoothest that have these means. That is a
linear map, which costs nothing when it is multiplied into the weights that scale.

Two things this does not fit. Chroma that the file has at half the size comes as it is there, not
averaged; treated apart, plane by plane, it came out no better. And IJG's own libjpeg, from 7 on,
scales in another way (it cuts the DCT off); Pillow's wheels all have libjpeg-turbo.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Means on either side that tell of a pixel; the next would count less than 1/5000.
REACH = 4


@lru_cache(maxsize=4)
def pixels_from_means(averaged_px: int) -> NDArray[np.float64]:
    """The weights by which ``2 * REACH + 1`` means give the pixels under the middle one.

    Of shape (``averaged_px``, means); every row sums to 1. Among all pixels that have the means,
    it gives those whose squared steps from pixel to pixel are least in sum, which is also what is
    to be expected of a random walk. For two pixels a mean the weights are powers of 3 - √8:
    1, ±0.1716, ∓0.0294 and so on. Priors fitted closer to photos came to the same pictures.
    """
    means = 2 * REACH + 1
    pixels = means * averaged_px
    steps = np.diff(np.eye(pixels), axis=0)
    averaging = np.kron(np.eye(means), np.full((1, averaged_px), 1 / averaged_px))
    # Least squares under constraints: the stationary point of the Lagrangian.
    system = np.block([[steps.T @ steps, averaging.T], [averaging, np.zeros((means, means))]])
    wanted = np.vstack([np.zeros((pixels, means)), np.eye(means)])
    middle = slice(REACH * averaged_px, (REACH + 1) * averaged_px)
    rows: NDArray[np.float64] = np.linalg.solve(system, wanted)[middle]
    return rows


def weights_of_means(
    firsts: NDArray[np.int64], weights: NDArray[np.float64], averaged_px: int, means_px: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Weights of the original's pixels as weights of the means that stand for them.

    Takes and gives one row a result: the place of its first weight, and its weights. Beyond the
    edges of ``means_px`` means, the outermost stands for those that are not there.
    """
    # Whole groups of pixels: every row begins and ends where a mean does.
    shift = firsts % averaged_px
    taps = weights.shape[1]
    groups = (taps + averaged_px - 2) // averaged_px + 1
    aligned = np.zeros((len(firsts), groups * averaged_px))
    np.put_along_axis(aligned, shift[:, None] + np.arange(taps), weights, axis=1)
    shares = aligned.reshape(len(firsts), groups, averaged_px) @ pixels_from_means(averaged_px)
    begins = firsts // averaged_px - REACH
    span = groups + 2 * REACH
    kept = min(span, means_px)
    starts = np.clip(begins, 0, means_px - kept)
    result = np.zeros((len(firsts), kept))
    rows = np.arange(len(firsts))
    for group in range(groups):
        for mean in range(2 * REACH + 1):
            place = np.clip(begins + group + mean, 0, means_px - 1) - starts
            result[rows, place] += shares[:, group, mean]
    return starts, result
