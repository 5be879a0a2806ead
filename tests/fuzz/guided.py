"""Coverage-guided fuzzing of photoprep's own parsing, by atheris (libFuzzer).

    python -m tests.fuzz.guided TARGET [--seconds N] [--findings FOLDER]

for every target of ``targets``. atheris is no dependency of the project; where it is not installed,
files are spoiled as ``tests.fuzz`` does, blind to coverage. Ends with 1 at the first finding, whose
bytes are saved.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.mutations import mutant_of
from tests.fuzz.targets import PARSERS, Parser

# A file that one parser turns over for so long, or that takes so much memory, is a finding.
_LIMIT_S = 10
_LIMIT_MB = 1000
_MOST_BYTES = 20_000


def main() -> int:
    """Look for bytes that break one target."""
    arguments = _parsed()
    parser = PARSERS[arguments.target]
    arguments.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            import atheris
        except ImportError:
            _say("atheris is not installed: files are spoiled without looking at coverage.")
            return _unguided(parser, Path(folder), arguments)
        path = Path(folder) / "file"
        with atheris.instrument_imports(include=["photoprep"]):
            parser.target(b"", path)  # loads what it tests, before seeds load some of it
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(parser.seeds()):
            (corpus / str(number)).write_bytes(seed.data)
        options = [
            f"-max_total_time={arguments.seconds}",
            f"-timeout={_LIMIT_S}",
            f"-rss_limit_mb={_peak_mb() + _LIMIT_MB}",
            f"-max_len={_MOST_BYTES}",
            f"-artifact_prefix={arguments.findings}/{arguments.target}-",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: parser.target(data, path))
        atheris.Fuzz()  # ends the process itself
    return 0


def _peak_mb() -> int:
    """The most memory this process has had, which is what libFuzzer holds against its limit.

    Linux hands it down from a parent that was larger, such as a test suite (getrusage(2)).
    """
    import resource  # none on Windows, which has no atheris either

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("target", choices=PARSERS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    return parser.parse_args()


def _unguided(parser: Parser, folder: Path, arguments: argparse.Namespace) -> int:
    seeds, rng = list(parser.seeds()), random.Random(1)
    until_s, tries = time.monotonic() + arguments.seconds, 0
    while time.monotonic() < until_s:
        mutant = mutant_of(rng, rng.choice(seeds), rng.choice(seeds))
        tries += 1
        try:
            parser.target(mutant.data, folder / "file")
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the finding)
            (arguments.findings / f"{arguments.target}-{tries}").write_bytes(mutant.data)
            _say(f"FINDING {tries}: {error!r}, {'; '.join(mutant.recipe)}")
            return 1
    _say(f"{tries} tries, no findings")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
