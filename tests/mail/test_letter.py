"""The letter, word for word, and what must never be in one."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.language import Language
from photoprep.mail.enquiry import Enquiry
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Letter, Part, say_date, subject, subject_stem
from photoprep.mail.templating import load_templates
from photoprep.preset import LetterSpec
from photoprep.profile import SenderProfile

DATE = datetime.date(2026, 11, 23)
WANG = SenderProfile(
    name="Wang Li",
    title="Export Manager",
    company="Hengli Tools Co., Ltd.",
    address="18 Haitian Road\nBeilun District, Ningbo 315800\nP. R. China",
    telephone="+86 574 8690 1234",
    email="wang.li@example.com",
)
ITEMS = [
    MailItem("Toolbox_X100_closed_20261123.jpg", 1, "Toolbox", "X100", "closed"),
    MailItem("Toolbox_X100_open_20261123.jpg", 1, "Toolbox", "X100", "open"),
    MailItem("Lunch-Box_L20_optional.jpg", 1, "Lunch Box", "L20", "accessory-not-included"),
    MailItem("IMG_2041.jpg", 1),
]
ANSWERED = Enquiry("<ask@example.org>", (), "Tool boxes", datetime.date(2026, 11, 20))
FIRST = Part(number=1, total=3, pictures=4, products=3, remaining=5, excluded=1)

ENGLISH = """\
Your reference: C0123
Date: 23 November 2026

Dear Sir or Madam,

Thank you for your enquiry.
Please find attached the following pictures of our products:

Toolbox X100
- closed: Toolbox_X100_closed_20261123.jpg
- open: Toolbox_X100_open_20261123.jpg

Lunch Box L20
- accessory, not included: Lunch-Box_L20_optional.jpg

Other pictures
- IMG_2041.jpg

The quotation does not include the following accessory:
- Lunch Box L20: Lunch-Box_L20_optional.jpg

This is mail 1 of 3; the remaining pictures follow.

Should you require any further pictures or information, please let us know.
We look forward to hearing from you.

Yours faithfully,

Wang Li
Export Manager
Hengli Tools Co., Ltd.
18 Haitian Road
Beilun District, Ningbo 315800
P. R. China
Telephone: +86 574 8690 1234
E-mail: wang.li@example.com
"""

CHINESE = """\
客户编号：C0123
日期：2026年11月23日

尊敬的先生/女士：

您好！感谢贵公司的垂询。随函附上以下产品图片，敬请查收：

Toolbox X100
- 合起：Toolbox_X100_closed_20261123.jpg
- 打开：Toolbox_X100_open_20261123.jpg

Lunch Box L20
- 配件，不含在报价内：Lunch-Box_L20_optional.jpg

其他图片
- IMG_2041.jpg

以下配件不含在报价内：
- Lunch Box L20：Lunch-Box_L20_optional.jpg

本邮件为第1封，共3封，其余图片将随后发送。

如需其他图片或资料，请随时与我们联系。期待您的回复。

此致
敬礼！

Hengli Tools Co., Ltd.
Export Manager Wang Li
地址：18 Haitian Road
Beilun District, Ningbo 315800
P. R. China
电话：+86 574 8690 1234
电子邮箱：wang.li@example.com
"""


def letter(
    language: Language = "en", profile: SenderProfile | None = None, customer: str = ""
) -> Letter:
    return Letter(language, profile, customer, DATE, load_templates(LetterSpec(language)))


def test_the_whole_letter_in_english() -> None:
    assert letter("en", WANG, "C0123").text(ITEMS, FIRST) == ENGLISH


def test_the_whole_letter_in_chinese() -> None:
    assert letter("zh", WANG, "C0123").text(ITEMS, FIRST) == CHINESE


LAST_ENGLISH = """\
Date: 23 November 2026

Dear Ms Jones,

Thank you again for your enquiry of 20 November 2026.
Please find attached the following further pictures of our products:

All products
- overview: Overview_sheet-1.jpg

Toolbox X100
- detail (lock): lock.jpg
- accessory, not included (strap): strap.jpg
- accessory, not included: tray.jpg

The quotation does not include the following accessories:
- Toolbox X100, strap: strap.jpg
- Toolbox X100: tray.jpg

This is mail 3 of 3 and completes the series.

Should you require any further pictures or information, please let us know.
We look forward to hearing from you.

Yours sincerely,

Wang Li
Export Manager
Hengli Tools Co., Ltd.
18 Haitian Road
Beilun District, Ningbo 315800
P. R. China
Telephone: +86 574 8690 1234
E-mail: wang.li@example.com
"""

LAST_CHINESE = """\
日期：2026年11月23日

尊敬的王女士：

您好！再次感谢贵公司2026年11月20日的垂询。现随函续附以下产品图片，敬请查收：

全部产品
- 总览图：Overview_sheet-1.jpg

