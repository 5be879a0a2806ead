"""Names, captions and customers of people who mean harm: nothing of theirs reaches a header."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.language import Language
from photoprep.mail.items import MailItem, check_filename, one_line
from photoprep.mail.message import build_message
from photoprep.mail.reading import letter_in
from photoprep.preset import LetterSpec
from tests.mail.letters import body, parsed, plan, reader

POISON = [
    *["\r\nBcc: thief@example.com", "\n\nbody", "\r", "\0", "\x0b", "\x0c", "\x1b[2J", "\x85"],
    *["\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\udfff", "\U000e0001"],
    *["=?utf-8?q?=0D=0ABcc:_x?=", "=?utf-8?b?DQpCY2M6IHg=?=", "=\u200b?", "?=", "..\\..\\", "../"],
    *[
        '"',
        "\\",
        "<",
        ">",
        "&",
        "<script>alert(1)</script>",
        "</table>",
        "{{ 7 * 7 }}",
        "{% raw %}",
    ],
    *["{0}", "%s", "%0d%0a", "\U0001f6e0\ufe0f", "e\u0301", "\u0301", "图", "\ufffe", "\U0010ffff"],
    "--=_0123456789abcdef0123456789abcdef\r\nContent-Type: text/html\r\n\r\n",
]
WORDS = st.lists(st.one_of(st.sampled_from(POISON), st.text(max_size=12)), max_size=5).map("".join)
NAMES = WORDS.map(lambda words: f"a{words}.jpg")
HEADERS = ["From", "Subject", "Date", "Message-ID", "References", "MIME-Version", "X-Unsent"]


@settings(max_examples=120, deadline=None)
@given(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, st.sampled_from(["en", "zh"]))
def test_no_words_become_headers_parts_or_lines(
    product: str,
    model: str,
    view: str,
    label: str,
    customer: str,
    contact: str,
    language: Language,
) -> None:
    items = [
        MailItem("a.jpg", 10, product, model, view, label),
        MailItem("b.jpg", 10, product, model, "accessory-not-included", label),
    ]
    one = plan(items, LetterSpec(language), customer=customer, contact=contact)[0]
    data = build_message(one, reader(items))
    assert len(data) == one.wire_bytes
    message = parsed(data)
    assert message.keys() == [*HEADERS, "Content-Type"]
    kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]
    assert [part.get_content_type() for part in message.walk()] == [*kinds, *["image/jpeg"] * 2]
    assert len(str(message["Subject"]).splitlines()) == 1
    harmless = [
        MailItem("a.jpg", 10, "p", "", "w" if says(view) else "", "l" if one_line(label) else ""),
        MailItem("b.jpg", 10, "p", "", "accessory-not-included"),
    ]
    plain = plan(harmless, LetterSpec(language), customer="c" if one_line(customer) else "")[0]
    assert one.text.count("\n") == plain.text.count("\n")
    text = body(message, "plain")
    assert text == one.text
    assert len(text.split("\n")) == len(text.splitlines()) + 1
    # No tag of theirs stands in the HTML, and nothing is filled in twice.
    assert one.html.count("<") == plain.html.count("<")
    assert one.html.count(">") == plain.html.count(">")
    assert letter_in(data, "x").attached == ("a.jpg", "b.jpg")


def says(view: str) -> bool:
    """Whether a view has words in a letter; ``unknown`` has none."""
    return view != "unknown" and bool(one_line(view))


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_a_name_is_refused_or_comes_back_as_it_was(name: str) -> None:
    try:
        check_filename(name)
    except ValueError:
        with pytest.raises(ValueError, match="cannot be an attachment's name"):
            MailItem(name, 10)
        return
    items = [MailItem(name, 10)]
    one = plan(items)[0]
    data = build_message(one, reader(items))
    assert len(data) == one.wire_bytes
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    (part,) = parsed(data).iter_attachments()
    assert part.get_filename() == name
    assert part["Content-Type"].params.get("name", name) == name
    assert not {"/", "\\", "\0", "\r", "\n"} & set(name)


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("a\r\nBcc: x.jpg", "cannot be seen"),
        ("..\\..\\boot.jpg", "no name may have"),
        ("../a.jpg", "no name may have"),
        ("..", "starts with a dot"),
        ("=?utf-8?q?x?=.jpg", "encoded word|no name may have"),
        ("photo\u202egpj.exe", "cannot be seen"),
        ("photo\U000e0041.jpg", "cannot be seen"),
        ("CON.jpg", "device"),
        ("a" * 252 + ".jpg", "over 255"),
    ],
)
def test_tricks_with_names_are_told_apart(refused: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_filename(refused)
