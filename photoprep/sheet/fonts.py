"""Which font draws which character: the preset's, the system's, the one that is shipped.

Fonts are looked for when a text first needs them, and remembered in the process: coverage and
folders do not change while a sheet is made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from photoprep.errors import PresetError
from photoprep.language import say
from photoprep.sheet.cleaning import ZWJ, ZWNJ, clusters
from photoprep.sheet.font_folders import font_files, font_folders
from photoprep.sheet.font_table import CANDIDATES, Candidate, Script, script_of_name
from photoprep.sheet.han import han_scripts
from photoprep.sheet.sfnt import Face, NotAFontError, read_faces

SHIPPED = Path(__file__).parent / "fonts"
_PLAIN_STYLES = ("Regular", "Normal", "Book", "Roman", "Medium", "W3", "Light")
_BOLD_STYLES = ("Bold", "Semibold", "SemiBold", "Demi Bold", "Medium", "W6")
# They have a glyph for every character, and it is a box or nothing.
_NO_REAL_FONTS = ("lastresort", "adobeblank", "adobe-blank", "adobenotdef", "notosansblank")


@dataclass(frozen=True, slots=True)
class Font:
    """A font in two weights; ``bold`` is the regular face again where there is no bold one."""

    regular: Face
    bold: Face

    def has(self, text: str) -> bool:
        """Whether both weights have every character of a text, joiners apart."""
        return all(
            character in (ZWJ, ZWNJ)
            or (self.regular.coverage.has(character) and self.bold.coverage.has(character))
            for character in text
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that one font draws."""

    text: str
    font: Font


class Fonts:
    """The fonts for the texts of a sheet.

    Raises:
        PresetError: the preset's font file cannot be used.

    """

    def __init__(
        self,
        font_file: Path | None = None,
        *,
        language: str = "",
        folders: tuple[Path, ...] | None = None,
    ) -> None:
        """Take the preset's font before all others; ``folders`` instead of the system's."""
        self._own = _preset_font(font_file) if font_file is not None else None
        self._folders = font_folders() if folders is None else folders
        self._language = language
        self._known: dict[tuple[str, tuple[Script, ...]], Font | None] = {}

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """A cleaned text by the fonts that draw it, without the characters that no font has."""
        han = han_scripts(text, self._language)
        found: list[Piece] = []
        for cluster in clusters(text):
            drawn, font = self._drawn(cluster, han, found[-1].font if found else None)
            if font is None:
                continue
            if found and found[-1].font is font:
                found[-1] = Piece(found[-1].text + drawn, font)
            else:
                found.append(Piece(drawn, font))
        return tuple(found)

    def missing(self, text: str) -> str:
        """The characters of a cleaned text that no font has, each once, as they come."""
        han = han_scripts(text, self._language)
        return "".join(
            dict.fromkeys(
                character
                for cluster in clusters(text)
                for character in self._left_out(cluster, han)
            )
        )

    def _drawn(
        self, cluster: str, han: tuple[Script, ...], before: Font | None
    ) -> tuple[str, Font | None]:
        """The part of a cluster that can be drawn, and its font."""
        if before is not None and _takes_any_font(cluster) and before.has(cluster):
            return cluster, before
        font = self._font(cluster, han)
        if font is not None:
            return cluster, font
        left_out = self._left_out(cluster, han)
        rest = "".join(character for character in cluster if character not in left_out)
        return rest, self._font(rest, han) if rest.strip(ZWJ + ZWNJ) else None

    def _left_out(self, cluster: str, han: tuple[Script, ...]) -> str:
        """What of a cluster no font has: all of it, or the marks that its letter's font lacks."""
        if self._font(cluster, han) is not None:
            return ""
        base = self._font(cluster[0], han)
        if base is None:
            return cluster.replace(ZWJ, "").replace(ZWNJ, "")
        return "".join(character for character in cluster if not base.has(character))

    def _font(self, cluster: str, han: tuple[Script, ...]) -> Font | None:
        key = (cluster, han)
        if key not in self._known:
            self._known[key] = next(
                (f for f in self._in_order(cluster, han) if f.has(cluster) and _opens(f)), None
            )
        return self._known[key]

    def _in_order(self, cluster: str, han: tuple[Script, ...]) -> Iterator[Font]:
        """All fonts, the one that suits a cluster best first."""
        if self._own is not None:
            yield self._own
        if unicodedata.category(cluster[0]) == "Co":
            return  # what a font has for private use is that font's own sign, not the sender's
        script = script_of_name(unicodedata.name(cluster[0], "")) or "latin"
        wanted = (script, *han) if script not in han else (*han, script)
        for each in dict.fromkeys((*wanted, "latin", *CANDIDATES)):
            yield from _system_fonts(each, self._folders)
            if each == "latin":
                yield shipped_font()
        yield from _any_fonts(self._folders)


