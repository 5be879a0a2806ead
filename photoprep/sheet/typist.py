"""Sets a sheet's words: captions in the middle below their pictures, titles from the left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from photoprep.sheet.captions import TypeSetter, measure
from photoprep.sheet.missing import MissingGlyphs
from photoprep.sheet.words import MeasuredWords, Words

if TYPE_CHECKING:
    from PIL import Image

    from photoprep.sheet.page import Box

# Widths at which captions are measured; between two of them the narrower one's height is taken.
_WIDTHS_PX = range(24, 2400, 8)


class Typist:
    """What ``task.Draws`` asks for, with a setter for captions and one for all else.

    Raises:
        PresetError: the preset's font file cannot be used.

    """

    def __init__(self, words: Words) -> None:
        font_file = Path(words.font_file) if words.font_file else None
        self._captions = frozenset(words.captions)
        self._below = TypeSetter(
            words.captions, font_file=font_file, language=words.language, align="centre"
        )
        self._above = TypeSetter(
            words.others, font_file=font_file, language=words.language, most_lines=1
        )

    def draw(self, image: Image.Image, caption: Any, box: Box, size_px: int, colour: str) -> None:
        """Draw words within their box."""
        setter = self._below if caption in self._captions else self._above
        setter.draw(image, caption, box, size_px, colour)

    def measured(self, words: Words, size_px: int, longest_px: int) -> MeasuredWords:
        """What the layout has to know of the captions."""
        widths = [width for width in _WIDTHS_PX if width <= longest_px]
        told = [(self._below, caption) for caption in words.captions]
        told += [(self._above, caption) for caption in words.others]
        missing = "".join(setter.missing(caption).characters for setter, caption in told)
        return MeasuredWords(
            measure(self._below, words.captions, widths, size_px),
            MissingGlyphs("".join(dict.fromkeys(missing))),
            any(setter.is_unshaped(caption) for setter, caption in told),
        )
