"""How much of a sheet is product: photoprep's layouts against ImageMagick's montage.

    python -m benchmarks.sheets FOLDER... [--pages FOLDER]

Takes 20 sets of 2 to 40 pictures from the folders, by turns, and prints for each the shown area
over the page's area: montage's (``-label %t -geometry 300x300+4+4``, run in earnest; its page's
size is that of its file, its pictures are fitted into 300 × 300 px) and that of the sheets that
photoprep makes: trimmed, in its own dress, with the same captions as montage's set in its own type,
every picture whole, each on pages of its own shape; without a title, which montage has not, and
with one. ``--pages`` draws pages of all layouts as SVG files, to look at.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from PIL import Image

from photoprep.errors import PhotoError
from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.preset_file import load_preset
from photoprep.sheet.caption_text import Caption, Styled
from photoprep.sheet.copies import copy_picture
from photoprep.sheet.dress import Dress
from photoprep.sheet.frame import page_rules
from photoprep.sheet.layout import Layout, lay_out
from photoprep.sheet.page import Box, Item, Page
from photoprep.sheet.task import CopyTask, copy_bounds
from photoprep.sheet.typist import Typist
from photoprep.sheet.words import Words

COUNTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40)
DRAWN_COUNTS = (1, 2, 3, 5, 8, 13, 24, 40)
LAYOUTS: tuple[Layout, ...] = ("auto", "grid", "justified", "hero")
LONGEST_PX, SMALLEST_PX = 944, 157  # 24 cm and 4 cm at 100 DPI, as the preset has them
RULES = page_rules(Dress(), LONGEST_PX, SMALLEST_PX, has_header=False)
TITLED = page_rules(Dress(), LONGEST_PX, SMALLEST_PX, has_header=True)
_CELL_PX = 300
_BOUNDS = copy_bounds(1, LONGEST_PX)


@dataclass(frozen=True)
class Photo:
    """A file, its size as it is shown upright, and what photoprep shows of it."""

    path: Path
    size_px: tuple[int, int]
    trimmed_px: tuple[int, int]


def main(folders: list[Path], pages_folder: Path | None) -> None:
    """Print the table, and draw the pages if asked."""
    set_up_decoders()
    pools = [pool for folder in folders if (pool := _photos(folder))]
    if not pools:
        print("no pictures found", file=sys.stderr)
        return
    if pages_folder is not None:
        _draw(pools, pages_folder)
    montage = shutil.which("montage")
    if montage is None:
        print("montage (ImageMagick) is not installed: nothing to measure against", file=sys.stderr)
        return
    _print_table(pools, montage)


def _photos(folder: Path) -> list[Photo]:
    """Every picture that Pillow opens, in the order of names; says what is left out."""
    photos = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            with Image.open(path) as opened:
                turned = opened.getexif().get(0x112, 1) >= 5
                size_px = opened.size[::-1] if turned else opened.size
            task = CopyTask(path, FileStamp.of(path), load_preset().photo, (_BOUNDS,))
            photos.append(Photo(path, size_px, copy_picture(task).of[_BOUNDS].item_size_px))
        except (OSError, ValueError, SyntaxError, PhotoError) as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)
    return photos


def _set(pools: list[list[Photo]], number: int) -> list[Photo]:
    """Set ``number``: each of the next folder, and each beginning at another picture.

    A folder that has fewer pictures than the set gives them again.
    """
    pool = pools[number % len(pools)]
    return [pool[(number * 7 + at) % len(pool)] for at in range(COUNTS[number])]


def _print_table(pools: list[list[Photo]], montage: str) -> None:
    print("| pictures | of | montage | auto | ratio | grid | justified | hero | with a title |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    ratios: dict[Layout, list[float]] = {layout: [] for layout in LAYOUTS}
    titled: list[float] = []
    for number, count in enumerate(COUNTS):
        photos = _set(pools, number)
        theirs = _montage_share(photos, montage)
        items = _items(photos)
        # No picture of these sets matters more than the others, as on an overview.
        pages = {layout: lay_out(items, RULES, layout, has_main=False) for layout in LAYOUTS}
        titled.append(float(_share(lay_out(items, TITLED, has_main=False))) / theirs)
        shares = {layout: float(_share(pages[layout])) for layout in LAYOUTS}
        for layout in LAYOUTS:
            ratios[layout].append(shares[layout] / theirs)
        of = photos[0].path.relative_to(photos[0].path.parents[1]).parts[0]
        print(
            f"| {count} | {of} | {theirs:.3f} | **{shares['auto']:.3f}** "
            f"| {shares['auto'] / theirs:.2f} | {shares['grid']:.3f} | {shares['justified']:.3f} "
            f"| {shares['hero']:.3f} | {titled[-1]:.2f} |",
            flush=True,
        )
    medians = ", ".join(f"{name} {statistics.median(ratios[name]):.3f}" for name in LAYOUTS)
    print(
        f"\nmedian ratios to montage: {medians}; the least of auto: {min(ratios['auto']):.2f}; "
        f"auto with a title: {statistics.median(titled):.3f}"
    )


def _items(photos: list[Photo]) -> list[Item]:
    captions = tuple(Caption((Styled(photo.path.stem),)) for photo in photos)
    words = Words(captions, ())
    measured = Typist(words).measured(words, Dress().caption_type_px, LONGEST_PX)
    return [
        Item(photo.trimmed_px, partial(measured.heights.height_px, place))
        for place, photo in enumerate(photos)
    ]


def _share(pages: list[Page]) -> Fraction:
    paper = sum(page.width_px * page.height_px for page in pages)
    return Fraction(sum(page.shown_px for page in pages), paper)


def _montage_share(photos: list[Photo], montage: str) -> float:
    """Of montage's own pages: its files tell their sizes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sheet.png"
        # It reads what is on its cells' scale: small copies of the same proportions make no other
        # page, and the real files of 24 megapixels would take minutes.
        copies = [_small_copy(photo, Path(folder), at) for at, photo in enumerate(photos)]
        geometry = f"{_CELL_PX}x{_CELL_PX}+4+4"
        subprocess.run([montage, "-label", "%t", *copies, "-geometry", geometry, out], check=True)
        paper = 0
        for made in sorted(Path(folder).glob("sheet*.png")):
            with Image.open(made) as opened:
                paper += opened.width * opened.height
    return sum(_fitted_area(photo.size_px) for photo in photos) / paper