Toolbox X100
- 细节（lock）：lock.jpg
- 配件，不含在报价内（strap）：strap.jpg
- 配件，不含在报价内：tray.jpg

以下配件不含在报价内：
- Toolbox X100，strap：strap.jpg
- Toolbox X100：tray.jpg

本邮件为第3封，共3封，图片至此已全部发送。

如需其他图片或资料，请随时与我们联系。期待您的回复。

此致
敬礼！

Hengli Tools Co., Ltd.
Export Manager Wang Li
地址：18 Haitian Road
Beilun District, Ningbo 315800
P. R. China
电话：+86 574 8690 1234
电子邮箱：wang.li@example.com
"""
LAST_ITEMS = [
    MailItem("Overview_sheet-1.jpg", 1, view="sheet"),
    MailItem("lock.jpg", 1, "Toolbox", "X100", "detail", "lock"),
    MailItem("strap.jpg", 1, "Toolbox", "X100", "accessory-not-included", "strap"),
    MailItem("tray.jpg", 1, "Toolbox", "X100", "accessory-not-included"),
]


@pytest.mark.parametrize(
    ("language", "contact", "expected"),
    [("en", "Ms Jones", LAST_ENGLISH), ("zh", "王女士", LAST_CHINESE)],
)
def test_the_last_letter_of_an_answer_to_somebody(
    language: Language, contact: str, expected: str
) -> None:
    writer = replace(letter(language, WANG), contact=contact, enquiry=ANSWERED)
    part = Part(number=3, total=3, pictures=4, products=2, remaining=0, excluded=2)
    assert writer.text(LAST_ITEMS, part) == expected


@pytest.mark.parametrize(
    "contact", ["Mr Smith", " Mr  Smith, ", "Dear Mr Smith,", "Dear Mr Smith:"]
)
def test_a_salutation_that_is_typed_along_is_not_said_twice(contact: str) -> None:
    assert "\nDear Mr Smith,\n" in replace(letter(), contact=contact).text(ITEMS, FIRST)


def test_a_contact_of_nothing_is_none() -> None:
    for contact in ("", "  ", ",", "\u200b"):
        text = replace(letter(), contact=contact).text(ITEMS, FIRST)
        assert "Dear Sir or Madam," in text
        assert text.endswith("Yours faithfully\n")


HTML = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="font-family:Arial,Helvetica,sans-serif;font-size:11pt;line-height:1.4">
<p>Your reference: R&amp;D<br>
Date: 23 November 2026</p>
<p>Dear Sir or Madam,</p>
<p>Thank you for your enquiry.
Please find attached the following pictures of our products:</p>
<table cellpadding="2" cellspacing="0" border="0">
<tr><td colspan="2" style="padding-top:8px"><b>Toolbox X100</b></td></tr>
<tr valign="top"><td style="padding-right:16px">closed</td><td>\
Toolbox_X100_closed_20261123.jpg</td></tr>
<tr><td colspan="2" style="padding-top:8px"><b>Other pictures</b></td></tr>
<tr valign="top"><td colspan="2">IMG_2041.jpg</td></tr>
</table>
<p>Should you require any further pictures or information, please let us know.
We look forward to hearing from you.</p>
<p>Yours faithfully</p>
</body>
</html>
"""


def test_the_letter_as_html() -> None:
    part = Part(number=1, total=1, pictures=2, products=2, remaining=0)
    assert letter("en", None, "R&D").html([ITEMS[0], ITEMS[3]], part) == HTML


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_html_asks_nothing_of_the_world_and_sets_no_colours(language: Language) -> None:
    page = letter(language, WANG, "C0123").html(ITEMS, FIRST).lower()
    for word in ("http", "src=", "href", "<img", "<script", "<link", "url(", "color:", "bgcolor"):
        assert word not in page


@pytest.mark.parametrize("profile", [None, SenderProfile()])
def test_without_a_sender_the_letter_simply_ends(profile: SenderProfile | None) -> None:
    english = letter("en", profile).text(ITEMS, FIRST)
    chinese = letter("zh", profile).text(ITEMS, FIRST)
    assert english.endswith("hearing from you.\n\nYours faithfully\n")
    assert chinese.endswith("期待您的回复。\n\n此致\n敬礼！\n")
    assert english.startswith("Date: 23 November 2026\n\nDear")
    assert chinese.startswith("日期：2026年11月23日\n\n尊敬的")


