"""An answer finds its place: what is read of the enquiry, and how the parts name each other."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.errors import UsageError
from photoprep.mail.enquiry import Enquiry, read_enquiry
from photoprep.mail.items import MailItem
from photoprep.mail.message import build_message
from photoprep.preset import LetterSpec
from photoprep.profile import SenderProfile
from tests.mail.letters import TOOLBOX, body, parsed, plan, reader, within

ENQUIRY = b"""\
Received: from somewhere
From: "J. Smith" <j.smith@example.org>
Subject: RE: Re: =?utf-8?q?Enquiry_for_toolboxes_=E2=80=93_N=C2=BA_12?=
Date: Fri, 20 Nov 2026 23:30:00 -0800
Message-ID:
 <CAF=abc+1@mail.example.org>
References: <first@example.org>
 <second@example.org>

Dear Sirs,
"""
ID = re.compile(r"<[0-9a-f]{32}\.(mail|series)@example\.com>")


def saved(folder: Path, data: bytes) -> str:
    path = folder / "enquiry.eml"
    path.write_bytes(data)
    return str(path)


def test_a_saved_mail_says_what_it_is(tmp_path: Path) -> None:
    for data in (ENQUIRY, ENQUIRY.replace(b"\n", b"\r\n")):
        assert read_enquiry(saved(tmp_path, data)) == Enquiry(
            "<CAF=abc+1@mail.example.org>",
            ("<first@example.org>", "<second@example.org>"),
            "Enquiry for toolboxes – Nº 12",
            # The day that its writer had.
            datetime.date(2026, 11, 20),
        )


@pytest.mark.parametrize("given_id", ["<a.b@c.example>", "a.b@c.example", " <a.b@c.example> "])
def test_a_message_id_is_enough(given_id: str) -> None:
    assert read_enquiry(given_id) == Enquiry("<a.b@c.example>")


@pytest.mark.parametrize(
    "wrong",
    [
        *["nobody.eml", "", "  ", "a@b@c d", "<a@b>\r\nBcc: x@example.com", "=?utf-8?q?x?=@b"],
        *[
            "a@b@c",
            '"a b"@c',
            "a@b\0",
            "x" * 500 + "@example.com",
            "<a b@c>",
            "ab",
            "@",
            "a@",
            "图@例.cn",
        ],
    ],
)
def test_what_is_neither_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="neither a saved message nor a Message-ID"):
        read_enquiry(wrong)


@pytest.mark.parametrize(
    "data", [b"", b"Subject: no identifier\n\nhello", b"\xd0\xcf\x11\xe0" * 99]
)
def test_a_file_without_an_identifier_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError, match="no Message-ID"):
        read_enquiry(saved(tmp_path, data))


def test_a_folder_is_no_message(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_enquiry(str(tmp_path))


def test_a_long_thread_is_shortened(tmp_path: Path) -> None:
    ids = [f"<{number}@example.org>" for number in range(300)]
    data = b"Message-ID: <me@example.org>\nReferences: " + "\n ".join(ids).encode() + b"\n\n"
    assert read_enquiry(saved(tmp_path, data)).references == (ids[0], *ids[-9:])


@pytest.mark.parametrize(
    ("headers", "subject", "date"),
    [
        (b"Subject: =?nobody-knows?q?x?=\nDate: soon", "=?nobody-knows", None),
        (b"Subject: =?utf-8?b?AAAA\nDate: Fri, 99 Nov 99999 00:00:00", "", None),
        (b"Subject: \xe6\x8a\xa5\xe4\xbb\xb7\nDate: 1", "", None),
        (b"Subject: Re: RE[2]: re : \xef\xbc\x9a ask", "", None),
        (b"Subject: =?utf-8?q?a=0D=0ABcc:_thief@example.com?=", "a Bcc:", None),
    ],
)
def test_broken_headers_do_no_harm(
    tmp_path: Path, headers: bytes, subject: str, date: datetime.date | None
) -> None:
    enquiry = read_enquiry(saved(tmp_path, b"Message-ID: <me@example.org>\n" + headers + b"\n\n"))
    assert enquiry.date == date
    assert subject.replace("=?", "= ?") in enquiry.subject
    assert len(enquiry.subject.splitlines()) <= 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=60))
@example(b"", b"<a@b>\r\n <c@d> =?utf-8?q?<e@f>?=")
def test_no_enquiry_writes_headers_of_ours(
    tmp_path_factory: pytest.TempPathFactory, subject: bytes, ids: bytes
) -> None:
    data = b"Subject: " + subject + b"\nReferences: " + ids + b"\nMessage-ID: <me@example.org>\n\n"
    try:
        enquiry = read_enquiry(saved(tmp_path_factory.getbasetemp(), data))
    except UsageError:
        return  # a line break of its own ended the headers
    one = plan(TOOLBOX, enquiry=enquiry)[0]
    message = build_message(one, reader(TOOLBOX))
    assert len(message) == one.wire_bytes
    expected = ["From", "Subject", "Date", "Message-ID", "In-Reply-To", "References"]
    assert parsed(message).keys() == [*expected, "MIME-Version", "X-Unsent", "Content-Type"]
    assert max(map(len, message.split(b"\r\n"))) <= 998


def test_all_parts_share_a_root_and_answer_the_first() -> None:
    messages = [
        parsed(build_message(one, reader(TOOLBOX))) for one in plan(TOOLBOX, spec=within(12_000))
    ]
    assert len(messages) >= 2
    first = messages[0]
    root = first["References"]
    assert ID.fullmatch(root)
    assert ID.fullmatch(first["Message-ID"])
    assert "In-Reply-To" not in first
    for later in messages[1:]:
        assert later["In-Reply-To"] == first["Message-ID"]
        assert later["References"].split() == [root, first["Message-ID"]]
    assert len({message["Message-ID"] for message in messages}) == len(messages)


def test_an_answer_stands_in_the_enquirys_thread(tmp_path: Path) -> None:
    enquiry = read_enquiry(saved(tmp_path, ENQUIRY))
    plans = plan(TOOLBOX, enquiry=enquiry, contact="Mr Smith", spec=within(12_000))
    first, second = (parsed(build_message(one, reader(TOOLBOX))) for one in plans[:2])
    theirs = [*enquiry.references, enquiry.message_id]
    assert first["Subject"] == f"Re: Enquiry for toolboxes – Nº 12 (1/{len(plans)})"
    assert first["In-Reply-To"] == enquiry.message_id
    root, *rest = first["References"].split()
    assert ID.fullmatch(root)
    assert rest == theirs
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [root, *theirs, first["Message-ID"]]
    assert "Dear Mr Smith,\n\nThank you for your enquiry of 20 November 2026.\n" in body(
        first, "plain"
    )
    assert "Thank you again for your enquiry of 20 November 2026.\n" in body(second, "plain")
    assert "Yours sincerely,\n\nWang Li\n" in body(first, "plain")


def test_identifiers_depend_on_all_that_is_said_and_on_nothing_else() -> None:
    def ids(items: list[MailItem] = TOOLBOX, **said: object) -> tuple[str, str]:
        headers = dict(plan(items, **said)[0].headers)  # type: ignore[arg-type]
        return headers["Message-ID"], headers["References"]

    usual = ids()
    assert ids() == usual
    others = [
        ids(customer="C0123"),
        ids(contact="Mr Smith"),
        ids(enquiry=Enquiry("<me@example.org>")),
        ids(letter=LetterSpec("zh")),
        ids(profile=SenderProfile(name="Wang Li", email="wang.li@example.com")),
        ids(TOOLBOX[:-1]),
    ]
    assert len({usual, *others}) == 7
    # Another content of the same size and name is another mail of the same series.
    first = TOOLBOX[0]
    again = MailItem(first.filename, first.size_bytes, "Toolbox", "X100", "closed", sha256="ab")
    changed = ids([again, *TOOLBOX[1:]])
    assert changed[0] != usual[0]
    assert changed[1] == usual[1]


def test_without_an_address_the_domain_is_nobodys() -> None:
    headers = dict(plan(TOOLBOX, profile=None)[0].headers)
    assert headers["Message-ID"].endswith(".mail@photoprep.invalid>")
