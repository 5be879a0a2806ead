"""The pictures of the page: every language, look and width, to be looked at and for the README.

    python -m benchmarks.page_screenshots [--to FOLDER]

Prepares the demo in English and in Chinese and photographs its pages in Chromium. ``page.png`` and
``page-depth.png`` are those that the README shows, of the run that docs/summary.svg shows as well;
without ``--to`` they go to docs/, and the others to the system's temporary folder.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from photoprep import prepare
from photoprep.demo import make_demo_folder
from photoprep.language import Language
from photoprep.profile import SenderProfile

DOCS = Path(__file__).parent.parent / "docs"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SENDER = SenderProfile("Li Wei", "Sales Manager", "Example Tools Co., Ltd.", email="li@example.com")
README = ("page", "page-depth")
TOOLBOX = 'li.picture a[data-title*="Toolbox X100"]'


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to be taken: of the page from above, or ``deep`` of one picture in it."""

    name: str
    language: Language
    scheme: str
    width_px: int
    height_px: int
    deep: bool = False
    scale: float = 1


def shots() -> Iterator[Shot]:
    """Every picture: languages × looks × widths, whole and in depth, and the README's two."""
    for language in ("en", "zh"):
        for scheme in ("light", "dark"):
            for what, width_px, height_px in (("wide", 1280, 900), ("phone", 390, 844)):
                name = f"{language}-{scheme}-{what}"
                yield Shot(name, language, scheme, width_px, height_px, scale=2)
                yield Shot(f"{name}-depth", language, scheme, width_px, height_px, True, 2)
    yield Shot("page", "en", "light", 1200, 1240)
    yield Shot("page-depth", "en", "dark", 1200, 760, deep=True)


def take(browser: Browser, page_file: Path, shot: Shot, to: Path) -> None:
    """Photograph a page as the shot says."""
    context = browser.new_context(
        viewport={"width": shot.width_px, "height": shot.height_px},
        device_scale_factor=shot.scale,
        color_scheme="dark" if shot.scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    if shot.deep:
        page.locator(TOOLBOX).first.click()
        _wait_for_pictures(page)
    page.wait_for_timeout(300)
    page.screenshot(path=to)
    context.close()
    if shot.name in README:
        _with_few_colours(to, is_photo=shot.deep)


def _with_few_colours(picture: Path, *, is_photo: bool) -> None:
    """Write a PNG again in less than half of its bytes."""
    colours = Image.open(picture).convert("RGB")
    few = colours.quantize(256)
    if is_photo:  # else smooth grounds would lie in bands
        few = colours.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(picture, optimize=True)


def _wait_for_pictures(page: Page) -> None:
    page.wait_for_function(
        "[...document.querySelectorAll('#compare img')].every((each) => each.complete)"
    )


def main() -> None:
    """Prepare the demo twice and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args()
    others = asked.to or Path(tempfile.mkdtemp(prefix="pages-"))
    others.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        photos = Path(place) / "photoprep-demo"
        make_demo_folder(photos)
        pages = {}
        for language in ("en", "zh"):
            out = Path(place) / language / "photoprep-demo-prepared"
            out.parent.mkdir()
            prepare(photos, out=out, language=language, customer="C0123", profile=SENDER)
            pages[language] = out / "report.html"
        first_run = Path(place) / "photoprep-demo-prepared"
        prepare(photos, out=first_run)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in shots():
            is_of_readme = shot.name in README
            folder = DOCS if is_of_readme and asked.to is None else others
            to = folder / f"{shot.name}.png"
            page = first_run / "report.html" if is_of_readme else pages[shot.language]
            take(browser, page, shot, to)
            print(to)
        browser.close()


if __name__ == "__main__":
    main()
