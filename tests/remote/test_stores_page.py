"""What docs/stores.md and the READMEs tell one to type about stores, typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.api.documented import ROOT
from tests.archives import zipped
from tests.remote.stores import RealStore
from tests.support import photoprep, small_photo

TYPED = re.compile(r"(?:^ {4}|`)photoprep ([^`\n]*?s3://.*?)(?: {2,}.*)?(?:`|$)", re.MULTILINE)
NEEDS_A_CLUSTER = "--cluster"  # which tests/remote/test_cluster_and_store.py has


def told() -> list[str]:
    pages = [ROOT / "docs/stores.md", ROOT / "README.md", ROOT / "README.zh.md"]
    found = [typed for page in pages for typed in TYPED.findall(page.read_text(encoding="utf-8"))]
    return [typed for typed in dict.fromkeys(found) if NEEDS_A_CLUSTER not in typed]


@pytest.mark.parametrize("typed", told())
def test_what_the_page_tells_to_type_goes_well(
    store: RealStore, tmp_path: Path, typed: str
) -> None:
    for number, view in enumerate(["closed", "open"]):
        small_photo(tmp_path / f"FOLDER/Lamp L2/{view}.png", number)
    store.put_folder(tmp_path / "FOLDER", "catalogue")
    store.put("factory.zip", zipped(tmp_path / "factory.zip", tmp_path / "FOLDER").read_bytes())
    ran = photoprep(*shlex.split(typed), cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_page_has_them() -> None:
    assert len(told()) >= 4
    assert any("--out s3://" in typed for typed in told())
