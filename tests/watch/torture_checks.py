"""What must hold after a torture: each batch as ``prepare`` makes it, once, and nothing else."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photoprep.files import sha256_of_file
from photoprep.pipeline import prepare
from photoprep.profile import load_profile
from photoprep.walk.crew import PhotoCrew, photo_crew
from photoprep.watch.batch import Batch
from photoprep.watch.ledger import LEDGER_FILE, Ledger
from photoprep.watched import FOLDER
from tests.support import contents, photoprep
from tests.watch.torture_batches import REMOVED, Arrival, Kind

_LEFT = {LEDGER_FILE, "batches.txt", "status.json", "unfinished"}
_STATES: dict[Kind, str] = {
    "photos": "done",
    "words": "failed",
    "broken": "failed",
    "loose": "done",
}


@dataclass(slots=True)
class Findings:
    """``faults`` are sentences; there must be none. The rest is what was looked at."""

    faults: list[str] = field(default_factory=list)
    batches: int = 0
    files: int = 0
    by_command: int = 0


def check(
    inbox: Path,
    out: Path,
    arrivals: Sequence[Arrival],
    elsewhere: Path,
    scratch: Path,
    *,
    commands: int,
) -> Findings:
    """Hold everything that lies there against what came; the daemon has ended.

    ``prepare`` is run as the real command for the first ``commands`` batches, and in this process
    for the others; all that it makes goes to ``scratch``.
    """
    with Ledger(out / FOLDER / LEDGER_FILE) as ledger:
        batches = dict(ledger.batches())
    findings = Findings()
    findings.faults += _left_over(inbox, out, arrivals, batches.values())
    crew = photo_crew(1, lasting=True)
    try:
        checker = _Checker(inbox, out, elsewhere, scratch, crew, findings, commands)
        for arrival in arrivals:
            if arrival.plan.kind != "loose":
                checker.look_at(arrival, batches)
        loose = [arrival for arrival in arrivals if arrival.plan.kind == "loose"]
        checker.look_at_loose(loose, [b for b in batches.values() if b.kind == "loose"])
    finally:
        crew.__exit__()
    return findings


def _left_over(
    inbox: Path, out: Path, arrivals: Sequence[Arrival], batches: Iterable[Batch]
) -> Iterator[str]:
    """What lies there and should not, or the other way round."""
    came = {path: digest for arrival in arrivals for path, digest in arrival.files.items()}
    found = {
        path.relative_to(inbox).as_posix(): sha256_of_file(path)
        for path in inbox.rglob("*")
        if path.is_file()
    }
    if found != came:
        differ = {path for path in found | came if found.get(path) != came.get(path)}
        yield f"the watched folder does not hold what came: {sorted(differ)}"
    there = {path.name for path in out.iterdir()} - {FOLDER}
    outputs = [batch.output for batch in batches]
    if len(set(outputs)) != len(outputs):
        yield f"two batches have one output: {sorted(outputs)}"
    if there != set(outputs):
        yield f"outputs and batches differ: {sorted(there ^ set(outputs))}"
    ours = {path.name for path in (out / FOLDER).iterdir()}
    if ours != _LEFT:
        yield f"in the daemon's own folder: {sorted(ours ^ _LEFT)}"
    for folder in out.rglob("unfinished"):
        if left := sorted(path.name for path in folder.iterdir()):
            yield f"temporaries in {folder.relative_to(out)}: {left}"


@dataclass(slots=True)
class _Checker:
    inbox: Path
    out: Path
    elsewhere: Path
    scratch: Path
    crew: PhotoCrew
    findings: Findings
    commands: int

    def look_at(self, arrival: Arrival, batches: dict[str, Batch]) -> None:
        """One folder: its state, and its output."""
        known = [batches[name] for name in arrival.names if name in batches]
        name = arrival.names[-1]
        if [batch.name for batch in known] != [name]:
            self._fault(name, f"known as {[(batch.name, batch.state) for batch in known]}")
            return
        (batch,) = known
        if batch.state != _STATES[arrival.plan.kind]:
            self._fault(name, f"{batch.state} instead of {_STATES[arrival.plan.kind]}")
            return
        self.findings.batches += 1
        if arrival.plan.kind == "words":
            if set(contents(self.out / batch.output)) != {"FAILED.txt"}:
                self._fault(name, f"holds {sorted(contents(self.out / batch.output))}")
            return
        # One that was renamed when it was done is what its earlier name made of it.
        sources = [self._source(at_that_time, name) for at_that_time in reversed(arrival.names)]
        earlier = self._with_removed(arrival)
        customer = arrival.plan.customer
        differs = [self._difference(batch, [source], customer) for source in sources]
        if all(differs) and earlier is not None:
            # ``prepare`` leaves the others their names when one of the pictures is taken away.
            differs.append(self._difference(batch, sources, customer, earlier))
        if all(differs):
            self._fault(name, differs[0])

    def look_at_loose(self, arrivals: Sequence[Arrival], batches: Sequence[Batch]) -> None:
        """Loose pictures: each in exactly one batch of a day, whichever settled together."""
        came = sorted(path for arrival in arrivals for path in arrival.files)
        known = sorted(path for batch in batches for path in batch.files)
        if came != known:
            self._fault("loose", f"came {came}, known {known}")
        for batch in batches:
            sources = [self.inbox / path for path in batch.files]
            self.findings.batches += 1
            if batch.state != "done":
                self._fault(batch.name, batch.state)
            elif differs := self._difference(batch, sources, ""):
                self._fault(batch.name, differs)

    def _source(self, at_that_time: str, now: str) -> Path:
        if at_that_time == now:
            return self.inbox / now
        copy = self.scratch / "earlier names" / at_that_time
        shutil.copytree(self.inbox / now, copy)
        return copy

    def _with_removed(self, arrival: Arrival) -> Path | None:
        """The folder as it was before something was taken away from it."""
        removed = self.elsewhere / REMOVED / arrival.plan.name
        if not removed.exists():
            return None
        copy = self.scratch / "earlier states" / arrival.plan.name
        shutil.copytree(self.inbox / arrival.plan.name, copy)
        shutil.copytree(removed, copy, dirs_exist_ok=True)
        return copy

    def _difference(
        self, batch: Batch, sources: Sequence[Path], customer: str, earlier: Path | None = None
    ) -> str:
        """How an output differs from what ``prepare`` makes; empty where it does not.

        With ``earlier`` it is run on that state of the folder before.

        The reports of a first run tell what was reused, so those of the next one are compared, over
        both outputs: it must find nothing to do.
        """
        made = self.out / batch.output
        other = self.scratch / "prepared" / batch.output
        shutil.rmtree(other, ignore_errors=True)
        try:
            day = json.loads((made / "report.json").read_bytes())["date"]
        except (OSError, ValueError, KeyError) as error:
            return f"no whole report.json ({error!r})"
        for state in ([earlier] if earlier else [], sources):
            if state:
                self._prepare(state, other, day, customer)
        ours, theirs = contents(made), contents(other)
        reports = {"report.html", "report.json"}
        if differ := {
            name
            for name in ours | theirs
            if ours.get(name) != theirs.get(name) and (name not in reports or name not in ours)
        }:
            return f"differs from prepare in {sorted(differ)}"
        if differ := _names_of_record(made) ^ _names_of_record(other):
            return f"its record differs from prepare's in {sorted(differ)}"
        for place in (made, other):
            self._prepare(sources, place, day, customer)
        again, theirs = contents(made), contents(other)
        if differ := {name for name in again | theirs if again.get(name) != theirs.get(name)}:
            return f"differs from prepare, after another run, in {sorted(differ)}"
        if differ := {name for name in ours if ours[name] != again.get(name)} - reports:
            return f"another run changed {sorted(differ)}"
        self.findings.files += len(ours)
        return ""

    def _prepare(self, sources: Sequence[Path], out: Path, day: str, customer: str) -> None:
        if self.findings.batches <= self.commands:
            options: list[str | Path] = ["--out", out, "--date", day, "--jobs", "1", "--quiet"]
            options += ["--customer", customer] if customer else []
            done = photoprep("prepare", *sources, *options)
            assert done.returncode in {0, 1, 65}, done.stderr
            self.findings.by_command += 1
            return
        prepare(
            sources,
            out=out,
            date=datetime.date.fromisoformat(day),
            customer=customer,
            profile=load_profile(),
            jobs=1,
            crew=self.crew,
        )

    def _fault(self, name: str, what: str) -> None:
        self.findings.faults.append(f"{name}: {what}")


def _names_of_record(folder: Path) -> set[str]:
    record = folder / ".photoprep"
    return {path.relative_to(record).as_posix() for path in record.rglob("*")}