def _small_copy(photo: Photo, folder: Path, at: int) -> Path:
    scale = min(1, 600 / max(photo.size_px))
    size_px = (max(1, round(photo.size_px[0] * scale)), max(1, round(photo.size_px[1] * scale)))
    # One folder each: equal names are equal labels.
    copy = folder / str(at) / f"{photo.path.stem}.png"
    copy.parent.mkdir()
    Image.new("RGB", size_px, "grey").save(copy)
    return copy


def _fitted_area(size_px: tuple[int, int]) -> int:
    """What ``-geometry 300x300`` makes of a picture: as large as fits, enlarged too."""
    scale = _CELL_PX / max(size_px)
    return round(size_px[0] * scale) * round(size_px[1] * scale)


def _draw(pools: list[list[Photo]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, pool in enumerate(pools):
        for count in DRAWN_COUNTS:
            photos = [pool[number % len(pool)] for number in range(count)]
            for layout in LAYOUTS:
                for number, page in enumerate(lay_out(_items(photos), RULES, layout), 1):
                    name = f"set-{at + 1}-{count:02}-{layout}-{number}.svg"
                    (folder / name).write_text(svg(page), encoding="utf-8")


def svg(page: Page) -> str:
    """The page with pictures in blue, captions in grey and headings in red."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{page.width_px}" '
        f'height="{page.height_px}">',
        '<rect width="100%" height="100%" fill="white" stroke="black"/>',
        *(_rectangle(box, "#c44") for _, box in page.headings),
    ]
    for cell in page.cells:
        lines += [_rectangle(cell.picture, "#48a"), _rectangle(cell.caption, "#ccc")]
        x, y = cell.picture.x_px + 4, cell.picture.y_px + 16
        lines.append(f'<text x="{x}" y="{y}" fill="white">{cell.index + 1}</text>')
    return "\n".join([*lines, "</svg>"])


def _rectangle(box: Box, colour: str) -> str:
    return (
        f'<rect x="{box.x_px}" y="{box.y_px}" width="{box.width_px}" '
        f'height="{box.height_px}" fill="{colour}"/>'
    )


def _arguments(words: list[str]) -> Iterator[tuple[list[Path], Path | None]]:
    if "--pages" in words:
        at = words.index("--pages")
        yield [Path(word) for word in words[:at] + words[at + 2 :]], Path(words[at + 1])
    else:
        yield [Path(word) for word in words], None


if __name__ == "__main__":
    main(*next(_arguments(sys.argv[1:])))
