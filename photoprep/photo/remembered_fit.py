"""A fit as text: what a run to come needs of one to make the same picture in fewer bytes."""

from __future__ import annotations

import json

from photoprep.outcome import PreparedJpeg
from photoprep.photo.quality import ChromaSubsampling, QualityCurve
from photoprep.photo.task import EncodedJpeg


def text_of_fit(jpeg: EncodedJpeg) -> str:
    """What was measured of a picture while it was fitted; no number loses a digit."""
    curve = jpeg.curve
    measured = [curve.probe_bits, curve.overhead_bytes, curve.resolution_loss, *curve.lengths]
    return json.dumps([jpeg.step, *measured], separators=(",", ":"))


def fit_of(photo: PreparedJpeg) -> EncodedJpeg:
    """The encoded picture that ``photo`` remembers, but for its data.

    Raises:
        ValueError: it remembers none.

    """
    step, probe_bits, overhead_bytes, resolution_loss, *lengths = json.loads(photo.fit)
    chroma: ChromaSubsampling = "4:2:0" if photo.chroma_subsampling == "4:2:0" else "4:4:4"
    curve = QualityCurve(
        chroma,
        photo.width_px * photo.height_px,
        probe_bits,
        overhead_bytes,
        resolution_loss,
        tuple((at, payload) for at, payload in lengths),
    )
    return EncodedJpeg(
        data=b"",
        width_px=photo.width_px,
        height_px=photo.height_px,
        dpi=photo.dpi,
        quality=photo.quality,
        chroma_subsampling=chroma,
        encodes=0,
        step=step,
        curve=curve,
    )
