"""All words of one sheet, as they travel to whoever sets them in type. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.sheet.caption_text import Caption
from photoprep.sheet.heights import CaptionHeights
from photoprep.sheet.missing import MissingGlyphs


@dataclass(frozen=True, slots=True)
class Words:
    """The captions of a sheet's pictures, in their order, and what else stands on its pages.

    All of them are told to whoever sets them, so that lines of all cells are alike. ``font_file``
    is the preset's, or empty; ``language`` decides the shapes of Chinese characters.
    """

    captions: tuple[Caption, ...]
    others: tuple[Caption, ...]
    font_file: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredWords:
    """How high captions are at which widths, and what could not be set as it should be."""

    heights: CaptionHeights
    missing: MissingGlyphs
    is_unshaped: bool
