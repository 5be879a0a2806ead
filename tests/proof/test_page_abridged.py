"""A page of a huge run shows what a browser can open, the weightier first, and says so."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from photoprep.language import in_language
from photoprep.proof.page.abridging import MOST_PICTURES, abridged, told_of_abridging
from photoprep.proof.page.view import page_of
from photoprep.report import Finding, Report
from tests.proof.drawn_reports import drawn_report, quiet_report
from tests.proof.test_page_content import rendered

WHOLE = drawn_report(40, sheets=5)


def test_what_a_browser_can_open_is_shown_as_it_is() -> None:
    for report in (WHOLE, quiet_report()):
        assert abridged(report) == report
        assert page_of(report).told_of_abridging == ""
        assert "abridged" not in rendered(report).partition("<body")[2]


@given(st.integers(1, 50), st.integers(1, 5))
def test_no_more_is_kept_than_may_be_and_in_its_order(most_pictures: int, most_rows: int) -> None:
    kept = abridged(WHOLE, most_pictures, most_rows)
    assert len(kept.ready) == min(most_pictures, len(WHOLE.ready))
    assert len(kept.failed) == min(most_rows, len(WHOLE.failed))
    assert len(kept.skipped) == min(most_rows, len(WHOLE.skipped))
    mailed = {item.photo for mail in WHOLE.mails for item in mail.attachments}
    in_mails = sum(sheet.output in mailed for sheet in WHOLE.sheets)
    assert len(kept.sheets) == min(len(WHOLE.sheets), max(most_rows, in_mails))
    for some, every in ((kept.photos, WHOLE.photos), (kept.sheets, WHOLE.sheets)):
        rest = iter(every)
        assert all(row in rest for row in some)
    shown = {photo.source for photo in kept.ready}
    assert [v.source for p in kept.products for v in p.views if v.source not in shown] == []
    assert {v.source for p in kept.products for v in p.views} == shown
    pictures = {each.jpeg.output for each in kept.ready} | {each.output for each in kept.sheets}
    assert {each.photo for mail in kept.mails for each in mail.attachments} == mailed & pictures
    told = told_of_abridging(WHOLE, kept)
    assert (told == "") is (kept == WHOLE)


def test_pictures_in_mails_come_first_then_those_with_something_to_look_at() -> None:
    whole = drawn_report(40, sheets=0)
    first, *_, last = whole.ready
    carried = whole.mails[-1].attachments[:1]
    mails = (replace(whole.mails[-1], attachments=carried),)
    findings = (Finding("blurred", "warning", "It may be blurred.", source=last.source),)
    report = replace(whole, mails=mails, findings=findings)
    kept = [abridged(report, most).ready for most in (1, 2, 3)]
    by_output = {photo.jpeg.output: photo for photo in report.ready}
    assert kept[0] == (by_output[carried[0].photo],)
    assert set(kept[1]) == {*kept[0], last}
    assert set(kept[2]) == {*kept[1], first}


def test_the_page_of_a_huge_run_counts_all_of_it() -> None:
    report = huge(MOST_PICTURES + 250)
    page = page_of(report)
    assert len(page.pictures) == MOST_PICTURES
    assert f"{MOST_PICTURES + 250} pictures" in page.verdict
    assert [post.count for post in page.signposts if post.anchor == "pictures"] == [10_250]
    assert page.told_of_abridging.startswith("This page shows 10000 of 10250 prepared pictures, ")
    assert page.told_of_abridging.endswith("; all of them are in report.json.")
    told = told_of_abridging(report, abridged(report))
    assert in_language(told, "zh") == page_of(replace(report, language="zh")).told_of_abridging


def test_the_page_says_what_it_leaves_out() -> None:
    report = replace(quiet_report(), findings=(Finding("small", "info", "It is small."),) * 2001)
    assert '<p class="abridged">This page shows 2000 of 2001 remarks; all of' in rendered(report)


def huge(photos: int) -> Report:
    """A run of so many photos that are all alike but for their names."""
    return drawn_report(photos, sheets=0)
