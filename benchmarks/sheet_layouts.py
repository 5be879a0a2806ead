"""Every layout of a sheet at several counts, on one page: ``docs/sheets.jpg``.

    python -m benchmarks.sheet_layouts [--sheets FOLDER] [--out FILE]

The sheets are made as ``photoprep sheet --layout`` makes them, from the demo's pictures, which come
again where a sheet has more; the last fifth is accessories that a quotation does not include. The
left half has Latin captions, the right half Chinese ones. ``--sheets`` keeps the single sheets, to
look at each in its own size.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from photoprep.catalogue.scan import scan
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.demo import make_demo_folder
from photoprep.language import Language
from photoprep.outcome import Subject
from photoprep.photo.fit import fit_jpeg
from photoprep.preset import SheetLayout
from photoprep.preset_file import load_preset
from photoprep.sheet.fonts import shipped_font
from photoprep.walk.crew import Team, photo_crew
from photoprep.walk.intake import Candidate, take_in
from photoprep.walk.sheet_copies import CopyShelf
from photoprep.walk.sheet_pages import MadePages, Studio
from photoprep.walk.sheet_plans import SheetPlan, SheetWords, plan_one_sheet
from photoprep.walk.sheeting import sheet_photo_spec
from photoprep.workers import usable_cores

COUNTS = (2, 3, 5, 8, 13, 24)
LAYOUTS: tuple[SheetLayout, ...] = ("grid", "justified", "hero")
LANGUAGES: tuple[Language, ...] = ("en", "zh")
MOST_BYTES = 400_000
_MEGAPIXELS = 4.0  # more than twice the largest cell, each way
_DATE = datetime.date(2026, 11, 23)
_CELL_PX, _GAP_PX, _EDGE_PX, _HEAD_PX, _LABEL_PX = 300, 16, 24, 32, 22
_PAPER, _INK = "#e6e6e6", "#222222"
_APART = "accessory-not-included"


@dataclass(frozen=True)
class Sample:
    """A picture of the demo, and what it shows in both languages."""

    file: str
    subjects: dict[Language, Subject]


def _sample(file: str, english: tuple[str, ...], chinese: tuple[str, ...]) -> Sample:
    """Each as (product, model, view, colour, label)."""
    subjects: dict[Language, Subject] = {
        language: Subject(product, model, view, colour, label=label)
        for language, (product, model, view, colour, label) in zip(
            LANGUAGES, (english, chinese), strict=True
        )
    }
    return Sample(file, subjects)


PRODUCTS = (
    _sample(
        "Toolbox X100/X100 closed.jpg",
        ("Toolbox", "X100", "closed", "red", ""),
        ("工具箱", "X100", "closed", "红色", ""),
    ),
    _sample(
        "手电筒 T7/T7 正面.jpg",
        ("Torch", "T7", "front", "", ""),
        ("手电筒", "T7", "front", "", ""),
    ),
    _sample(
        "Lunch Box L20/L20 closed.jpg",
        ("Lunch Box", "L20", "closed", "green", "1.2 l"),
        ("饭盒", "L20", "closed", "绿色", "1.2 升"),
    ),
    _sample(
        "Toolbox X100/X100 open.jpg",
        ("Toolbox", "X100", "open", "", "two trays that lift out, with room for a drill"),
        ("工具箱", "X100", "open", "", "内有两层可取出的托盘，可放置电钻"),
    ),
    _sample(
        "手电筒 T7/T7 背面.heic",
        ("Torch", "T7", "back", "", ""),
        ("手电筒", "T7", "back", "", ""),
    ),
    _sample(
        "Lunch Box L20/L20 open.jpg",
        ("Lunch Box", "L20", "open", "green", ""),
        ("饭盒", "L20", "open", "绿色", ""),
    ),
    _sample(
        "手电筒 T7/T7 打开.jpg",
        ("Torch", "T7", "open", "", "1200 lm"),
        ("手电筒", "T7", "open", "", "1200 流明"),
    ),
    _sample(
        "Toolbox X100/X100 back.jpg",
        ("Toolbox", "X100", "back", "red", ""),
        ("工具箱", "X100", "back", "红色", ""),
    ),
)
ACCESSORIES = (
    _sample(
        "accessories/shoulder strap.jpg",
        ("Toolbox", "X100", _APART, "", "shoulder strap"),
        ("工具箱", "X100", _APART, "", "背带"),
    ),
    _sample(
        "accessories/T7 battery.png",
        ("Torch", "T7", _APART, "", "battery"),
        ("手电筒", "T7", _APART, "", "电池"),
    ),
)


def samples(count: int) -> list[Sample]:
    """So many pictures; from five on, the last fifth is accessories."""
    apart = count // 5
    return [
        *(PRODUCTS[at % len(PRODUCTS)] for at in range(count - apart)),
        *(ACCESSORIES[at % len(ACCESSORIES)] for at in range(apart)),
    ]


def plan(count: int, language: Language) -> SheetPlan:
    """The sheet of so many pictures, with a title."""
    company = {"en": "Harbour Trading Ltd", "zh": "海港贸易有限公司"}[language]
    words = SheetWords(load_preset().sheet.caption, language, company, "C0123", _DATE)
    pictures = [(sample.file, sample.subjects[language]) for sample in samples(count)]
    title = {"en": "Tools and lunch boxes", "zh": "工具与饭盒"}[language]
    return plan_one_sheet(pictures, title, words)


def make(
    layout: SheetLayout, language: Language, candidates: dict[str, Candidate], folder: Path
) -> dict[int, MadePages]:
    """The sheets of every count in one layout and language."""
    preset = load_preset()
    sheet = replace(preset.sheet, layout=layout)
    with photo_crew(usable_cores()) as crew:
        spec = sheet_photo_spec(preset, sheet.max_bytes)
        shelf = CopyShelf(sheet, spec, candidates, folder)
        team = Team(crew, usable_cores(), None)
        studio = Studio(sheet, spec, shelf, team, language=language)
        return studio.make({count: plan(count, language) for count in COUNTS})


def main(out: Path, sheets_folder: Path | None) -> None:
    """Make all sheets, the page of them, and say what each weighs."""
    with tempfile.TemporaryDirectory() as place:
        demo = Path(place) / "demo"
        make_demo_folder(demo, megapixels=_MEGAPIXELS)
        rows = take_in(scan([demo]), load_vocabulary()).candidates
        candidates = {row.name: row for row in rows}
        made = {
            (layout, language): make(layout, language, candidates, Path(place))
            for language in LANGUAGES
            for layout in (*LAYOUTS, "auto")
        }
    print("| pictures | captions | layout | pages | bytes | quality |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (layout, language), sheets in made.items():
        for count, pages in sheets.items():
            jpegs = [page.made.jpeg for page in pages.pages]
            sizes = ", ".join(f"{jpeg.width_px} × {jpeg.height_px}" for jpeg in jpegs)
            weights = ", ".join(f"{len(jpeg.data):,}" for jpeg in jpegs)
            quality = ", ".join(f"{jpeg.quality:.0f}" for jpeg in jpegs)
            print(f"| {count} | {language} | {layout} | {sizes} | {weights} | {quality} |")
            for said in (
                *((note.code, note.message) for note in pages.notes),
                *((finding.code, finding.message) for finding in pages.failures),
            ):
                print("  " + ": ".join(said))
            if sheets_folder is not None:
                sheets_folder.mkdir(parents=True, exist_ok=True)
                for number, jpeg in enumerate(jpegs, start=1):
                    name = f"{count:02}-{layout}-{language}-{number}.jpg"
                    (sheets_folder / name).write_bytes(jpeg.data)
    _save(_contact_page(made), out)


def _contact_page(
    made: dict[tuple[SheetLayout, Language], dict[int, MadePages]],
) -> Image.Image:
    columns = [(layout, language) for language in LANGUAGES for layout in LAYOUTS]
    shown = {
        count: [_side_by_side(_pages(made[column][count])) for column in columns]
        for count in COUNTS
    }
    highs = {count: max(one.height for one in row) for count, row in shown.items()}
    step_x = _CELL_PX + _GAP_PX
    wide = 2 * _EDGE_PX + len(columns) * step_x - _GAP_PX
    high = 2 * _EDGE_PX + _HEAD_PX - _GAP_PX
    high += sum(row_high + _LABEL_PX + _GAP_PX for row_high in highs.values())
    paper = Image.new("RGB", (wide, high), _PAPER)
    draw = ImageDraw.Draw(paper)
    font = shipped_font()
    bold = ImageFont.truetype(str(font.bold.path), 20)
    small = ImageFont.truetype(str(font.regular.path), 15)
    for at, (layout, _) in enumerate(columns):
        draw.text((_EDGE_PX + at * step_x, _EDGE_PX), layout, fill=_INK, font=bold)
    y = _EDGE_PX + _HEAD_PX
    for count, row in shown.items():
        for at, (layout, language) in enumerate(columns):
            x = _EDGE_PX + at * step_x
            paper.paste(row[at], (x, y))
            one, auto = (made[each, language][count] for each in (layout, "auto"))
            label = f"{count} pictures" + (f", {len(one.pages)} pages" if one.pages[1:] else "")
            label += "; auto takes this one" if _bytes(auto) == _bytes(one) else ""
            draw.text((x, y + row[at].height + 3), label, fill=_INK, font=small)
        y += highs[count] + _LABEL_PX + _GAP_PX
    return paper


def _bytes(made: MadePages) -> list[bytes]:
    return [page.made.jpeg.data for page in made.pages]


def _pages(made: MadePages) -> list[Image.Image]:
    return [Image.open(BytesIO(data)).convert("RGB") for data in _bytes(made)]


def _side_by_side(pages: list[Image.Image]) -> Image.Image:
    """The pages of one sheet beside each other, within a square."""
    wide, high = sum(page.width for page in pages), max(page.height for page in pages)
    gap_px = 8
    scale = min((_CELL_PX - gap_px * (len(pages) - 1)) / wide, _CELL_PX / high)
    together = Image.new("RGB", (_CELL_PX, round(high * scale)), _PAPER)
    x = 0
    for page in pages:
        size_px = (int(page.width * scale), int(page.height * scale))
        together.paste(page.resize(size_px, Image.Resampling.LANCZOS), (x, 0))
        x += size_px[0] + gap_px
    return together


def _save(page: Image.Image, out: Path) -> None:
    """Within ``MOST_BYTES``, by photoprep's own encoder."""
    spec = replace(load_preset().photo, max_bytes=MOST_BYTES, min_quality=1)
    longest_px = max(page.size)
    dpi = round(longest_px * 2.54 / float(spec.longest_side_cm))
    spec = replace(spec, dpi_max=dpi, dpi_min=dpi)
    jpeg = fit_jpeg(lambda _size: page, page.size, spec, icc_profile=b"", whole_chroma=True)
    out.write_bytes(jpeg.data)
    print(f"\n{out}: {page.width} × {page.height} px, {len(jpeg.data):,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/sheets.jpg"))
    parser.add_argument("--sheets", type=Path)
    given = parser.parse_args()
    main(given.out, given.sheets)
