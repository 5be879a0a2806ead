"""What is installed is told as Python's own way tells it, and without that."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from photoprep.installed import plugin_entries, version_of
from tests.plugin.distributions import by_hand


def test_versions_are_those_that_python_tells() -> None:
    told = 0
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if (Path(str(distribution.locate_file(""))) / "x").parent.is_dir() and version_of(name):
            assert version_of(name) == metadata.version(name), name
            told += 1
    assert told > 20
    assert version_of("Pillow") == version_of("pillow") == metadata.version("pillow")
    assert version_of("pyvips-binary") == metadata.version("pyvips_binary")
    assert version_of("not-installed-at-all") == ""


def test_plugins_are_those_that_python_tells(
    qoi_plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = "\n# toy = no:where\n  toy.2 = toy_plugin.inner:A.B [extra]\n\n"
    by_hand(tmp_path, "Toy.Plugin", entries={"photoprep.decoders": entries}, modules={})
    older = tmp_path / "older"
    by_hand(older, "toy_plugin", "0.9", entries={"photoprep.decoders": "o = o:O"}, modules={})
    by_hand(older, "odd", entries={"photoprep_not.ours": "o = o:O"}, modules={})
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(qoi_plugin), str(older), *sys.path])
    for group in ("photoprep.decoders", "photoprep.delivery"):
        ours = {(each.name, each.value) for each in plugin_entries(group)}
        theirs = metadata.entry_points(group=group)
        without_extras = {(each.name, re.sub(r"\s*\[.*", "", each.value)) for each in theirs}
        assert ours == without_extras != set()
    [toy, _] = plugin_entries("photoprep.decoders")
    assert (toy.name, toy.value, toy.plugin) == ("toy.2", "toy_plugin.inner:A.B", "Toy.Plugin 1.0")


def test_without_plugins_nothing_is_loaded_for_them() -> None:
    code = (
        "import sys\n"
        "from photoprep.pipeline import prepare\n"
        "from photoprep.photo.task import load_room\n"
        "from photoprep.walk.recipes import refusal_recipe\n"
        "load_room()\n"
        "assert refusal_recipe('x') == 'x'\n"
        "print({'importlib.metadata', 'photoprep.plugins', 'photoprep.plugged'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
