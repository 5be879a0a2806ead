"""The pages of docs/: their code holds, and their commands are there.

What is to be typed is run by ``tests/howtos.py`` with an installed photoprep, the Python of
api.md, plugins.md and README.md by their own tests.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.main import get_command

from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.cli import app
from photoprep.preset_file import load_preset
from photoprep.watch.batch import BatchSettings
from photoprep.watch.config import load_config
from photoprep.watch.settings import batch_settings
from tests.api.documented import ROOT, blocks_of
from tests.test_readmes import OPTION, SPAN

DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
RUN_ELSEWHERE = {"api.md", "plugins.md"}
HALF_TYPED = {"photoprep FOLDER --cust"}  # before the Tab key
_INDENTED = re.compile(r"^ {4}(photoprep .+)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_code_holds(page: str, tmp_path: Path) -> None:
    for block in blocks_of(page):
        if block.name:
            assert page in RUN_ELSEWHERE
        elif block.language == "toml":
            check_toml(block.text, tmp_path)
        elif block.language == "python":
            compile(block.text, page, "exec")
            assert page in RUN_ELSEWHERE | {"cluster.md"}  # which needs a cluster
        elif block.language == "json":
            assert json.loads(block.text)
        elif block.language == "yaml":
            assert page == "cluster.md"  # Dask's own settings
        else:
            assert block.language == "text"


def check_toml(text: str, folder: Path) -> None:
    """That a file of this kind, which its keys tell, is read as it stands."""
    keys = set(tomllib.loads(text))
    file = folder / "photoprep.toml"
    file.write_text(text, encoding="utf-8")
    if "schema" in keys:
        load_preset(file)
    elif keys and keys <= {"mail", "letter"}:  # a part of a preset
        file.write_text(f'schema = 1\nextends = "trade-email"\n\n{text}', encoding="utf-8")
        load_preset(file)
    elif keys and keys <= {"archive", "after"}:
        (folder / "inbox").mkdir(exist_ok=True)
        load_config(folder / "inbox", file)
    elif keys and keys <= {"customer", "language", "preset"}:
        batch_settings(folder, BatchSettings("trade-email"))
    elif keys and keys <= {"views", "kinds"}:
        load_vocabulary(file)
    else:
        assert keys <= {"product"}  # a list of the products, which test_manifest_docs reads


@pytest.mark.parametrize("name", sorted(path.name for path in DOCS.glob("*.svg")))
def test_no_drawing_asks_a_network_for_anything(name: str) -> None:
    drawing = (DOCS / name).read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawing)  # noqa: S314  (our own)
    assert root.tag.endswith("svg")
    assert re.findall(r"(?:url\(|href=|src=|@import)\s*[\"']?(?:https?:)?//", drawing) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_there_with_its_options(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    typed = [each for each in SPAN.findall(text) if each.startswith("photoprep ")]
    for line in typed + [each.partition("  ")[0] for each in _INDENTED.findall(text)]:
        command = get_command(app)
        words = line.split()[1:]
        while words and re.fullmatch("[a-z]+", words[0]) and hasattr(command, "commands"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        if hasattr(command, "commands"):
            command = command.commands["prepare"] if words else command
        if line in HALF_TYPED:
            continue
        known = {option for each in command.params for option in each.opts}
        of_all = {"--lang", "--help", "--version", "--install-completion"}
        assert set(OPTION.findall(line)) <= known | of_all, line
