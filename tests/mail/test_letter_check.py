"""What the check finds in letters, and what it lets pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.errors import UsageError
from photoprep.mail.enquiry import Enquiry
from photoprep.mail.letter_check import check_letter
from photoprep.mail.message import build_message
from photoprep.mail.reading import (
    ReadLetter,
    letter_in,
    planned_letter,
    read_letters,
    words_of_html,
)
from photoprep.preset import LetterSpec
from photoprep.profile import SenderProfile
from tests.mail.letters import TOOLBOX, WANG, plan, reader, within
from tests.support import written

SOUND = """\
Your reference: C0123
Date: 23 November 2026

Dear Mr Smith,

Thank you for your enquiry of 20 November 2026. Our price is FOB Ningbo, the MOQ 500 pcs.
Please find attached the following pictures of our products:

Toolbox X100
- closed: Toolbox_X100_closed.jpg
- open: IMG_2041.JPG

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
ATTACHED = ("Toolbox_X100_closed.jpg", "IMG_2041.JPG")


def codes(
    text: str,
    profile: SenderProfile | None = WANG,
    attached: tuple[str, ...] | None = ATTACHED,
    subject: str = "",
) -> list[str]:
    letter = ReadLetter("a.eml", text, subject=subject, attached=attached)
    return [finding.code for finding in check_letter(letter, profile)]


def test_a_sound_letter_has_no_findings() -> None:
    assert codes(SOUND) == []
    assert codes(SOUND, None) == []
    assert codes(SOUND, None, None) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("enquiry", [None, Enquiry("<a@b.example>", (), "Tool boxes")])
def test_our_own_letters_have_no_findings(language: str, enquiry: Enquiry | None) -> None:
    letter = LetterSpec("zh" if language == "zh" else "en")
    for contact in ("", "王先生" if language == "zh" else "Mr Smith"):
        plans = plan(
            TOOLBOX, letter, customer="C0123", contact=contact, enquiry=enquiry, spec=within(12_000)
        )
        assert len(plans) > 1
        for one in plans:
            planned = planned_letter(one, one.filename)
            assert check_letter(planned, WANG) == []
            read = letter_in(build_message(one, reader(TOOLBOX)), one.filename)
            assert check_letter(read, None) == []
            assert read.language == language
            assert read.subject == one.subject
            assert (read.text, read.html_text) == (planned.text, planned.html_text)


@pytest.mark.parametrize(
    "placeholder",
    [
        *["{{ customer }}", "{% if x %}", "{customer}", "${name}", "$name", "%(name)s", "[Name]"],
        *["[your company]", "[客户名称]", "【产品】", "<<date>>", "<CUSTOMER NAME>", "XXX", "xxxx"],
        *["____", "TBD", "TODO", "某某", "lorem ipsum"],
    ],
)
def test_a_placeholder_that_nobody_filled_is_an_error(placeholder: str) -> None:
    text = SOUND.replace("Our price", f"{placeholder} Our price")
    assert codes(text)[0] == "letter-placeholder"
    (finding,) = check_letter(ReadLetter("a", text), WANG)[:1]
    assert finding.severity == "error"
    assert placeholder in finding.message


@pytest.mark.parametrize("greeting", ["Dear ,", "Dear None,", "尊敬的：", "尊敬的 ："])
def test_an_empty_greeting_is_an_error(greeting: str) -> None:
    assert "letter-placeholder" in codes(SOUND.replace("Dear Mr Smith,", greeting))


@pytest.mark.parametrize(
    "innocent",
    [
        *["none of them", "a 50 % discount", "sizes S, M, XL and XXXL", "US$ 12.50", "a < b > c"],
        *[
            "3 x 4 cm",
            "Toolbox_X100",
            "24 cm (9.4 in)",
            "the year 2026",
            "A4",
            "it's ISO 9001:2015",
        ],
        *["Best regards from Ningbo", "a maximum of 100 pcs", "U-locks", "no.", "e.g. this", "Co."],
        *["LED lamps, CE and RoHS", "Incoterms 2020", "Mr O'Neill", "Type U"],
    ],
)
def test_what_is_right_is_let_pass(innocent: str) -> None:
    assert codes(SOUND.replace("Our price", f"It has {innocent} here. Our price")) == []


