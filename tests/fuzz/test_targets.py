"""photoprep's own parsers on whole files, spoiled ones and nonsense."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.mutations import mutant_of
from tests.fuzz.targets import PARSERS

SPOILED = 300


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_withstands_whole_files_and_spoiled_ones(name: str, tmp_path: Path) -> None:
    parser, rng = PARSERS[name], random.Random(5)
    seeds = list(parser.seeds())
    for seed in seeds:
        parser.target(seed.data, tmp_path / "file")
    for _ in range(SPOILED):
        mutant = mutant_of(rng, rng.choice(seeds), rng.choice(seeds))
        parser.target(mutant.data, tmp_path / "file")
    for length in range(20):
        parser.target(rng.randbytes(length), tmp_path / "file")


def test_the_guided_command_works_with_atheris_and_without(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz.guided", "sizes", "--seconds", "1"]
    told = subprocess.run(
        [*command, "--findings", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert told.returncode == 0, told.stderr
    assert list(tmp_path.iterdir()) == []
