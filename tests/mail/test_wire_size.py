"""The formulas, held against the standard library that builds the real thing."""

from __future__ import annotations

import base64
import email
import email.policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import MIMEPart
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.mail.headers import WIRE_POLICY, header_bytes
from photoprep.mail.items import check_filename, one_line
from photoprep.mail.wire_size import (
    BOUNDARY_CHARS,
    TextWeight,
    attachment_bytes,
    base64_bytes,
    largest_base64_content_bytes,
    text_part_bytes,
    travels_unencoded,
)

NAMES = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9_. ()+,;'-]{0,240}\.jpg", fullmatch=True)
DELIMITER_LINE = len("\r\n--") + BOUNDARY_CHARS + len("\r\n")


@given(st.integers(0, 3_000))
def test_base64_is_what_mime_makes_of_it(size_bytes: int) -> None:
    encoded = base64.encodebytes(bytes(size_bytes)).replace(b"\n", b"\r\n")
    assert base64_bytes(size_bytes) == len(encoded)


@given(st.integers(0, 1_000_000))
def test_the_largest_content_fits_and_the_next_does_not(room_bytes: int) -> None:
    largest = largest_base64_content_bytes(room_bytes)
    assert base64_bytes(largest) <= room_bytes < base64_bytes(largest + 1)


@settings(deadline=None)
@given(NAMES, st.integers(1, 2_000))
@example("a" * 34, 57)
@example("a" * 35, 58)
@example("a" * 61, 58)
@example("a" * 255, 58)
def test_a_part_weighs_what_is_reckoned_and_keeps_its_name(name: str, size_bytes: int) -> None:
    part = MIMEPart(policy=WIRE_POLICY)
    part.set_content(
        bytes(size_bytes),
        maintype="image",
        subtype="jpeg",
        disposition="attachment",
        filename=name,
    )
    data = part.as_bytes()
    assert attachment_bytes(name, size_bytes) == DELIMITER_LINE + len(data)
    assert b"filename*" not in data
    assert email.message_from_bytes(data, policy=email.policy.default).get_filename() == name


@settings(deadline=None)
@given(st.text(max_size=300).map(lambda text: text.replace("\r", "")))
@example("a" * 998)
@example("a" * 999)
@example("Zażółć\n\n\n")
def test_a_letter_weighs_what_is_reckoned(text: str) -> None:
    text = "".join(f"{one_line(line)}\n" for line in text.split("\n"))
    unencoded = travels_unencoded(text)
    part = MIMEPart(policy=WIRE_POLICY)
    part.set_content(text, cte="7bit" if unencoded else "base64")
    expected = DELIMITER_LINE - len("\r\n") + len(part.as_bytes())
    assert text_part_bytes(TextWeight.of(text)) == expected
    assert max(map(len, part.as_bytes().split(b"\r\n"))) <= 998


@settings(deadline=None)
@given(st.text(max_size=150).map(one_line))
@example("Product pictures: Toolbox X100 " + "x" * 60)
@example("产品图片：Toolbox X100、Lunch Box L20等9款产品（12/13）" * 3)
@example("=?utf-8?q?=0D=0ABcc:_x@example.com?=".replace("=?", "= ?"))
def test_a_subject_comes_back_as_it_was(text: str) -> None:
    name, value = WIRE_POLICY.header_store_parse("Subject", text)
    data = WIRE_POLICY.fold_binary(name, value)
    assert header_bytes("Subject", text) == len(data)
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line.startswith(b" ") for line in lines[1:])
    if not text.isascii():
        assert max(map(len, lines)) <= 76
    parsed = email.message_from_bytes(data + b"\r\n", policy=email.policy.default)
    assert parsed.keys() == ["Subject"]
    assert parsed["Subject"] == text


def test_an_identifier_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="line breaks"):
        WIRE_POLICY.header_store_parse("Message-ID", "<a@b>\r\nBcc: <c@d>")


IDS = st.from_regex(r"<[!-;=?-~]{1,190}@[a-z.]{1,40}>", fullmatch=True)


@settings(deadline=None)
@given(st.sampled_from(["Message-ID", "In-Reply-To", "References"]), st.lists(IDS, min_size=1))
@example("References", ["<" + "a" * 90 + "@example.com>", "<b@c>", "<" + "d" * 60 + "@e>"])
def test_identifiers_are_neither_broken_nor_encoded(header: str, ids: list[str]) -> None:
    text = " ".join(ids)
    name, value = WIRE_POLICY.header_store_parse(header, text)
    data = WIRE_POLICY.fold_binary(name, value)
    assert header_bytes(header, text) == len(data)
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    assert all(len(line) <= 78 or len(line.split()) <= 2 for line in lines)
    assert data.decode().partition(":")[2].split() == ids


@settings(deadline=None)
@given(st.text(min_size=1, max_size=90).map(one_line))
@example("王丽，出口部经理，恒力工具有限公司，中国浙江省宁波市北仑区")
@example('Müller, Jürgen (Export) "x" Ä Ö Ü, Geschäftsleitung der Firma Maier & Söhne')
@example("Smith, John <a@b.c>, Export " * 5)
@example(r"back\slash")
def test_a_sender_comes_back_as_it_was(display_name: str) -> None:
    sender = str(Address(display_name, addr_spec="wang.li@example.com"))
    name, value = WIRE_POLICY.header_store_parse("From", sender)
    data = WIRE_POLICY.fold_binary(name, value)
    parsed = email.message_from_bytes(data + b"\r\n", policy=email.policy.compat32)
    assert parsed.keys() == ["From"]
    shown, address = parseaddr("".join(parsed["From"].splitlines()))
    assert address == "wang.li@example.com"
    assert str(make_header(decode_header(shown))) == display_name


@pytest.mark.parametrize(
    "name",
    [
        *["", ".", "..", ".hidden", "a/b.jpg", "..\\b.jpg", "a\\b.jpg", "../a.jpg", "C:a.jpg"],
        *["a\0.jpg", "a\r\nBcc: x.jpg", "a\n.jpg", "a\t.jpg", "a\x7f.jpg", 'a".jpg', "a.jpg."],
        *[" a.jpg", "a.jpg ", "=?utf-8?q?x?=.jpg", "a" * 256, "图" * 86, "100%41.jpg"],
        *[
            "a\u202egpj.exe",
            "a\u200b.jpg",
            "a\u00a0.jpg",
            "a\ud800.jpg",
            "u\u0308.jpg",
            "\ue000.jpg",
        ],
        *["CON", "nul.jpg", "Com1.tar.jpg", "LPT\u00b2.jpg", "aux .jpg"],
    ],
)
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be an attachment's name"):
        check_filename(name)


@given(st.text())
def test_one_line_is_one_line_and_stays_so(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line.isprintable() or not line.isascii()
    assert "=?" not in line
    assert one_line(line) == line
    line.encode("utf-8")
