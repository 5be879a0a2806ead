"""How photoprep was installed is told by what installers leave."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from photoprep.doctor.installed import EXTRAS, look_at_installation
from tests.support import written


def test_pipx_is_known_by_its_record(tmp_path: Path) -> None:
    written(tmp_path / "pipx_metadata.json", "{}")
    assert look_at_installation(tmp_path).installer == "pipx"


@pytest.mark.parametrize(
    ("receipt", "source", "extras"),
    [
        ('[{ name = "photoprep" }]', "", ()),
        ('[{ name = "x" }, { name = "photoprep", extras = ["raw"] }]', "", ("raw",)),
        ('[{ name = "photoprep", path = "/a b/p.whl" }]', "/a b/p.whl", ()),
        (
            '[{ name = "photoprep", git = "https://example.org/p" }]',
            "git+https://example.org/p",
            (),
        ),
        ('"nonsense"', "", ()),
    ],
)
def test_uv_tells_what_it_was_told(
    tmp_path: Path, receipt: str, source: str, extras: tuple[str, ...]
) -> None:
    written(tmp_path / "uv-receipt.toml", f"[tool]\nrequirements = {receipt}\n")
    here = look_at_installation(tmp_path)
    assert (here.installer, here.source, here.extras) == ("uv tool", source, extras)


def test_a_single_file_is_known_by_its_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert look_at_installation(tmp_path).installer == "single file"


def test_every_extra_is_known_with_what_it_installs() -> None:
    requirements = dict(look_at_installation().requirements)
    assert set(requirements) == set(EXTRAS)
    assert [each.split(">")[0] for each in requirements["raw"]] == ["rawpy"]
    assert all(requirements.values())
