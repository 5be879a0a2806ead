"""Drafts become mails to somebody: headers as they must be, bodies untouched, no way in."""

from __future__ import annotations

import email
import email.policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.errors import UsageError
from photoprep.mail.addressing import (
    Addressees,
    addressed,
    ids_of_drafts,
    message_ids,
    parted,
)
from photoprep.mail.mailboxes import Mailbox, header_line, parse_mailbox
from photoprep.mail.outgoing import Draft
from tests.mail.outgoing_folder import draft_bytes

SENDER = Mailbox("sales@example.com")
DATE = "Sun, 29 Nov 2026 17:00:00 +0100"


def drafts_of(*contents: bytes) -> list[Draft]:
    return [
        Draft(f"mail-{part}.eml", part, len(contents), data, "", "", ())
        for part, data in enumerate(contents, 1)
    ]


def mails_of(drafts: list[Draft], people: Addressees) -> list[bytes]:
    ids = message_ids("series", drafts, SENDER, people)
    renamed = ids_of_drafts(drafts, ids)
    return [
        addressed(draft, SENDER, people, ids=ids, renamed=renamed, date=DATE) for draft in drafts
    ]


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    assert not message.defects
    return message


TO = Addressees((Mailbox("a@example.org", "王丽"),), (Mailbox("b@example.org"),), ())


@pytest.mark.parametrize("with_ids", [True, False])
def test_what_is_sent_has_all_a_mail_needs_and_the_drafts_body(with_ids: bool) -> None:
    drafts = drafts_of(*(draft_bytes(part, 3, message_id=with_ids) for part in (1, 2, 3)))
    mails = mails_of(drafts, TO)
    messages = list(map(parsed, mails))
    first = messages[0]["Message-ID"]
    for draft, data, message in zip(drafts, mails, messages, strict=True):
        assert data.partition(b"\r\n\r\n")[2] == draft.data.partition(b"\r\n\r\n")[2]
        assert message["To"] == "王丽 <a@example.org>"
        assert message["Cc"] == "b@example.org"
        assert message["From"] == "Li Wang <sales@example.com>"
        assert message["Date"] == DATE
        for absent in ("Bcc", "X-Unsent"):
            assert absent not in message
        names = [name.lower() for name in message]
        assert len(names) == len(set(names))
        assert b"draft-" not in data
    assert "In-Reply-To" not in messages[0]
    assert len({message["Message-ID"] for message in messages}) == 3
    for message in messages[1:]:
        assert message["In-Reply-To"] == first
        assert message["References"].split()[-1] == first
    if with_ids:
        assert all(m["References"].split()[0] == "<root@example.com>" for m in messages)


def test_a_message_id_is_that_of_its_series_people_part_and_content() -> None:
    drafts = drafts_of(draft_bytes(1, 2), draft_bytes(2, 2))
    ids = message_ids("series", drafts, SENDER, TO)
    assert ids == message_ids("series", drafts, SENDER, TO)
    others = [
        message_ids("other", drafts, SENDER, TO),
        message_ids("series", drafts, Mailbox("other@example.com"), TO),
        message_ids("series", drafts, SENDER, Addressees(TO.to)),
        message_ids("series", drafts_of(draft_bytes(1, 3), draft_bytes(2, 3)), SENDER, TO),
    ]
    assert not set(ids).intersection(*others)
    assert all(each.endswith("@example.com>") for each in ids)
    # A hidden copy is hidden in the hash too, and spelling changes nothing.
    spelt = Addressees((Mailbox("A@Example.org"),), TO.cc, (Mailbox("boss@example.com"),))
    assert message_ids("series", drafts, SENDER, spelt) == ids


def test_an_answer_to_the_enquiry_stays_one() -> None:
    head = b"Subject: x\r\nIn-Reply-To: <enquiry@customer.example>\r\n"
    head += b"References: <older@customer.example>\r\n <enquiry@customer.example>\r\n"
    answer, second = drafts_of(head + b"\r\nHello\r\n", b"Subject: y\r\n\r\nHello\r\n")
    messages = [parsed(data) for data in mails_of([answer, second], TO)]
    assert messages[0]["In-Reply-To"] == "<enquiry@customer.example>"
    assert messages[0]["References"].split() == [
        "<older@customer.example>",
        "<enquiry@customer.example>",
    ]
    assert messages[1]["In-Reply-To"] == messages[0]["Message-ID"]
    assert messages[0]["From"] == "sales@example.com"


def test_nobody_is_named_twice() -> None:
    people = Addressees(
        (Mailbox("a@x.de"), Mailbox("A@x.de")), (Mailbox("a@x.de"), Mailbox("b@x.de")), ()
    )
    assert people.all == (Mailbox("a@x.de"), Mailbox("b@x.de"))
    with pytest.raises(UsageError, match="Nobody"):
        Addressees(())


