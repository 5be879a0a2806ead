"""Drafts are read as they lie; whatever is not in order is one sentence, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photoprep.errors import UsageError
from photoprep.mail.draft_files import Identity, attachments_of, identity_of, read_drafts
from tests.mail.drawn_drafts import Drawn, draft_bytes, output_folder, series


def test_drafts_come_in_the_order_of_the_report_and_alone(tmp_path: Path) -> None:
    drafts = series(12)
    folder = output_folder(tmp_path, drafts)
    (tmp_path / "mails" / "mail-1-of-12-2.eml").write_bytes(b"a person's own")
    read = read_drafts(folder)
    assert [each.filename for each in read] == [drawn.filename for drawn in drafts]
    assert [each.data for each in read] == [draft_bytes(drawn) for drawn in drafts]
    assert read[0].identity == Identity(
        drafts[0].subject, drafts[0].message_id, drafts[0].series, unsent=True
    )
    assert read[1].identity.numbering == "2/12"


def test_a_mail_without_message_id_is_not_put_where_it_could_not_be_found(tmp_path: Path) -> None:
    (drawn,) = series(1)
    folder = output_folder(tmp_path, [drawn])
    (folder / "mails" / drawn.filename).write_bytes(draft_bytes(drawn, without=("Message-ID",)))
    with pytest.raises(UsageError, match="no Message-ID") as refused:
        read_drafts(folder)
    assert refused.value.path == folder / "mails" / drawn.filename
    assert "prepare again" in refused.value.hint


@pytest.mark.parametrize(
    "report",
    [
        "no JSON",
        "[]",
        "{}",
        '{"mails": 5}',
        '{"mails": [{}]}',
        '{"mails": ["mails/mail-1-of-1.eml"]}',
        b"\xff\xfe",
    ],
)
def test_a_report_that_is_none_is_told(tmp_path: Path, report: str | bytes) -> None:
    folder = output_folder(tmp_path, series(1))
    data = report if isinstance(report, bytes) else report.encode()
    (folder / "report.json").write_bytes(data)
    with pytest.raises(UsageError, match="no report of a run"):
        read_drafts(folder)


@pytest.mark.parametrize(
    "output",
    [
        "../secret.eml",
        "mails/../../secret.eml",
        "/etc/passwd",
        "mails/..",
        "mails\\x",
        "mails/a\\b",
    ],
)
def test_a_report_leads_nowhere_else(tmp_path: Path, output: str) -> None:
    folder = output_folder(tmp_path / "out", series(1))
    (tmp_path / "secret.eml").write_bytes(draft_bytes(series(1)[0]))
    report = {"mails": [{"output": output}]}
    (folder / "report.json").write_text(json.dumps(report))
    with pytest.raises(UsageError, match="another place"):
        read_drafts(folder)


def test_a_mail_that_is_gone_is_named(tmp_path: Path) -> None:
    folder = output_folder(tmp_path, series(2))
    (folder / "mails" / "mail-2-of-2.eml").unlink()
    with pytest.raises(UsageError, match=r"mail-2-of-2\.eml.*gone"):
        read_drafts(folder)


@pytest.mark.parametrize(
    ("head", "identity"),
    [
        ("Message-ID:\r\n <a@b>\r\n", Identity("", "<a@b>", "", unsent=False)),
        ("message-id: <a@b> <c@d>\r\n", Identity("", "<a@b>", "", unsent=False)),
        ('Message-ID: <a"@b>\r\n', Identity("", "", "", unsent=False)),
        ("Message-ID: <a b@c>\r\n", Identity("", "", "", unsent=False)),
        ("References: x\r\n <a@b>\r\n <c@d>\r\n", Identity("", "", "<a@b>", unsent=False)),
        (
            "Subject: =?utf-8?b?5bel?=\r\n =?utf-8?b?5YW3?=\r\n",
            Identity("工具", "", "", unsent=False),
        ),
        ("Subject: =?nowhere?b?5bel?=\r\n", Identity("=?nowhere?b?5bel?=", "", "", unsent=False)),
        ("Subject: =?utf-8?q?a=1B[2Jb=0A?= c\r\n", Identity("a[2Jb c", "", "", unsent=False)),
    ],
)
def test_heads_are_read(head: str, identity: Identity) -> None:
    assert identity_of(f"{head}\r\nX-Unsent: 1\r\n".encode()) == identity


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from(
                [
                    *(b"\r\n", b"Subject: ", b"=?utf-8?b?", b"?=", b"Message-ID: <", b">", b"--b"),
                    *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"; filename*0*=''%"),
                    *(b"Content-Transfer-Encoding: base64\r\n", b"References: <a@b>"),
                ]
            ),
        ),
        max_size=12,
    )
)
@example([b"Content-Type: a; name*=bogus''%FF\r\n\r\n"])
def test_whatever_lies_in_a_mailbox_can_be_read(pieces: list[bytes]) -> None:
    """A stranger's message among the drafts must not end the run."""
    data = b"".join(pieces)
    identity = identity_of(data)
    for found in (identity.message_id, identity.series):
        assert found == "" or (found.isascii() and found[0] == "<" and found[-1] == ">")
        assert not set(found) & set('\r\n "\\')
    attachments_of(data)


def test_pictures_are_the_same_in_whatever_wrapping() -> None:
    (drawn,) = series(1)
    data = draft_bytes(drawn)
    wrapped = data.replace(b"\r\n", b"\n")
    other = Drawn(1, 1, (*drawn.pictures[:1], b"another"))
    assert attachments_of(data) == attachments_of(wrapped) != attachments_of(draft_bytes(other))
    assert len(attachments_of(data)) == 2
