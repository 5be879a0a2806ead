"""Spoiled photos through the product's own workers.

    python -m tests.fuzz [--count N] [--seed N] [--jobs N] [--only INDEX …] [FOLDER …]

Pictures of the folders (by default the real photos beside the repository) and drawn ones are
spoiled in ways that know their formats, and prepared. Each must end as a photo that keeps every
promise or as a refusal of its own kind, in time and within memory. What does not is saved with its
recipe in ``--findings``; a trial is the same again under the same numbers, folders and libraries.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import REAL_PHOTOS
from tests.fuzz.campaign import LIMIT_S, Campaign, Finding, Tally, run
from tests.fuzz.seeds import drawn_seeds, real_seeds


def main() -> int:
    """Run the campaign; 1 when there are findings."""
    arguments = _parsed()
    folders = arguments.folders or [REAL_PHOTOS]
    seeds = list(drawn_seeds())
    for folder in folders:
        seeds += real_seeds(folder)
    indices = arguments.only or range(arguments.count)
    tally, began_s, saved = Tally(), time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        campaign = Campaign(seeds, arguments.seed)
        for done in run(campaign, indices, Path(folder), jobs=arguments.jobs, tally=tally):
            for finding in tally.findings[saved:]:
                _save(finding, arguments.findings)
            saved = len(tally.findings)
            _say(f"{done} of {len(indices)}, {saved} findings", sys.stderr)
    _summary(tally, len(seeds), time.monotonic() - began_s)
    return bool(tally.findings)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    return parser.parse_args()


def _save(finding: Finding, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.index:06}{finding.ending}"
    path.write_bytes(finding.data)
    recipe = "\n".join((finding.fault, *finding.recipe, ""))
    path.with_name(f"{path.name}.txt").write_text(recipe, encoding="utf-8")


def _summary(tally: Tally, seeds: int, seconds: float) -> None:
    names = sorted({name for _, name in tally.outcomes}, key=lambda name: name != "prepared")
    head = ["format", "trials", *(name.removesuffix("Error") for name in names)]
    rows = [
        [kind, str(count), *(str(tally.outcomes[kind, name]) for name in names)]
        for kind, count in sorted(tally.trials.items())
    ]
    totals = (str(sum(tally.outcomes[kind, name] for kind in tally.trials)) for name in names)
    rows.append(["all", str(tally.trials.total()), *totals])
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        _say("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    slowest_s, slowest, kind = tally.slowest
    _say(f"{seeds} seeds, {seconds:.0f} s, Python {platform.python_version()}")
    _say(f"slowest: trial {slowest} ({kind}), {slowest_s:.2f} s of at most {LIMIT_S:.0f}")
    peak_bytes, largest, kind = tally.largest
    _say(f"most memory: trial {largest} ({kind}), {peak_bytes / 1e6:.0f} MB")
    for finding in tally.findings:
        _say(f"FINDING {finding.index}{finding.ending}: {finding.fault}")
    _say(f"{len(tally.findings)} findings")


def _say(line: str, file: object = None) -> None:
    print(line, file=file or sys.stdout, flush=True)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
