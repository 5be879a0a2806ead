"""Servers on bad days: every no and every silence becomes one sentence and the right exit code."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from photoprep.errors import AccountError, MailRefusedError, PhotoprepError, TryLaterError
from photoprep.mail.account import Account, Security, Server
from photoprep.mail.draft_files import read_drafts
from photoprep.mail.drafts import put_drafts
from photoprep.mail.imap import open_mailbox
from photoprep.mail.imap_refusals import answer_code, own_words, refusal
from tests.mail.drawn_drafts import draft_bytes, output_folder, series
from tests.mail.scripted_imap import HANG_UP, ScriptedImap, scripted_imap

PASSWORD = 'pass word\\ "密"'  # noqa: S105 (of no server)
PLAIN_LETTERS = "secret"


def put(
    folder: Path,
    server: ScriptedImap,
    *,
    security: Security = "plain",
    password: str = PASSWORD,
    username: str = "li",
    answer_s: float = 20,
) -> list[str]:
    account = Account(
        "work", "li@example.com", username, imap=Server("127.0.0.1", server.port, security)
    )
    told: list[str] = []
    with open_mailbox(account, password, answer_s=answer_s) as mailbox:
        put_drafts(
            read_drafts(folder),
            mailbox,
            mailbox.drafts_folder(),
            now=datetime(2026, 11, 24, tzinfo=UTC),
            on_placed=lambda each: told.append(each.status),
        )
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return output_folder(tmp_path / "out", series(2))


def test_the_whole_conversation(folder: Path) -> None:
    with scripted_imap() as server:
        assert put(folder, server) == ["added", "added"]
    assert server.appended == [draft_bytes(drawn) for drawn in series(2)]
    assert not [each for each in server.commands if each.startswith(("SELECT", "STORE", "DELETE"))]
    assert 'EXAMINE "Drafts"' in server.commands
    searched = f'UID SEARCH UNDELETED HEADER Message-ID "{series(2)[0].message_id}"'
    assert searched in server.commands
    append = next(each for each in server.commands if each.startswith("APPEND"))
    assert append.startswith('APPEND "Drafts" (\\Draft \\Seen) "24-Nov-2026 00:00:00 +0000" {')


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ({"APPEND": "{tag} NO [TOOBIG] Message too large"}, MailRefusedError, "max_bytes"),
        ({"APPEND": "{tag} NO [OVERQUOTA] Quota exceeded"}, MailRefusedError, "mailbox is full"),
        ({"APPEND": "{tag} NO [TRYCREATE] No such mailbox"}, AccountError, "--folder"),
        ({"APPEND": "{tag} NO [UNAVAILABLE] Maintenance"}, TryLaterError, "later"),
        ({"APPEND": "{tag} NO because"}, MailRefusedError, "because"),
        ({"APPEND": "{tag} BAD syntax"}, MailRefusedError, "syntax"),
        ({"UID SEARCH": "{tag} NO [INUSE] Locked"}, TryLaterError, "later"),
        ({"EXAMINE": "{tag} NO [NONEXISTENT] Gone"}, AccountError, "--folder"),
        ({"AUTHENTICATE": "{tag} NO [AUTHENTICATIONFAILED] no"}, AccountError, "password"),
        ({"AUTHENTICATE": "{tag} NO Application-specific password"}, AccountError, "password"),
        ({"AUTHENTICATE": "{tag} NO [UNAVAILABLE] later"}, TryLaterError, "later"),
        ({'LIST "" "*"': "{tag} OK none"}, AccountError, "--folder"),
        (
            {"CAPABILITY": "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK done"},
            AccountError,
            "no",
        ),
        ({"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done"}, AccountError, "plain letters"),
    ],
)
def test_a_no_is_told_with_what_to_do(
    folder: Path, answers: dict[str, str], kind: type[PhotoprepError], words: str
) -> None:
    with scripted_imap(answers) as server, pytest.raises(kind) as refused:
        put(folder, server)
    assert words in f"{refused.value.message} {refused.value.hint}"
    assert refused.value.hint
    assert server.appended == []


@pytest.mark.parametrize(
    "command",
    ["CAPABILITY", "AUTHENTICATE", "LIST", "EXAMINE", "UID SEARCH", "STATUS", "APPEND"],
)
@pytest.mark.parametrize(
    "answer",
    [HANG_UP, None, "* BYE going down", "this is no IMAP", "* \x00\xff", "{tag}", "* LIST ((("],
)
def test_whatever_breaks_the_conversation_asks_for_another_run(
    folder: Path, command: str, answer: str | None
) -> None:
    capabilities = "* CAPABILITY IMAP4rev1 AUTH=PLAIN SPECIAL-USE APPENDLIMIT\r\n{tag} OK done"
    answers = {command: answer} | ({} if command == "CAPABILITY" else {"CAPABILITY": capabilities})
    with scripted_imap(answers) as server, pytest.raises(TryLaterError) as broke:
        put(folder, server, answer_s=0.3)
    assert broke.value.exit_code == 75
    assert server.appended == []


@pytest.mark.parametrize("greeting", [HANG_UP, "* BYE too busy", "HTTP/1.1 400 Bad Request", ""])
def test_no_greeting_asks_for_another_run(folder: Path, greeting: str) -> None:
    with scripted_imap(greeting=greeting) as server, pytest.raises(TryLaterError):
        put(folder, server, answer_s=0.3)
    assert server.commands == []


def test_nobody_listening_asks_for_another_run(folder: Path) -> None:
    with scripted_imap() as server:
        pass
    with pytest.raises(TryLaterError, match="not to be reached"):
        put(folder, server)


def test_a_server_without_starttls_gets_no_password(folder: Path) -> None:
    with scripted_imap() as server, pytest.raises(AccountError, match="does not offer STARTTLS"):
        put(folder, server, security="starttls")
    assert {each.split()[0] for each in server.commands} == {"CAPABILITY"}


def test_a_server_that_is_signed_in_to_before_starttls_is_refused(folder: Path) -> None:
    """Whoever stands between could keep the connection unprotected so (RFC 3501, 11.1)."""
    capability = {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done"}
    with (
        scripted_imap(capability, greeting="* PREAUTH welcome") as server,
        pytest.raises(PhotoprepError),
    ):
        put(folder, server, security="starttls")
    assert {each.split()[0] for each in server.commands} == {"CAPABILITY"}
    assert server.appended == []


def test_a_server_without_tls_is_told_apart(folder: Path) -> None:
    with scripted_imap() as server, pytest.raises(AccountError, match="no protected connection"):
        put(folder, server, security="tls")


def test_a_password_that_the_server_repeats_is_not_passed_on(folder: Path) -> None:
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done",
        "LOGIN": f"{{tag}} NO LOGIN li {PLAIN_LETTERS} failed",
    }
    with scripted_imap(answers) as server, pytest.raises(AccountError) as refused:
        put(folder, server, password=PLAIN_LETTERS)
    told = "".join(traceback.format_exception(refused.value))
    assert "does not let li in" in told
    assert PLAIN_LETTERS not in told


def test_a_password_with_a_line_break_goes_nowhere(folder: Path) -> None:
    with scripted_imap() as server, pytest.raises(AccountError, match="line break"):
        put(folder, server, password="one\r\nA1 LOGOUT")  # noqa: S106
    assert server.commands == []


def test_a_server_that_knows_login_alone_gets_that(folder: Path) -> None:
    answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done"}
    with scripted_imap(answers) as server:
        assert put(folder, server, password='se"cr\\et')  # noqa: S106 == ["added", "added"]
    assert 'LOGIN li "se\\"cr\\\\et"' in server.commands


@pytest.mark.parametrize(
    ("capability", "added"),
    [("APPENDLIMIT=5000", False), ("APPENDLIMIT", False), ("APPENDLIMIT=50000", True)],
)
def test_the_largest_message_is_asked_before_the_first_is_added(
    tmp_path: Path, capability: str, added: bool
) -> None:
    small, large = series(2)
    large = series(2, size_bytes=9_000)[1]
    folder = output_folder(tmp_path / "out", [small, large])
    answers = {"CAPABILITY": f"* CAPABILITY IMAP4rev1 AUTH=PLAIN {capability}\r\n{{tag}} OK done"}
    with scripted_imap(answers) as server:
        if added:
            assert put(folder, server) == ["added", "added"]
        else:
            with pytest.raises(MailRefusedError, match=r"mail-2-of-2\.eml has 14 kB"):
                put(folder, server)
            assert server.appended == []


def test_a_server_that_marks_folders_only_when_asked_is_asked(folder: Path) -> None:
    answers = {
        'LIST "" "*"': '* LIST () "/" INBOX\r\n* LIST () "/" &g0l6Pw-\r\n{tag} OK done',
        'LIST (SPECIAL-USE) "" "*"': '* LIST (\\Drafts) "/" &g0l6Pw-\r\n{tag} OK done',
    }
    with scripted_imap(answers) as server:
        assert put(folder, server) == ["added", "added"]
    assert 'EXAMINE "&g0l6Pw-"' in server.commands


def test_an_account_without_imap_says_so() -> None:
    account = Account("work", "li@example.com", "li", smtp=Server("127.0.0.1", 25))
    with pytest.raises(AccountError, match="has no IMAP server"), open_mailbox(account, PASSWORD):
        pass


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ("append failed: [TOOBIG] Too large", "TOOBIG", "[TOOBIG] Too large"),
        ("append failed: no", "", "no"),
        ("LIST command error: BAD [b'[CANNOT 7] it\\'s so']", "CANNOT", "[CANNOT 7] it\\'s so"),
        ("[AuthenticationFailed] x", "AUTHENTICATIONFAILED", "[AuthenticationFailed] x"),
        ("", "", ""),
    ],
)
def test_answers_are_read(answer: str, code: str, words: str) -> None:
    assert answer_code(answer) == code
    assert own_words(answer) == words
    assert words in refusal("imap.example.com", "was asked", answer).message