@pytest.mark.parametrize(
    ("part", "english", "chinese"),
    [
        (Part(1, 1, 2, 1, 0), None, None),
        (
            Part(1, 2, 2, 1, 1),
            "mail 1 of 2; the remaining picture follows.",
            "其余图片将随后发送。",
        ),
        (Part(2, 3, 2, 1, 2), "mail 2 of 3; the remaining pictures follow.", "第2封，共3封，其余"),
        (Part(3, 3, 2, 1, 0), "This is mail 3 of 3 and completes the series.", "已全部发送。"),
    ],
)
def test_what_is_said_of_the_parts(part: Part, english: str | None, chinese: str | None) -> None:
    in_english, in_chinese = (letter(language).text(ITEMS, part) for language in ("en", "zh"))
    if english is None or chinese is None:
        assert "This is mail" not in in_english
        assert "封" not in in_chinese
    else:
        assert english in in_english
        assert chinese in in_chinese


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Part(1, 1, 1, 1, 0), "Thank you for your enquiry.|the following picture of our product:"),
        (Part(1, 1, 2, 1, 0), "the following pictures of our product:"),
        (Part(1, 1, 2, 2, 0), "the following pictures of our products:"),
        (Part(2, 2, 1, 1, 0), "Thank you again|the following further picture of our product:"),
    ],
)
def test_singular_and_plural(part: Part, words: str) -> None:
    opening = letter().fill("txt", "opening", part)
    for phrase in words.split("|"):
        assert phrase in opening


@pytest.mark.parametrize(
    ("titles", "english", "chinese"),
    [
        ([], "Product pictures", "产品图片"),
        (
            ["Toolbox X100", "Lunch Box L20"],
            "Product pictures: Toolbox X100, Lunch Box L20",
            "产品图片：Toolbox X100、Lunch Box L20",
        ),
        (
            ["Toolbox X100", "Lunch Box L20", *(f"Cooler C{number}" for number in range(7))],
            "Product pictures: Toolbox X100, Lunch Box L20 and 7 more products",
            "产品图片：Toolbox X100、Lunch Box L20、Cooler C0、Cooler C1等9款产品",
        ),
        (
            ["A tool box with a long name", "A lunch box"],
            "Product pictures: A tool box with a long name, A lunch box",
            "产品图片：A tool box with a long name、A lunch box",
        ),
        (
            ["A tool box with quite a long name", "A lunch box with one"],
            "Product pictures: A tool box with quite a long name and 1 more product",
            "产品图片：A tool box with quite a long name、A lunch box with one",
        ),
        (
            ["x" * 200, "y", "z"],
            f"Product pictures: {'x' * 29}... and 2 more products",
            f"产品图片：{'x' * 48}...等3款产品",
        ),
    ],
)
def test_the_subject_names_what_fits(titles: list[str], english: str, chinese: str) -> None:
    items = [MailItem("a.jpg", 1, title) for title in titles]
    assert subject_stem(items, "en") == english
    assert subject_stem(items, "zh") == chinese


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=30))
def test_the_subject_is_short_and_on_one_line(titles: list[str]) -> None:
    stem = subject_stem([MailItem("a.jpg", 1, title) for title in titles], "en")
    assert len(stem) <= 70
    assert len(stem.splitlines()) == 1


def test_a_single_mail_has_no_number() -> None:
    assert subject("Product pictures", language="en", number=1, total=1) == "Product pictures"
    assert subject("Product pictures", language="en", number=1, total=3) == "Product pictures (1/3)"
    assert subject("产品图片", language="zh", number=1, total=3) == "产品图片（1/3）"


def test_dates_are_said_without_the_locale() -> None:
    assert say_date(datetime.date(2027, 3, 1), "en") == "1 March 2027"
    assert say_date(datetime.date(2027, 3, 1), "zh") == "2027年3月1日"


@pytest.mark.parametrize(
    ("product", "model", "title"),
    [
        ("Toolbox", "X100", "Toolbox X100"),
        ("Toolbox X100", "X100", "Toolbox X100"),
        ("Toolbox", "", "Toolbox"),
        ("", "X100", "X100"),
        ("Tool\r\nBcc: x@example.com", " X\0\u202e1 ", "Tool Bcc: x@example.com X 1"),
    ],
)
def test_a_title_is_product_and_model_on_one_line(product: str, model: str, title: str) -> None:
    assert MailItem("a.jpg", 1, product, model).title == title


@settings(deadline=None)
@given(
    st.sampled_from(["en", "zh"]),
    st.text(max_size=30),
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=9)), min_size=1, max_size=6),
)
def test_names_cannot_write_lines_of_their_own(
    language: Language, customer: str, names: list[tuple[str, str]]
) -> None:
    items = [MailItem("a.jpg", 1, product, model, "open") for product, model in names]
    headings = 1 + sum(a.title != b.title for a, b in pairwise(items))
    text = letter(language, WANG, customer).text(items, FIRST)
    without = letter(language, WANG, "C" if customer.split() else "").text([], FIRST)
    # Each heading is two lines and each picture one, whatever the words.
    extra = len(text.splitlines()) - len(without.splitlines())
    assert extra in (2 * headings + len(items), 2 * headings + len(items) - 1)
    assert "\n\n\n" not in text
