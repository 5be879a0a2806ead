"""Pictures whose names tell no product are parted by their times, and asked about.

Nothing else tells whose they are, so what is done with them is a guess; it is never made silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from photoprep.catalogue.sessions import sessions
from photoprep.catalogue.understanding import Understood
from photoprep.language import say, say_number
from photoprep.report import Finding
from photoprep.walk.intake import Candidate, Intake

TimesOf = Callable[[Sequence[Candidate]], Mapping[str, str]]


def grouped(intake: Intake, times_of: TimesOf) -> tuple[Intake, list[Finding]]:
    """The intake with its loose pictures in groups, each a product, and what to ask about them.

    ``times_of`` tells when pictures were taken (ISO 8601, by name); it is asked only where there
    are several loose ones. One group is what the dragged folder is called; several are numbered.
    """
    loose = [row for row in intake.candidates if row.understood.is_loose]
    if not loose:
        return intake, []
    times = times_of(loose) if len(loose) > 1 else {}
    groups = _groups(loose, times)
    told: dict[str, Understood] = {}
    findings = []
    for number, group in enumerate(groups, start=1):
        files = [row.understood for row in group]
        if len(groups) > 1:
            files = [_called(file, number, group[0].name) for file in files]
        told |= {file.name: file for file in files}
        findings.append(_finding(files, times, several=len(groups) > 1))
    rows = tuple(
        replace(row, understood=told.get(row.name, row.understood))
        if isinstance(row, Candidate)
        else row
        for row in intake.rows
    )
    return Intake(rows), findings


def _groups(loose: Sequence[Candidate], times: Mapping[str, str]) -> list[list[Candidate]]:
    """Groups in the order of their first pictures; one without a time goes with its neighbour."""
    timed = [(datetime.fromisoformat(times[row.name]), row) for row in loose if times.get(row.name)]
    if len(timed) < 2:
        return [list(loose)]
    timed.sort(key=lambda pair: pair[0])
    number_of = {
        timed[place][1].name: number
        for number, session in enumerate(sessions([time for time, _ in timed]))
        for place in session
    }
    groups: dict[int, list[Candidate]] = {}
    latest = number_of[next(row.name for row in loose if row.name in number_of)]
    for row in loose:
        latest = number_of.get(row.name, latest)
        groups.setdefault(latest, []).append(row)
    return list(groups.values())


def _called(file: Understood, number: int, first: str) -> Understood:
    name = file.subject.product if file.told.product_by == "root" else "Product"
    subject = replace(file.subject, product=f"{name} {number}", model="")
    told = file.told._replace(product_by="time", product_words=first)
    return replace(file, subject=subject, told=told)


def _finding(files: Sequence[Understood], times: Mapping[str, str], *, several: bool) -> Finding:
    """What is asked about one group; only a guess among several wants an answer."""
    first, last = files[0], files[-1]
    product = first.subject.product
    hint = say(
        "Put them into a folder named as the product is sold, or fill in the list that "
        "photoprep check --write-manifest writes."
    )
    known = not several and first.told.product_by == "root"
    if len(files) == 1:
        message = say(
            "Its name tells no product; it is taken for a picture of “{product}”.", product=product
        )
    elif several:
        message = say_number(
            len(files),
            "{count} picture whose name tells no product, {first} to {last}, {when}, is taken for "
            "one product, “{product}”.",
            "{count} pictures whose names tell no product, {first} to {last}, {when}, are taken "
            "for one product, “{product}”.",
            first=_own_name(first),
            last=_own_name(last),
            when=_when(files, times),
            product=product,
        )
    else:
        message = say_number(
            len(files),
            "{count} picture whose name tells no product, {first} to {last}, is taken for "
            "“{product}”.",
            "{count} pictures whose names tell no product, {first} to {last}, are taken for "
            "“{product}”.",
            first=_own_name(first),
            last=_own_name(last),
            product=product,
        )
    return Finding(
        "unnamed-product",
        "info" if known else "warning",
        message,
        hint,
        product=product,
        source=first.name if len(files) == 1 else "",
    )


def _own_name(file: Understood) -> str:
    return PurePosixPath(file.name).name


def _when(files: Sequence[Understood], times: Mapping[str, str]) -> str:
    taken = sorted(times[file.name] for file in files if times.get(file.name))
    if not taken:
        return say("at an unknown time")
    day, first, last = taken[0][:10], taken[0][11:16], taken[-1][11:16]
    if first == last:
        return say("taken {day} at {first}", day=day, first=first)
    return say("taken {day} from {first} to {last}", day=day, first=first, last=last)