def test_a_list_that_differs_is_an_error() -> None:
    assert codes(SOUND, attached=(*ATTACHED, "Lamp_L20.jpg")) == ["letter-list-differs"]
    assert codes(SOUND, attached=ATTACHED[:1]) == ["letter-list-differs"]
    assert codes(SOUND, attached=()) == ["letter-list-differs"] * 2 + ["letter-nothing-attached"]
    # One name that stands in another is not the other.
    assert codes(SOUND, attached=(*ATTACHED, "X100_closed.jpg")) == ["letter-list-differs"]
    assert codes(SOUND.replace("IMG_2041.JPG", "2-IMG_2041.JPG")) == ["letter-list-differs"] * 2


def test_the_html_is_held_to_the_same() -> None:
    one = plan(TOOLBOX)[0]
    planned = planned_letter(one, "a.eml")
    assert check_letter(planned, WANG) == []
    spoiled = one.html.replace("strap.jpg", "strop.jpg").replace("Dear Sir or Madam", "Dear {name}")
    found = check_letter(replace(planned, html_text=words_of_html(spoiled)), WANG)
    assert [finding.code for finding in found] == [
        "letter-placeholder",
        *["letter-list-differs"] * 2,
    ]


def test_parts_must_agree() -> None:
    text = SOUND.replace("Yours sincerely", "This is mail 1 of 3.\n\nYours sincerely")
    assert codes(text, subject="Pictures (1/3)") == []
    assert codes(text, subject="Pictures (2/3)") == ["letter-part-differs"]
    assert codes(text, subject="Pictures") == []


@pytest.mark.parametrize(
    ("removed", "field"),
    [
        ("Wang Li\n", "name"),
        ("Hengli Tools Co., Ltd.\n", "company"),
        ("Beilun District, Ningbo 315800\n", "address"),
        ("Telephone: +86 574 8690 1234\n", "telephone"),
        ("E-mail: wang.li@example.com\n", "e-mail"),
    ],
)
def test_a_signature_that_lacks_something_is_an_error(removed: str, field: str) -> None:
    assert removed in SOUND
    found = check_letter(ReadLetter("a", SOUND.replace(removed, "")), WANG)
    assert [finding.code for finding in found] == ["letter-signature"]
    assert field in found[0].message
    assert found[0].severity == "error"


def test_without_a_profile_the_signature_is_judged_by_what_stands_there() -> None:
    for removed in ("Telephone: +86 574 8690 1234\n", "E-mail: wang.li@example.com\n"):
        assert codes(SOUND.replace(removed, ""), None) == ["letter-signature"]
    short = SOUND[: SOUND.index("Export Manager")] + "+86 574 8690 1234\nwang.li@example.com\n"
    assert codes(short, None) == ["letter-signature"]
    assert codes(SOUND[: SOUND.index("Wang Li")], None) == ["letter-signature"]
    assert codes(SOUND[: SOUND.index("Yours sincerely")], None) == ["letter-closing"]
    # An empty profile's letter has no signature, which nobody can answer.
    assert codes(SOUND, SenderProfile()) == ["letter-signature"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Our price", "Our VERY BEST PRICE", "letter-capitals"),
        ("Our price", "Pls note: our price", "letter-short-forms"),
        ("Our price", "We ship ASAP. Our price", "letter-short-forms"),
        ("Our price", "Thx! Our price", "letter-short-forms"),
        ("Our price", "Can u wait? Our price", "letter-short-forms"),
        ("Our price", "Great!! Our price", "letter-exclamation-marks"),
        ("Our price", "真的！！Our price", "letter-exclamation-marks"),
        ("of 20 November 2026", "of 2026-11-20", "letter-dates"),
        ("of 20 November 2026", "of 20/11/2026", "letter-dates"),
        ("of 20 November 2026", "of November 20, 2026", "letter-dates"),
        ("500 pcs.", "500 pcs。", "letter-full-width"),
        ("FOB Ningbo,", "FOB Ningbo，", "letter-full-width"),
        ("500 pcs.", "500 pcs（net）.", "letter-full-width"),
        ("+86 574 8690 1234", "0574 8690 1234", "letter-country-code"),
    ],
)
def test_style_is_a_warning(old: str, new: str, code: str) -> None:
    text = SOUND.replace(old, new)
    assert text != SOUND
    profile = replace(WANG, telephone="0574 8690 1234") if "country" in code else WANG
    found = check_letter(ReadLetter("a", text, attached=ATTACHED), profile)
    assert code in [finding.code for finding in found]
    assert {finding.severity for finding in found} == {"warning"}


