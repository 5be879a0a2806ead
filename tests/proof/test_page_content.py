"""What the page says of a report, without a browser: its order, its figures, its words."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.language import Language
from photoprep.outcome import Failed, Subject
from photoprep.proof.page.mails import envelopes
from photoprep.proof.page.marks import kept_in
from photoprep.proof.page.pictures import href, photo_pictures
from photoprep.proof.page.products import product_rows
from photoprep.proof.page.render import render_page
from photoprep.proof.page.view import Running, page_of
from photoprep.proof.page.words import words_in
from photoprep.report import Limits, Report
from tests.proof.drawn_reports import drawn_report, quiet_report, thumbnails_of
from tests.support import drawn, peak_bytes

TEMPLATE = Path(__file__).parents[2] / "photoprep" / "proof" / "page" / "page.html"
EMPTY = Report("trade-email", Path("nothing"), ())
FAILED = replace(EMPTY, photos=(Failed("a.jpg", Subject("", "", "unknown"), "No.", "Copy it."),))
RUNNING = Running("Preparing photos", 3, 12, 95, 1_700_000_000_000)
PARTS = ["attention", "mails", "products", "pictures", "sheets", "skipped"]


def rendered(report: Report, running: Running | None = None) -> str:
    return page_bytes(report, thumbnails_of(report), running).decode()


def page_bytes(
    report: Report, thumbnails: Mapping[str, bytes], running: Running | None = None
) -> bytes:
    return drawn(lambda held: render_page(report, thumbnails, held, running))


def test_parts_stand_in_the_order_of_every_telling() -> None:
    html = rendered(drawn_report())
    assert re.findall(r'<section id="(\w+)"', html) == PARTS
    posts = [post.anchor for post in page_of(drawn_report()).signposts]
    assert posts == [part for part in PARTS if part in posts]


def test_failures_come_first_then_errors_then_warnings_and_remarks_apart() -> None:
    page = page_of(drawn_report())
    assert [matter.code for matter in page.failures] == ["not-prepared"]
    assert [trouble.source for trouble in page.failures[0].troubles] == ["scan 1.jpg", "scan 2.jpg"]
    assert [matter.severity for matter in page.findings] == ["error", "warning", "warning"]
    assert [matter.code for matter in page.remarks] == ["small"]
    html = rendered(drawn_report())
    places = [html.index(text) for text in ("scan 1.jpg", "It is of low quality.", "It is small.")]
    assert places == sorted(places)


def test_one_remedy_is_said_once() -> None:
    whole = drawn_report()
    blurred = whole.findings[1]
    again = replace(blurred, source=whole.ready[2].source)
    page = page_of(replace(whole, findings=(*whole.findings, again)))
    (matter,) = [each for each in page.findings if each.code == "blurred"]
    assert [trouble.anchor for trouble in matter.troubles] == ["photo-1", "photo-3"]
    assert rendered(whole).count("Copy it.") == 1


def test_what_a_finding_names_already_is_not_left_aside_again() -> None:
    whole = drawn_report()
    named = replace(whole.findings[0], source="prices.xlsx")
    page = page_of(replace(whole, findings=(named,)))
    assert [each.source for each in page.skipped] == ["copy of 1.jpg"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("running", [None, RUNNING], ids=["done", "running"])
@pytest.mark.parametrize(
    "report",
    [EMPTY, FAILED, quiet_report(), drawn_report(1), replace(drawn_report(), limits=None)],
    ids=["empty", "failed", "quiet", "one", "no limits"],
)
def test_any_report_has_a_page(report: Report, running: Running | None, language: Language) -> None:
    html = rendered(replace(report, language=language), running)
    assert html.startswith("<!DOCTYPE html>")
    assert html.rstrip().endswith("</html>")
    assert html.count("<h1>") == 1
    assert ("data-written=" in html) == (running is not None)


def test_tones() -> None:
    whole = drawn_report()
    warned = replace(quiet_report(), findings=whole.findings[1:3])
    assert page_of(FAILED).tone == "bad"
    assert page_of(replace(quiet_report(), findings=whole.findings[:1])).tone == "bad"
    assert page_of(warned).tone == "look"
    assert page_of(replace(quiet_report(), findings=whole.findings[3:])).tone == "good"
    assert page_of(quiet_report(), RUNNING).tone == "running"
    assert page_of(FAILED, RUNNING).tone == "bad"


def test_equal_reports_make_equal_bytes() -> None:
    one, other = drawn_report(30), drawn_report(30)
    backwards = dict(reversed(thumbnails_of(other).items()))
    assert page_bytes(one, thumbnails_of(one)) == page_bytes(other, backwards)


def test_every_word_is_used_and_there_is_one_for_each_use() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    used = set(re.findall(r"\bt\.(\w+)", template)) | {"error", "warning"}
    assert "t[each.severity]" in template
    assert used == set(words_in("en"))


SIZES = st.integers(1, 5_000_000)


@given(wire=SIZES, raw=SIZES, preferred=SIZES, limit=SIZES)
def test_a_bar_is_a_share_of_the_limit(wire: int, raw: int, preferred: int, limit: int) -> None:
    raw, preferred = min(raw, wire), min(preferred, limit)
    whole = drawn_report(2, sheets=0)
    plans = whole.mail_plans
    assert plans is not None
    report = replace(
        whole,
        mails=(replace(whole.mails[0], wire_bytes=wire, raw_bytes=raw),),
        mail_plans=replace(plans, preferred_bytes=preferred),
        limits=Limits(200_000, 400_000, limit, 24.0),
    )
    (envelope,) = envelopes(report)
    bar = envelope.bar
    assert bar is not None
    assert 0 <= bar.raw <= bar.wire <= 100
    assert 0 <= bar.preferred <= 100
    length = max(limit, wire)
    for share, size in ((bar.wire, wire), (bar.raw, raw), (bar.preferred, preferred)):
        assert share == pytest.approx(100 * size / length, abs=0.006)


def test_a_smaller_version_is_told_where_it_goes_out() -> None:
    first, last = photo_pictures(drawn_report())[0], photo_pictures(drawn_report())[-1]
    said = {figure.label: figure.value for figure in first.figures}
    assert said["Goes out in"] == "mail 1 of 2, in 111 kB"
    assert {figure.label: figure.value for figure in last.figures}["Goes out in"] == "mail 2 of 2"


def test_accessories_stand_apart_and_what_lacks_is_named() -> None:
    first, second = product_rows(drawn_report(8))
    assert [tile.label for tile in first.tiles] == ["closed", "open", "rear view"]
    (strap,) = first.accessories
    assert strap.label == "accessory, not included, Shoulder strap"
    assert (first.missing, first.unclear) == (("front view",), ("detail",))
    assert (second.missing, second.unclear) == ((), ())


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("photos/a b#1?.jpg", "photos/a%20b%231%3F.jpg"),
        ("photos/100%.jpg", "photos/100%25.jpg"),
        ("photos/工.jpg", "photos/%E5%B7%A5.jpg"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("", ""),
    ],
)
def test_addresses(path: str, address: str) -> None:
    assert href(path) == address


MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("\u2067צבת\u2069 12", "\u2067צבת\u2069 12"),
        ("\u202bא\u2066b\u2069\u202c", "\u202bא\u2066b\u2069\u202c"),
        ("exe\u202egpj", "exegpj"),
        ("\u2069\u202egnp\u202c", "gnp"),
        ("\u202e\u2066x\u202c\u2069", "x"),
        ("\u200f.jpg", "\u200f.jpg"),
    ],
)
def test_marks_end_where_their_text_does(text: str, kept: str) -> None:
    assert kept_in(text) == kept


@given(st.text(alphabet=MARKS + "aא1 "))
def test_whatever_marks_there_are_none_is_left_open(text: str) -> None:
    kept = str(kept_in(text))
    for openers, end in (("\u202a\u202b\u202d\u202e", "\u202c"), ("\u2066\u2067\u2068", "\u2069")):
        depths = [0]
        depths += [(each in openers) - (each == end) for each in kept]
        assert sum(depths) == 0
        assert all(sum(depths[:at]) >= 0 for at in range(len(depths)))


def test_no_picture_is_named_twice() -> None:
    html = rendered(drawn_report(30, sheets=4))
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    numbers = [int(each) for each in re.findall(r' id="photo-(\d+)"', html)]
    assert all(b == a + 1 for a, b in pairwise(numbers))


def test_a_page_of_many_photos_takes_less_memory_than_it_has_bytes() -> None:
    """All rows and pieces at once, and one text of four bytes a letter, would take 6 times."""
    report = drawn_report(1500, "zh")
    size_bytes = len(page_bytes(report, {}))
    with Path(os.devnull).open("wb") as nowhere:
        assert peak_bytes(lambda: render_page(report, {}, nowhere)) < size_bytes
