"""Which rows of a manifest speak of which picture, and what is odd about the files they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.manifest.matching import Match, NameIndex
from photoprep.catalogue.manifest.rows import Manifest, ManifestRow
from photoprep.catalogue.manifest.table import TOLD_ONE_BY_ONE, Teller, shown
from photoprep.language import Sentence, say, say_list, say_number
from photoprep.outcome import Subject
from photoprep.report import Finding

_NAMES_TOLD = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of each picture that is listed: those that name it before those of a pattern."""

    rows: dict[str, tuple[ManifestRow, ...]]
    findings: tuple[Finding, ...]


def listed_in(
    files: Sequence[FoundFile], manifest: Manifest, understood: Mapping[str, Subject]
) -> Listed:
    """Find the pictures that the rows name, among those understood."""
    folder = manifest.name.rpartition("/")[0]
    pictures = NameIndex(understood, folder)
    others = NameIndex((file.name for file in files if file.name not in understood), folder)
    teller = Teller(manifest.name, manifest.in_rows)
    named: dict[str, list[ManifestRow]] = {}
    by_pattern: dict[str, list[ManifestRow]] = {}
    findings: list[Finding] = []
    missing: list[tuple[ManifestRow, Match]] = []
    for row in manifest.rows:
        for match in _matches(row, pictures, understood):
            into = by_pattern if match.is_pattern else named
            for name in match.names:
                into.setdefault(name, []).append(row)
            if not match.names and not match.several:
                missing.append((row, match))
            else:
                findings += _said_of(teller, row, match)
    findings += _missing(teller, missing, pictures, others)
    findings += [_twice(teller, name, rows) for name, rows in named.items() if _differ(rows)]
    rows = {
        name: (*named.get(name, ()), *by_pattern.get(name, ()))
        for name in understood
        if name in named or name in by_pattern
    }
    return Listed(rows, tuple(findings))


def _matches(
    row: ManifestRow, pictures: NameIndex, understood: Mapping[str, Subject]
) -> Iterator[Match]:
    if not row.file.strip():
        return
    for match in pictures.found(row.file):
        # Cameras count alike in every folder; the row's own product says which one is meant.
        if match.several and (row.product or row.model):
            fitting = tuple(name for name in match.several if _shows(understood[name], row))
            if len(fitting) == 1:
                yield Match(match.text, fitting)
                continue
        yield match


def _shows(subject: Subject, row: ManifestRow) -> bool:
    said, told = (row.model, subject.model) if row.model else (row.product, subject.product)
    return said.casefold() == told.casefold()


def _differ(rows: Sequence[ManifestRow]) -> bool:
    return len({row.line for row in rows}) > 1


def _said_of(teller: Teller, row: ManifestRow, match: Match) -> Iterator[Finding]:
    def several(where: Sentence) -> Sentence:
        return say(
            "{place}: “{file}” could be any of {count} files: {names}.",
            place=where,
            file=shown(match.text),
            count=len(match.several),
            names=_some(match.several),
        )

    def loosely(where: Sentence) -> Sentence:
        return say(
            "{place}: “{file}” was taken for {name}, which is not written quite so.",
            place=where,
            file=shown(match.text),
            name=match.names[0],
        )

    if match.several:
        hint = say("Write its folder too, as in “folder/name.jpg”.")
        yield teller.at(
            row.line, "manifest-file-ambiguous", "warning", several, hint, product=row.product
        )
    elif match.is_loose:
        yield teller.at(row.line, "manifest-file-inexact", "info", loosely, product=row.product)


def _some(names: Sequence[str]) -> str:
    """The first of the files, and how many more there are."""
    named, more = say_list(names[:_NAMES_TOLD]), len(names) - _NAMES_TOLD
    if more <= 0:
        return named
    return say_number(more, "{named} and {count} more", "{named} and {count} more", named=named)


def _missing(
    teller: Teller,
    missing: Sequence[tuple[ManifestRow, Match]],
    pictures: NameIndex,
    others: NameIndex,
) -> Iterator[Finding]:
    for row, match in missing[:TOLD_ONE_BY_ONE]:
        there = [name for other in others.found(match.text) for name in other.names]
        near = "" if there else pictures.nearest(match.text)

        def message(where: Sentence, text: str = match.text, there: bool = bool(there)) -> Sentence:
            if there:
                return say(
                    "{place}: “{file}” is there, but it is no picture.",
                    place=where,
                    file=shown(text),
                )
            return say("{place}: there is no file “{file}”.", place=where, file=shown(text))

        hint = say("{name} is there: is it meant?", name=near) if near else ""
        yield teller.at(
            row.line, "manifest-file-missing", "warning", message, hint, product=row.product
        )
    if len(missing) > TOLD_ONE_BY_ONE:
        yield teller.whole(
            "manifest-file-missing",
            "warning",
            say_number(
                len(missing) - TOLD_ONE_BY_ONE,
                "{count} further file of the list is not there.",
                "{count} further files of the list are not there.",
            ),
        )


def _twice(teller: Teller, name: str, rows: Iterable[ManifestRow]) -> Finding:
    lines = list(dict.fromkeys(row.line for row in rows))

    def message(where: Sentence) -> Sentence:
        return say(
            "{place}: {name} is listed in line {line} already; where they differ, that one counts.",
            place=where,
            name=name,
            line=lines[0],
        )

    hint = say("Keep one of the rows.")
    return teller.at(lines[1], "manifest-file-twice", "warning", message, hint)