def test_names_of_the_sender_and_of_files_are_no_shouting() -> None:
    loud = replace(WANG, company="HENGLI TOOLS CO., LTD.")
    text = SOUND.replace(WANG.company, loud.company).replace("Toolbox_X100", "TOOLBOX_X100")
    assert codes(text, loud, ("TOOLBOX_X100_closed.jpg", "IMG_2041.JPG")) == []
    # Nor are models, and what is a figure too.
    assert codes(SOUND.replace("Toolbox X100\n", "TOOLBOX-X100 and ABCD100 and AB/CDEF\n")) == []


def test_full_width_marks_are_right_in_chinese() -> None:
    one = plan(TOOLBOX, LetterSpec("zh"))[0]
    letter = planned_letter(one, "a.eml")
    assert letter.language == "zh"
    assert check_letter(letter, WANG) == []


def test_an_empty_letter_is_an_error() -> None:
    assert codes("\n \n") == ["letter-empty"]


def test_a_message_cannot_command_the_terminal() -> None:
    data = b"Subject: \x1b[2Ja\r\nContent-Type: text/html\r\n\r\n<p>b\x1b[31mc\x00</p>"
    letter = letter_in(data, "x")
    assert (letter.subject, letter.html_text.strip()) == ("[2Ja", "b[31mc")
    assert "\x1b" not in letter.html


def test_letters_are_read_from_files_of_three_kinds(tmp_path: Path) -> None:
    one = plan(TOOLBOX)[0]
    written(tmp_path / "a.txt", one.text)
    written(tmp_path / "a.html", one.html)
    (tmp_path / "a.eml").write_bytes(build_message(one, reader(TOOLBOX)))
    text, html, mail = (read_letters(tmp_path / f"a.{kind}")[0] for kind in ("txt", "html", "eml"))
    assert text.text.strip() == mail.text.strip() == one.text.strip()
    assert html.html_text.split() == mail.html_text.split()
    assert mail.attached == tuple(item.filename for item in TOOLBOX)
    assert (text.attached, html.attached) == (None, None)
    assert [letter.name for letter in read_letters(tmp_path)] == ["a.eml"]


@pytest.mark.parametrize("name", ["a.pdf", "none.txt", "none"])
def test_what_is_no_letter_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(UsageError):
        read_letters(tmp_path / name)
    with pytest.raises(UsageError, match="no mails"):
        read_letters(tmp_path)
    (tmp_path / "b.txt").write_bytes("报价单".encode("gb18030"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_letters(tmp_path / "b.txt")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_message_makes_the_reading_fall(data: bytes) -> None:
    check_letter(letter_in(b"Content-Type: text/plain; charset=nobody\r\n" + data, "x"), None)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_the_check_fall(text: str) -> None:
    check_letter(ReadLetter("x", text, words_of_html(text), attached=(text[:5],)), WANG)
