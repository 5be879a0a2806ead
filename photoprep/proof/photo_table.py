"""The finished photos and sheets of a run, a line each, in as many columns as a terminal has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from photoprep.language import Language, in_language, say, say_list
from photoprep.outcome import Prepared, Reused
from photoprep.proof.cells import print_filled
from photoprep.proof.columns import (
    Column,
    column,
    print_columns,
    table_lines,
    table_width_cells,
)
from photoprep.removed import REMOVED, say_removed
from photoprep.report import WrittenSheet
from photoprep.units import say_bytes, say_cm


def print_photos(photos: Sequence[Prepared | Reused], console: Console, language: Language) -> None:
    """Each photo's figures and where it came from.

    In one line where the terminal is wide; else the origin has a second one, and where a name is
    too long for its figures beside it, they have theirs. No name is ever broken.
    """
    if not photos:
        return
    columns = _figures(photos, language)
    sampling = [photo.jpeg.chroma_subsampling for photo in photos]
    chroma = column(say("chroma"), sampling, language)
    origins = [_origin(photo, language) for photo in photos]
    origin = column(say("from"), origins, language, style="dim", to_the_left=True)
    in_full = [*columns, chroma]
    if _fits([*in_full, origin], console):
        print_columns([*in_full, origin], console)
    elif _fits([*columns, origin], console):
        print_columns([*columns, origin], console)
    elif _fits(columns, console):
        _print_above_origins(in_full if _fits(in_full, console) else columns, origins, console)
    else:
        _print_stacked(columns, origins, console)
    _print_removed(photos, console, language)
    console.print()


def _print_removed(
    photos: Sequence[Prepared | Reused], console: Console, language: Language
) -> None:
    """What of the originals' metadata stayed at home, and of how many photos."""
    counts = Counter(kind for photo in photos for kind in photo.jpeg.removed)
    if counts:
        kinds = say_list(
            say("{kind} ({count})", kind=say_removed(kind), count=counts[kind])
            for kind in REMOVED
            if counts[kind]
        )
        said = say("Metadata removed, from so many photos: {kinds}.", kinds=kinds)
        console.print()
        print_filled(in_language(said, language), console)


def _fits(columns: Sequence[Column], console: Console) -> bool:
    return table_width_cells(columns) <= console.width


def print_sheets(sheets: Sequence[WrittenSheet], console: Console, language: Language) -> None:
    """One line a sheet."""
    if not sheets:
        return
    names = [sheet.output.rpartition("/")[2] for sheet in sheets]
    figures = {
        say("size"): [say_bytes(sheet.size_bytes) for sheet in sheets],
        say("pixels"): [f"{sheet.width_px}×{sheet.height_px}" for sheet in sheets],
        say("quality"): [f"{sheet.quality:.1f}" for sheet in sheets],
        say("pictures"): [str(len(sheet.cells)) for sheet in sheets],
    }
    name = column(say("Sheet"), names, language, to_the_left=True)
    print_columns(
        [name, *(column(title, cells, language) for title, cells in figures.items())], console
    )
    console.print()


def _figures(photos: Sequence[Prepared | Reused], language: Language) -> list[Column]:
    """Name, size, pixels, longest side and quality of each photo."""
    jpegs = [photo.jpeg for photo in photos]
    names = [jpeg.output.rpartition("/")[2] for jpeg in jpegs]
    figures = {
        say("size"): [say_bytes(jpeg.size_bytes) for jpeg in jpegs],
        say("pixels"): [f"{jpeg.width_px}×{jpeg.height_px}" for jpeg in jpegs],
        say("longest side"): [
            f"{say_cm(max(jpeg.width_px, jpeg.height_px), jpeg.dpi)}, {jpeg.dpi} DPI"
            for jpeg in jpegs
        ],
        say("quality"): [f"{jpeg.quality:.1f}" for jpeg in jpegs],
    }
    name = column(say("Photo"), names, language, to_the_left=True)
    return [name, *(column(title, cells, language) for title, cells in figures.items())]


def _origin(photo: Prepared | Reused, language: Language) -> str:
    jpeg = photo.jpeg
    parts = [
        photo.source,
        say_bytes(jpeg.source_bytes),
        f"{jpeg.source_width_px}×{jpeg.source_height_px}",
    ]
    if jpeg.colour_from:
        parts.append(jpeg.colour_from)
    if isinstance(photo, Reused):
        parts.append(in_language(say("unchanged"), language))
    return ", ".join(parts)


def _print_above_origins(
    columns: Sequence[Column], origins: Sequence[str], console: Console
) -> None:
    heading, *rows = table_lines(columns)
    console.print(heading, highlight=False, soft_wrap=True)
    for row, origin in zip(rows, origins, strict=True):
        console.print(row, highlight=False, soft_wrap=True)
        print_filled(origin, console, indent_cells=2, style="dim")


def _print_stacked(columns: Sequence[Column], origins: Sequence[str], console: Console) -> None:
    """A name, its figures, its origin: one below the other."""
    name, *figures, quality = columns
    for place, origin in enumerate(origins):
        console.print(escape(name.cells[place]), highlight=False, soft_wrap=True)
        told = [each.cells[place] for each in figures]
        told.append(f"{quality.heading} {quality.cells[place]}")
        print_filled("  ".join(told), console, indent_cells=2)
        print_filled(origin, console, indent_cells=2, style="dim")