@lru_cache(maxsize=1)
def shipped_font() -> Font:
    """The font of the package: Latin, Greek and Cyrillic, see ``fonts/README.md``."""
    regular, bold = (
        read_faces(SHIPPED / f"NotoSansLatin-{weight}.ttf")[0] for weight in ("Regular", "Bold")
    )
    return Font(regular, bold)


def _takes_any_font(cluster: str) -> bool:
    """Whether a space or a sign that belongs to no script stays in the font before it.

    ASCII keeps the Latin font, so that a model number looks the same in every line.
    """
    if cluster == " ":
        return True
    letter_or_digit = unicodedata.category(cluster[0])[0] in "LN"
    return not cluster[0].isascii() and not letter_or_digit


def _preset_font(path: Path) -> Font:
    cause: NotAFontError | None = None
    try:
        faces = read_faces(path)
        font = _in_two_weights(faces, faces[0].family)
        if _opens(font):
            return font
    except NotAFontError as error:
        cause = error
    raise PresetError(
        say("The font file of the sheets cannot be used."),
        hint=say("Name a font with outlines (.ttf, .otf or .ttc) that is not a colour font."),
        path=path,
    ) from cause


@lru_cache(maxsize=256)
def _opens(font: Font) -> bool:
    """Whether FreeType, which is to draw it, takes a font: it looks at more than its ``cmap``."""
    for face in {font.regular, font.bold}:
        try:
            ImageFont.truetype(str(face.path), 16, index=face.index).getbbox("H")
        except (OSError, ValueError):
            return False
    return True


@lru_cache(maxsize=64)
def _system_fonts(script: Script, folders: tuple[Path, ...]) -> tuple[Font, ...]:
    files = font_files(folders)
    found = (_candidate(candidate, files) for candidate in CANDIDATES[script])
    return tuple(font for font in found if font is not None)


def _candidate(candidate: Candidate, files: dict[str, Path]) -> Font | None:
    regular = _faces_of(files.get(candidate.regular.lower()))
    if candidate.family:
        named = tuple(face for face in regular if face.family == candidate.family)
        regular = named or regular[:1]
    if not regular:
        return None
    bold = _faces_of(files.get(candidate.bold.lower())) or regular
    return _in_two_weights((*regular, *bold), regular[0].family)


def _in_two_weights(faces: tuple[Face, ...], family: str) -> Font:
    """The plain and the bold face of a family; the first face where its styles have other names."""
    ours = [face for face in faces if face.family == family] or [faces[0]]
    regular = _styled(ours, _PLAIN_STYLES) or ours[0]
    return Font(regular, _styled(ours, _BOLD_STYLES) or regular)


def _styled(faces: list[Face], styles: tuple[str, ...]) -> Face | None:
    return next((face for style in styles for face in faces if face.style == style), None)


@lru_cache(maxsize=2048)
def _faces_of(path: Path | None) -> tuple[Face, ...]:
    if path is None:
        return ()
    try:
        return read_faces(path)
    except NotAFontError:
        return ()  # one of the system's fonts that is broken: others are asked


@lru_cache(maxsize=4)
def _any_fonts(folders: tuple[Path, ...]) -> tuple[Font, ...]:
    """Every font of the system, upright sans-serifs first: asked before a character is lost."""
    paths = [
        path for name, path in font_files(folders).items() if not name.startswith(_NO_REAL_FONTS)
    ]
    every = (_faces_of(path) for path in sorted(paths, key=_plainness))
    return tuple(Font(faces[0], faces[0]) for faces in every if faces)


def _plainness(path: Path) -> tuple[int, str]:
    name = path.name.lower()
    odd = ("italic", "oblique", "mono", "serif", "bold", "light", "black", "thin", "condensed")
    return sum(word in name for word in odd) - ("regular" in name), str(path)
