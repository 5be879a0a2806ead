"""The examples of docs/api.md run as they stand there, and print what they say they print."""

from __future__ import annotations

from pathlib import Path

import photoprep
from tests.api.documented import ROOT, examples_of, run_as_program
from tests.support import contents, small_photo, written


def the_folder_of_the_page(folder: Path) -> None:
    for number, name in enumerate(["closed", "open"]):
        small_photo(folder / f"Toolbox X100/X100 {name}.jpg", number, (1600, 1200))
    small_photo(folder / "Lamp L2/L2 front.jpg", 5, (1600, 1200))
    written(folder / "Toolbox X100/X100 back.jpg", "no picture")
    written(folder / "price list.txt", "12 USD")


def test_every_example_prints_what_the_page_says(tmp_path: Path) -> None:
    the_folder_of_the_page(tmp_path / "Enquiry")
    before = contents(tmp_path / "Enquiry")
    examples = examples_of("api.md")
    assert len(examples) >= 7
    for code, printed in examples:
        assert run_as_program(code, tmp_path) == printed
    assert contents(tmp_path / "Enquiry") == before


def test_the_readmes_example_runs_as_it_stands(tmp_path: Path) -> None:
    the_folder_of_the_page(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    first, second, failed = run_as_program(code, tmp_path).splitlines()
    assert first.startswith("X100 closed.jpg → photos/Toolbox_X100_closed_")
    assert second.startswith("X100 open.jpg → photos/Toolbox_X100_open_")
    assert failed.startswith("X100 back.jpg ✗ The file is named .jpg")


def test_the_page_names_every_function_and_error() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in photoprep.__all__:
        public = getattr(photoprep, name)
        is_told = callable(public) and not isinstance(public, type)
        is_error = isinstance(public, type) and issubclass(public, Exception)
        if (is_told or is_error) and name not in {"save_profile", "PhotoError"}:
            assert f"`{name}`" in page or f"{name}(" in page or f" {name}" in page, name
