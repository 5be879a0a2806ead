"""What wants something done: failures, then findings by severity, each remedy once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from photoprep.language import in_language, say_both
from photoprep.outcome import Severity
from photoprep.report import Report


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is said: of a file, a product or the whole run.

    ``anchor`` leads to the picture on the page, and is empty where there is none to show.
    """

    message: str
    source: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is said of one kind of trouble, with one thing to do about all of it."""

    severity: Severity
    code: str
    remedy: str
    troubles: tuple[Trouble, ...]


def failures_of(report: Report) -> tuple[Matter, ...]:
    """The pictures that could not be prepared; those with the same remedy together."""
    language = report.language
    gathered: dict[str, list[Trouble]] = {}
    for photo in report.failed:
        trouble = Trouble(in_language(photo.reason, language), photo.source)
        gathered.setdefault(in_language(photo.hint, language), []).append(trouble)
    return tuple(
        Matter("error", "not-prepared", hint, tuple(troubles))
        for hint, troubles in gathered.items()
    )


def findings_of(
    report: Report, severities: Iterable[Severity], anchors: Mapping[str, str]
) -> tuple[Matter, ...]:
    """The findings of these severities in their order; those of one code and remedy together.

    ``anchors`` are the places of pictures on the page by their sources.
    """
    language = report.language
    matters = []
    for severity in severities:
        gathered: dict[tuple[str, str], list[Trouble]] = {}
        for finding in report.findings:
            if finding.severity == severity:
                key = finding.code, in_language(finding.hint, language)
                trouble = Trouble(
                    in_language(finding.message, language),
                    finding.source,
                    anchors.get(finding.source, ""),
                )
                gathered.setdefault(key, []).append(trouble)
        matters += [
            Matter(severity, code, hint, tuple(troubles))
            for (code, hint), troubles in gathered.items()
        ]
    return tuple(matters)


def skipped_of(report: Report) -> tuple[Trouble, ...]:
    """The files left aside that no finding names, each with its reason."""
    found = {finding.source for finding in report.findings}
    return tuple(
        Trouble(in_language(say_both(row.reason, row.hint), report.language), row.source)
        for row in report.skipped
        if row.source not in found
    )