UNFIT = [
    (b"Subject: x\r\n\r\nhello\nSMUGGLED", "bare line break"),
    (b"Subject: x\r\n\r\n.\r\r\n.\r\n", "bare line break"),
    (b"Subject: x\r\n\r\n\0", "not ASCII"),
    (b"Subject: x\r\n\r\n\xff", "not ASCII"),
    (b"Subject: x\r\n\r\n" + b"x" * 999, "line too long"),
    (b"Subject x\r\n\r\n", "no header field"),
    (b" folded: x\r\n\r\n", "no header field"),
    (b"Subject: x\r\n", "no headers"),
    (b"", "no header"),
    (b"\r\n\r\nbody", "no header"),
    (b"From: a@x.de\r\nFROM: b@x.de\r\n\r\n", "twice"),
]


@pytest.mark.parametrize(("data", "reason"), UNFIT)
def test_a_draft_that_cannot_travel_is_not_sent(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parted(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_parted_whole_or_refused(noise: bytes) -> None:
    data = b"Subject: x\r\n" + noise
    try:
        message = parted(data)
    except ValueError:
        return
    assert b"".join(raw for _, raw in message.fields) + message.body == data
    (mail,) = mails_of(drafts_of(data), TO)
    assert parsed(mail)["To"] == "王丽 <a@example.org>"
    assert mail.endswith(message.body)


REFUSED = [
    ("a@x.de\r\nBcc: b@x.de", "invisible"),
    ("a@x.de\n", "invisible"),
    ("a@x.de\0", "invisible"),
    ("Li\u202e <a@x.de>", "invisible"),
    ("=?utf-8?q?=0D=0ABcc=3A?= <a@x.de>", "=?"),
    ("a@x.de, b@x.de", "more than one"),
    ("王丽@x.de", "before the @"),
    ("a@localhost", "no e-mail address"),
    ("a@[127.0.0.1]", "no e-mail address"),
    ('"a b"@x.de', "no e-mail address"),
    ("a@-x.de", "no e-mail address"),
    ("a@x..de", "no e-mail address"),
    ("a..b@x.de", "no e-mail address"),
    ("@x.de", "no e-mail address"),
    ("a", "no e-mail address"),
    ("", "no e-mail address"),
    ("<a@x.de", "no e-mail address"),
    ("a@x.de> RCPT TO:<b@x.de", "no e-mail address"),
    ("Li <a@x.de> <b@x.de>", "no e-mail address"),
    ('"Li\\" <a@x.de>', "no e-mail address"),
    ("a@" + "x" * 64 + ".de", "no e-mail address"),
    ("a" * 65 + "@x.de", "no e-mail address"),
    ("x" * 101 + " <a@x.de>", "more than 100"),
    ("a@\u2488com.de", "no e-mail address"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_no_mailbox_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("?", r"\?")) as refused:
        parse_mailbox(text)
    assert refused.value.hint
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        (" Sales@Example.COM ", "Sales@example.com", ""),
        ('"Smith, John" <j@x.de>', "j@x.de", "Smith, John"),
        ("<j@x.de>", "j@x.de", ""),
        ("Dr. O'Neil  & Co <j@x.de>", "j@x.de", "Dr. O'Neil & Co"),
        ("李 <li@例え.jp>", "li@xn--r8jz45g.jp", "李"),
        ("a@straße.de", "a@xn--strae-oqa.de", ""),
        ("a@ＦＵＬＬ.de", "a@full.de", ""),
    ],
)
def test_mailboxes_as_people_write_them(text: str, address: str, name: str) -> None:
    mailbox = parse_mailbox(text)
    assert (mailbox.address, mailbox.name) == (address, name)
    assert parse_mailbox(f'"{name}" <{address}>' if name else address) == mailbox


@settings(deadline=None)
@example("\u0800" + "\U00010000" * 10, "To")
@given(st.text(max_size=120), st.sampled_from(["To", "Cc", "From"]))
def test_no_name_breaks_out_of_its_header(name: str, header: str) -> None:
    try:
        mailbox = parse_mailbox(f"{name} <a@example.org>")
    except UsageError:
        return
    line = header_line(header, [mailbox, Mailbox("b@example.org")])
    assert line.endswith(b"\r\n")
    assert line.isascii()
    lines = line[:-2].split(b"\r\n")
    assert all(each.startswith(b" ") for each in lines[1:])
    assert all(len(each) <= 120 for each in lines)
    read = parsed(line + b"Subject: x\r\n\r\n")
    assert list(map(str.lower, read)) == [header.lower(), "subject"]
    first, second = read[header].addresses
    assert (first.addr_spec, second.addr_spec) == ("a@example.org", "b@example.org")
    # This reader of Python's leaves the space between two encoded words, which is none (RFC 2047,
    # 6.2), and drops dots at a name's end; its older one does not.
    if not mailbox.name.isascii():
        raw = line.partition(b" ")[2].rpartition(b" <a@")[0].decode("ascii")
        assert str(make_header(decode_header(raw))).strip() == mailbox.name
    assert _letters(first.display_name) == _letters(mailbox.name)


def _letters(name: str) -> str:
    return "".join(name.replace(".", "").split())
