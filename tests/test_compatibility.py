"""What is declared can be tried: one lower bound each, the same in pyproject.toml and in words."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.compatibility import CHOSEN, ROOT, at_its_oldest, declared, pythons

DOCUMENT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_dependency_has_one_lower_bound() -> None:
    requirements = declared(DOCUMENT)
    assert len(requirements) >= 19
    oldest = {name.partition("=")[0]: name for name in map(at_its_oldest, requirements)}
    assert len(oldest) == len(requirements)
    assert oldest["pyvips[binary]"].startswith("pyvips[binary]==")
    assert "python_version" in oldest["backports.zstd"]


@pytest.mark.parametrize("text", ["numpy", "numpy>=2,<3", "numpy>=2,>=2.1", "numpy~=2.0"])
def test_what_cannot_be_pinned_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one lower bound"):
        at_its_oldest(Requirement(text))


def test_the_table_of_libraries_has_the_same_bounds() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    bounds = {each.name: SpecifierSet(str(each.specifier)) for each in declared(DOCUMENT)}
    rows = re.findall(r"^\| ([\w.-]+)(?:\[\w+\])? ≥ ([\d.]+)", table, re.MULTILINE)
    told = {name: SpecifierSet(f">={version}") for name, version in rows if name in bounds}
    assert len(told) >= 12
    assert told == {name: bounds[name] for name in told}


def test_the_chosen_tests_are_there() -> None:
    assert all((ROOT / path).exists() for path in CHOSEN)


def test_this_python_is_found_or_a_later_patch_of_it() -> None:
    found = pythons((3, 11))
    assert found
    assert all(python.version[:2] >= (3, 11) for python in found)
