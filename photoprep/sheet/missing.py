"""What a sheet's words cannot show, as plain values that travel home from a worker. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from photoprep.language import Sentence, say, say_list, say_number


@dataclass(frozen=True, slots=True)
class MissingGlyphs:
    """Characters that no font of this machine has, each once; they are left out of the drawing."""

    characters: str

    def __bool__(self) -> bool:
        return bool(self.characters)

    @property
    def named(self) -> tuple[str, ...]:
        """Each character by code point and name: ``U+1F600 GRINNING FACE``."""
        return tuple(
            f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
            for character in self.characters
        )

    def told(self) -> Sentence:
        """One sentence that names them, for a finding."""
        return say_number(
            len(self.characters),
            "No font on this computer has the character {characters}: it is left out.",
            "No font on this computer has the characters {characters}: they are left out.",
            characters=say_list(self.named),
        )


def told_unshaped() -> Sentence:
    """One sentence for a note: letters are in their order, but not joined as the script wants."""
    return say(
        "Letters of the captions are not joined as their script wants: "
        "the library FriBiDi is missing on this computer."
    )
