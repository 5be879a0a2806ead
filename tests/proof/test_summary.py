"""What a run says on a terminal: one order, no figure broken, and never longer than is of use."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from photoprep.language import Language
from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.outcome import Failed, Prepared, PreparedJpeg, Reused, Skipped, Subject
from photoprep.proof.cells import filled
from photoprep.proof.console import print_report
from photoprep.report import (
    Finding,
    MailedPhoto,
    Report,
    SheetCell,
    ShownProduct,
    ShownView,
    WrittenMail,
    WrittenSheet,
)

BOX = Subject("Box", "X1", "open")


def jpeg(name: str, **differs: object) -> PreparedJpeg:
    made = PreparedJpeg(
        f"photos/{name}", "", 198_500, 944, 708, 100, 94.23, "4:2:2", 2_000_000, 4000, 3000
    )
    return replace(made, **differs)  # type: ignore[arg-type]


def mail(number: int, subject: str, wire_bytes: int = 779_000) -> WrittenMail:
    attached = MailedPhoto("a.jpg", "photos/a.jpg", 570_000, 94.2)
    return WrittenMail(
        f"mails/mail-{number}-of-2.eml", wire_bytes, 570_000, (attached,), subject, "Dear Sir,\n"
    )


def plans(count: str = "wire") -> MailPlans:
    plan = MailPlan("fewest", (779_000, 795_000), (570_000, 570_000), 2, 0, 2, 94.2)
    return MailPlans(plan, plan, count, 795_904, 600_000, reordered=False)  # type: ignore[arg-type]


REPORT = Report(
    "trade-email",
    Path("/out"),
    (
        Prepared("Box X1/open.jpg", BOX, jpeg("Box_X1_open_20261123.jpg")),
        Reused("灯 L2/打开.jpg", Subject("灯", "L2", "open"), jpeg("Deng_L2_open_20261123.jpg")),
        Failed("Box X1/broken.jpg", BOX, "The file is empty.", "Copy it again."),
        Skipped("list.txt", "It is no picture."),
    ),
    (mail(1, "Pictures: Box X1, 灯 L2 (1/2)"), mail(2, "Pictures: Box X1, 灯 L2 (2/2)", 795_000)),
    (
        WrittenSheet(
            "sheets/Overview.jpg", "", 368_000, 944, 822, 100, 96.2, "", "", "", 1, 1,
            (SheetCell("a", "Box", "", 0, 0, 1, 1), SheetCell("b", "灯", "", 0, 0, 1, 1)),
        ),
    ),
    (Finding("view-missing", "warning", "Box X1 lacks a picture of this view: closed."),),
    mail_plans=plans(),
    products=(
        ShownProduct("Box", "X1", "", (ShownView("open", "a"),), missing=("closed",)),
        ShownProduct(
            "灯",
            "L2",
            "",
            (
                ShownView("open", "b"),
                ShownView("detail", "c"),
                ShownView("detail", "d"),
                ShownView("accessory", "e", "Battery"),
            ),
            unclear=("closed",),
        ),
    ),
)  # fmt: skip


def said(report: Report, columns: int = 128, *, terminal: bool = True) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, width=columns, force_terminal=terminal, no_color=True, emoji=False
    )
    print_report(report, console)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


def in_order(text: str, *words: str) -> None:
    places = [text.index(each) for each in words]
    assert places == sorted(places), words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_wants_something_done_comes_first_then_mails_products_pictures(
    language: Language,
) -> None:
    in_order(
        said(replace(REPORT, language=language)),
        "broken.jpg",
        "lacks a picture",
        "mail-1-of-2.eml",
        "Pictures: Box X1",
        "600 kB",
        "Box X1: ",
        "Box_X1_open_20261123.jpg",
        "Overview.jpg",
        "list.txt",
        "/out",
    )


def test_a_mail_says_its_pictures_its_weight_and_how_full_it_is() -> None:
    first, second = [
        line.split() for line in said(REPORT).splitlines() if re.match(r"mail-\d-of", line)
    ]
    assert first == ["mail-1-of-2.eml", "1", "779", "kB", "570", "kB", "97%"]
    assert second[-1] == "99%"  # 795,000 of 795,904: not full
    by_files = replace(REPORT, mail_plans=plans("raw"))
    assert "71%" in said(by_files)


def test_a_subject_that_all_mails_have_is_said_once() -> None:
    assert "Subject: Pictures: Box X1, 灯 L2 (1/2) … (2/2)\n" in said(REPORT)
    chinese = (mail(1, "产品图片：箱（1/2）"), mail(2, "产品图片：箱（2/2）"))
    assert "产品图片：箱（1/2）…（2/2）\n" in said(replace(REPORT, mails=chinese))
    alone = replace(REPORT, mails=(mail(1, "Pictures: Box X1"),))
    assert "Subject: Pictures: Box X1\n" in said(alone)


def test_subjects_that_differ_stand_with_their_mails() -> None:
    report = replace(REPORT, mails=(mail(1, "Box (1/2)"), mail(2, "Lamp [L2] (2/2)")))
    lines = said(report).splitlines()
    assert [line.split("%")[1].strip() for line in lines if "of-2.eml" in line] == [
        "Box (1/2)",
        "Lamp [L2] (2/2)",
    ]
    assert "Subject:" not in said(report)


def test_a_product_says_its_views_and_what_it_lacks() -> None:
    lines = said(REPORT).splitlines()
    assert "! Box X1: open · missing: closed" in lines
    assert "· 灯 L2: open, 2 × detail, accessory (Battery) · perhaps missing: closed" in lines


def test_of_very_many_products_those_that_lack_something_are_named() -> None:
    products = tuple(
        ShownProduct("Box", f"X{n}", "", (ShownView("open", ""),), ("closed",) if n > 290 else ())
        for n in range(300)
    )
    lines = said(replace(REPORT, products=products)).splitlines()
    named = [line for line in lines if re.match(r"[! ] Box X\d+: ", line)]
    assert len(named) == 40
    assert sum(line.startswith("! ") and "missing" in line for line in named) == 9
    assert "  and 260 products more; report.json has all." in lines


def test_a_photo_says_its_quality_and_where_there_is_room_its_chroma_and_colours() -> None:
    photo = Prepared(
        "Box X1/open.tif", BOX, jpeg("Box_X1_open_20261123.jpg", colour_from="Adobe RGB")
    )
    report = replace(REPORT, photos=(photo,))
    (line,) = [each for each in said(report, 160).splitlines() if "Box_X1" in each]
    assert line == (
        "Box_X1_open_20261123.jpg  199 kB  944×708  24.0 cm, 100 DPI     94.2   4:2:2  "
        "Box X1/open.tif, 2.0 MB, 4000×3000, Adobe RGB"
    )
    two_lines = "24.0 cm, 100 DPI     94.2   4:2:2\n  Box X1/open.tif, 2.0 MB"
    assert two_lines in said(report, 100)
    assert "24.0 cm, 100 DPI     94.2\n  Box X1/open.tif" in said(report, 72)


@pytest.mark.parametrize("columns", [40, 50, 80, 100, 128, 160])
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_broken(columns: int) -> None:
    text = said(REPORT, columns)
    assert max(cell_len(line) for line in text.splitlines()) <= columns
    for whole in ("944×708", "24.0 cm, 100 DPI", "94.2", "Box_X1_open_20261123.jpg", "打开.jpg"):
        assert whole in text
    assert "…" not in text.replace("(1/2) …", "")


def test_a_file_gets_every_sentence_in_one_line() -> None:
    long = "word " * 60
    report = replace(REPORT, findings=(Finding("x", "info", long.strip(), "Do it. " * 40),))
    lines = said(report, 160, terminal=False).splitlines()
    assert f"· {long.strip()}" in lines
    assert any(len(line) > 200 and line.startswith("  Do it.") for line in lines)


def test_the_last_line_is_the_page_where_there_is_one() -> None:
    assert said(REPORT).splitlines()[-1] == "/out"
    with_page = replace(REPORT, page="report.html")
    assert said(with_page).splitlines()[-1] == str(Path("/out/report.html"))


def test_chinese_lines_begin_with_no_mark_and_break_no_file_name() -> None:
    text = "以下视图未注明是哪张图片：合起。可能是 T7 正面.jpg、T7 背面.heic。请在“文件名”中注明。"
    for width in range(12, 40):
        lines = filled(text, width).splitlines()
        assert not any(line[0] in "，。；：、）”" for line in lines)
        assert not any(line[-1] in "“（" for line in lines)
        assert any("面.jpg" in line for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
