"""What of a huge run its page shows: no browser opens a page of half a million pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from photoprep.language import say, say_list
from photoprep.outcome import Failed, PhotoOutcome, Skipped
from photoprep.report import Finding, Report, ShownProduct, WrittenMail

# Chromium takes three seconds to open a page of so many pictures, and a third of one to search it
# (benchmarks/page_in_browser.py).
MOST_PICTURES = 10_000
# And so many of what could not be prepared, of what was left aside, of the sheets, and of the
# findings of each severity.
MOST_ROWS = 2_000


def abridged(
    report: Report, most_pictures: int = MOST_PICTURES, most_rows: int = MOST_ROWS
) -> Report:
    """The report as its page shows it: the very same, unless it has too many rows of a kind.

    Of the pictures there remain those that go out in mails, those that something serious is said
    of, and then the first. Products and mails have those that remain, and a product without any
    is left out.
    """
    findings = tuple(_first_of_each_severity(report.findings, most_rows))
    photos = tuple(_photos(report, findings, most_pictures, most_rows))
    products = report.products
    if len(photos) < len(report.photos):
        products = tuple(_products(products, {photo.source for photo in photos}))
    mailed = {item.photo for mail in report.mails for item in mail.attachments}
    further = max(0, most_rows - sum(sheet.output in mailed for sheet in report.sheets))
    others = (sheet.output for sheet in report.sheets if sheet.output not in mailed)
    kept = mailed.union(islice(others, further))
    sheets = tuple(sheet for sheet in report.sheets if sheet.output in kept)
    found = replace(report, photos=photos, products=products, findings=findings, sheets=sheets)
    return found if mailed <= _pictures(found) else replace(found, mails=tuple(_mails(found)))


def told_of_abridging(whole: Report, shown: Report) -> str:
    """What of the run is not on its page, in a sentence; empty where all of it is."""
    rows = (
        (say("prepared pictures"), whole.ready, shown.ready),
        (say("sheets"), whole.sheets, shown.sheets),
        (say("products"), whole.products, shown.products),
        (say("failures"), whole.failed, shown.failed),
        (say("remarks"), whole.findings, shown.findings),
        (say("files left aside"), whole.skipped, shown.skipped),
    )
    parts = [
        say("{shown} of {count} {things}", shown=len(some), count=len(every), things=things)
        for things, every, some in rows
        if len(some) < len(every)
    ]
    if not parts:
        return ""
    return say("This page shows {parts}; all of them are in report.json.", parts=say_list(parts))


def _first_of_each_severity(findings: tuple[Finding, ...], most: int) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.severity] += 1
        if seen[finding.severity] <= most:
            yield finding


def _photos(
    report: Report, findings: tuple[Finding, ...], most_pictures: int, most_rows: int
) -> Iterator[PhotoOutcome]:
    mailed = {item.photo for mail in report.mails for item in mail.attachments}
    serious = {finding.source for finding in findings if finding.severity != "info"}
    ready = report.ready
    in_turn = chain(
        (photo.source for photo in ready if photo.jpeg.output in mailed),
        (photo.source for photo in ready if photo.source in serious),
        (photo.source for photo in ready),
    )
    kept = set(islice(dict.fromkeys(in_turn), most_pictures))
    seen: Counter[type] = Counter()
    for photo in report.photos:
        kind = type(photo)
        seen[kind] += 1
        if seen[kind] <= most_rows if kind in {Failed, Skipped} else photo.source in kept:
            yield photo


def _pictures(report: Report) -> set[str]:
    photos = {photo.jpeg.output for photo in report.ready}
    return photos.union(sheet.output for sheet in report.sheets)


def _mails(report: Report) -> Iterator[WrittenMail]:
    """Its mails with those of their pictures alone that it has."""
    pictures = _pictures(report)
    for mail in report.mails:
        yield replace(
            mail, attachments=tuple(item for item in mail.attachments if item.photo in pictures)
        )


def _products(products: tuple[ShownProduct, ...], kept: set[str]) -> Iterator[ShownProduct]:
    for product in products:
        views = tuple(view for view in product.views if view.source in kept)
        if views:
            yield product if len(views) == len(product.views) else replace(product, views=views)
