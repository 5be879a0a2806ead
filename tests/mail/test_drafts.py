"""Drafts in a real Dovecot: each once, byte for byte, whatever happens on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a Dovecot", allow_module_level=True)

from photoprep.errors import AccountError, MailRefusedError, OutputBusyError, TryLaterError
from photoprep.mail.account import Account
from photoprep.mail.draft_files import Identity, read_drafts
from photoprep.mail.drafts import put_drafts
from photoprep.mail.drafts_record import RECORD_FILE, open_drafts_record
from photoprep.mail.imap import open_mailbox
from tests.mail.cut_proxy import cut_proxy
from tests.mail.dovecot import DRAFTS, PASSWORD, Dovecot, missing_dovecot, running_dovecot
from tests.mail.drawn_drafts import Drawn, draft_bytes, output_folder, series

pytestmark = missing_dovecot
NOW = datetime(2026, 11, 24, 9, 30, 15, tzinfo=UTC)
# More lines than a server says in the longest conversation here, and one that it never gets to.
MOST_LINES = 60


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as dovecot:
        yield dovecot


def put(
    folder: Path,
    account: Account,
    *,
    wanted: str = "",
    dry_run: bool = False,
    known_series: Sequence[str] = (),
) -> tuple[list[str], list[Identity]]:
    """What becomes of each draft of the folder, and those of earlier plans."""
    told: list[str] = []
    with open_mailbox(account, PASSWORD) as mailbox:
        earlier = put_drafts(
            read_drafts(folder),
            mailbox,
            mailbox.drafts_folder(wanted),
            now=NOW,
            known_series=known_series,
            dry_run=dry_run,
            on_placed=lambda each: told.append(each.status),
        )
    return told, earlier


def held_bytes(dovecot: Dovecot, user: str) -> list[bytes]:
    return [data for data, _ in dovecot.held(user)]


def test_drafts_lie_there_byte_for_byte_and_a_second_run_adds_nothing(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    drafts = series(3, size_bytes=200_000)
    folder = output_folder(tmp_path / "out", drafts)
    account = dovecot.account("bytes")
    assert put(folder, account) == (["added"] * 3, [])
    held = dovecot.held("bytes")
    assert [data for data, _ in held] == [draft_bytes(drawn) for drawn in drafts]
    for _, words in held:
        assert r"\Draft" in words
        assert r"\Seen" in words
        assert '"24-Nov-2026 09:30:15 +0000"' in words
    assert put(folder, account) == (["there"] * 3, [])
    assert dovecot.held("bytes") == held


def test_a_rehearsal_adds_nothing_and_says_what_would_be(dovecot: Dovecot, tmp_path: Path) -> None:
    folder = output_folder(tmp_path / "out", series(2))
    account = dovecot.account("rehearsal")
    assert put(folder, account, dry_run=True) == (["to-add"] * 2, [])
    assert dovecot.held("rehearsal") == []


def test_only_what_is_missing_is_added(dovecot: Dovecot, tmp_path: Path) -> None:
    folder = output_folder(tmp_path / "out", series(3))
    account = dovecot.account("missing")
    put(folder, account)
    with dovecot.client("missing") as client:
        client.select("Entw&APw-rfe")
        client.store("2", "+FLAGS", r"(\Deleted)")  # not yet expunged, and gone for a person
    assert put(folder, account)[0] == ["there", "added", "there"]
    assert put(folder, account)[0] == ["there"] * 3


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_draft_edited_by_hand_goes_with_the_line_ends_of_mail(
    dovecot: Dovecot, tmp_path: Path, line_end: bytes
) -> None:
    (drawn,) = series(1)
    folder = output_folder(tmp_path / "out", [drawn])
    edited = draft_bytes(drawn).replace(b"Sir or Madam", b"Mr Smith")
    (folder / "mails" / drawn.filename).write_bytes(edited.replace(b"\r\n", line_end))
    user = f"edited{len(line_end)}"
    put(folder, dovecot.account(user))
    assert held_bytes(dovecot, user) == [edited]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_protected_connections_are_verified(
    dovecot: Dovecot, tmp_path: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = output_folder(tmp_path / "out", series(1))
    user = f"safe-{security}"
    account = dovecot.account(user, security, host="localhost")  # type: ignore[arg-type]
    with pytest.raises(AccountError, match="not to be trusted") as refused:
        put(folder, account)
    assert refused.value.exit_code == 78
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    assert put(folder, account)[0] == ["added"]
    assert len(held_bytes(dovecot, user)) == 1


def test_plain_goes_to_this_machine_alone() -> None:
    account = Dovecot(143, 993, Path()).account("somebody", host="imap.example.com")
    with pytest.raises(AccountError, match="unprotected"), open_mailbox(account, PASSWORD):
        pass


def test_a_wrong_password_is_told_without_it(dovecot: Dovecot) -> None:
    with (
        pytest.raises(AccountError, match="does not let anybody in") as refused,
        open_mailbox(dovecot.account("anybody"), "not the right one"),
    ):
        pass
    assert "not the right one" not in f"{refused.value} {refused.value.hint}"


def test_the_folder_may_be_named(dovecot: Dovecot, tmp_path: Path) -> None:
    folder = output_folder(tmp_path / "out", series(1))
    account = dovecot.account("named")
    with pytest.raises(AccountError, match="no folder 'Ofertas'") as refused:
        put(folder, account, wanted="Ofertas")
    assert DRAFTS in refused.value.hint
    with dovecot.client("named") as client:
        client.create("&VUZUwVNVaGU-")  # 商品单样, in modified UTF-7
    with open_mailbox(account, PASSWORD) as mailbox:
        name = next(each for each in mailbox.folders() if each not in {DRAFTS, "INBOX"})
    assert put(folder, account, wanted=name)[0] == ["added"]
    assert len(dovecot.held("named", "&VUZUwVNVaGU-")) == 1
    assert put(folder, account, wanted="inbox")[0] == ["added"]


def test_a_server_that_marks_no_folder_wants_one_named(tmp_path: Path) -> None:
    with running_dovecot(special_use=r"\Archive") as dovecot:
        folder = output_folder(tmp_path / "out", series(1))
        with pytest.raises(AccountError, match="does not say which folder") as refused:
            put(folder, dovecot.account("li"))
        assert "--folder" in refused.value.hint
        assert DRAFTS in refused.value.hint
        assert put(folder, dovecot.account("li"), wanted=DRAFTS)[0] == ["added"]


def test_a_full_mailbox_says_so_and_what_fitted_stays(tmp_path: Path) -> None:
    quota = """
mail_plugins = quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=600K
}
"""
    with running_dovecot(more=quota) as dovecot:
        folder = output_folder(tmp_path / "out", series(3, size_bytes=190_000))
        with pytest.raises(MailRefusedError, match=r"mail-3-of-3\.eml") as refused:
            put(folder, dovecot.account("li"))
        assert "mailbox is full" in refused.value.hint
        assert refused.value.exit_code == 69
        assert held_bytes(dovecot, "li") == [
            draft_bytes(drawn) for drawn in series(3, size_bytes=190_000)[:2]
        ]


def test_an_earlier_plans_drafts_are_named_and_left(dovecot: Dovecot, tmp_path: Path) -> None:
    account = dovecot.account("earlier")
    before = series(2)
    put(output_folder(tmp_path / "before", before), account)
    after = series(3, version="b", seed=1)
    told, earlier = put(output_folder(tmp_path / "after", after), account)
    assert told == ["added"] * 3
    assert [each.subject for each in earlier] == [drawn.subject for drawn in before]
    assert held_bytes(dovecot, "earlier") == [draft_bytes(drawn) for drawn in (*before, *after)]


def test_the_same_pictures_with_other_words_are_another_draft(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    """What lies there is as photoprep put it there, so nobody has saved or addressed it."""
    account = dovecot.account("words")
    before = series(1)
    put(output_folder(tmp_path / "before", before), account)
    told, earlier = put(output_folder(tmp_path / "after", series(1, version="b")), account)
    assert told == ["added"]
    assert [each.message_id for each in earlier] == [before[0].message_id]


def test_identifiers_of_strange_letters_are_found(dovecot: Dovecot, tmp_path: Path) -> None:
    version = "(a{2}%*]'&"
    folder = output_folder(tmp_path / "out", series(2, version=version))
    account = dovecot.account("strange")
    assert put(folder, account)[0] == ["added"] * 2
    assert put(folder, account)[0] == ["there"] * 2


def saved_again(drawn: Drawn) -> bytes:
    """As Thunderbird saves it: another Message-ID and wrapping, no X-Unsent, and a recipient."""
    data = draft_bytes(
        replace(drawn, version="thunderbird"), more_headers="To: a@b.example", without=("X-Unsent",)
    )
    return data.replace(b"Dear Sir or Madam", b"Dear Mr Smith")


def test_a_draft_that_a_mail_program_saved_again_is_not_added_twice(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    account = dovecot.account("again")
    drafts = series(2)
    other = replace(drafts[0], pictures=(b"another picture",))
    answer = replace(drafts[0], pictures=())
    with dovecot.client("again") as client:
        for data in (saved_again(drafts[0]), saved_again(other), saved_again(answer)):
            client.append("Entw&APw-rfe", r"(\Draft)", "", data)
    told, earlier = put(output_folder(tmp_path / "out", drafts), account)
    assert told == ["saved-again", "added"]
    assert [each.message_id for each in earlier] == ["<part-1.thunderbird@example.com>"]


def test_what_stands_elsewhere_in_the_series_is_another_draft(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    """The same pictures, but part 1 of 2 where it now is part 1 of 3."""
    account = dovecot.account("renumbered")
    with dovecot.client("renumbered") as client:
        client.append("Entw&APw-rfe", "", "", saved_again(series(2)[0]))
    told, earlier = put(output_folder(tmp_path / "out", series(3)), account)
    assert told == ["added"] * 3
    assert len(earlier) == 1


def test_drafts_of_another_series_are_named_when_they_are_remembered(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    account = dovecot.account("remembered")
    before = series(1)
    put(output_folder(tmp_path / "out", before), account)
    after = [replace(drawn, series="<root.0002@example.com>") for drawn in series(1, version="b")]
    told, earlier = put(output_folder(tmp_path / "out", after), account)
    assert (told, earlier) == (["added"], [])
    told, earlier = put(tmp_path / "out", account, known_series=[before[0].series])
    assert told == ["there"]
    assert [each.message_id for each in earlier] == [before[0].message_id]


def test_a_saved_draft_of_another_series_is_another_letter(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    """The same pictures, but to another customer, or signed by somebody else."""
    account = dovecot.account("letter")
    (drawn,) = series(1)
    with dovecot.client("letter") as client:
        client.append("Entw&APw-rfe", "", "", saved_again(drawn))
    (other,) = (replace(drawn, series="<root.0002@example.com>", version="b"),)
    told, earlier = put(
        output_folder(tmp_path / "out", [other]), account, known_series=[drawn.series]
    )
    assert told == ["added"]
    assert len(earlier) == 1


def test_two_runs_at_once_do_not_both_add(tmp_path: Path) -> None:
    folder = output_folder(tmp_path / "out", series(1))
    for rehearsal in (False, True):
        with open_drafts_record(folder) as record:
            record.remember(["<a@b>", "<c@d>", ""])
            with (
                pytest.raises(OutputBusyError),
                open_drafts_record(folder, rehearsal=rehearsal),
            ):
                pass
        with open_drafts_record(folder) as record:
            assert record.series() == ["<c@d>", "<a@b>"]


def test_a_rehearsal_leaves_no_record_and_a_damaged_one_is_begun_anew(tmp_path: Path) -> None:
    place = tmp_path / ".photoprep" / RECORD_FILE
    with open_drafts_record(tmp_path, rehearsal=True) as record:
        assert record.series() == []
    assert not place.exists()
    with open_drafts_record(tmp_path) as record:
        record.remember(["<a@b>"])
    place.write_bytes(b"no database" * 100)
    with open_drafts_record(tmp_path) as record:
        assert record.series() == []


def completes(folder: Path, account: Account) -> bool:
    """Whether a run over this connection comes to its end; else it says to try again."""
    try:
        put(folder, account)
    except TryLaterError:
        return False
    return True


@pytest.mark.parametrize("part", range(4))
def test_a_connection_cut_after_any_line_of_the_server_costs_no_draft_and_doubles_none(
    dovecot: Dovecot, tmp_path: Path, part: int
) -> None:
    """Each line in its turn is the last one that arrives; the next run completes."""
    drafts = series(2)
    folder = output_folder(tmp_path / "out", drafts)
    expected = [draft_bytes(drawn) for drawn in drafts]
    for lines in range(part, MOST_LINES, 4):
        user = f"cut{lines}"
        with cut_proxy(dovecot.plain_port, server_lines=lines) as proxy:
            whole = completes(folder, dovecot.account(user, port=proxy.port))
            assert whole or proxy.broke.is_set()
        if whole:
            assert held_bytes(dovecot, user) == expected
        put(folder, dovecot.account(user))
        assert held_bytes(dovecot, user) == expected
        if whole:
            assert lines > 2 * MOST_LINES // 5  # so that there were steps to be cut at
            return
    pytest.fail("no conversation came to its end")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_connection_cut_within_a_draft_costs_no_draft_and_doubles_none(
    dovecot: Dovecot, tmp_path: Path, share: float
) -> None:
    drafts = series(2, size_bytes=30_000)
    folder = output_folder(tmp_path / "out", drafts)
    expected = [draft_bytes(drawn) for drawn in drafts]
    user = f"within{share}"
    with cut_proxy(dovecot.plain_port) as proxy:
        put(folder, dovecot.account(f"{user}-whole", port=proxy.port))
        whole_bytes = proxy.passed_client_bytes
    for draft, bytes_before in ((0, whole_bytes - sum(map(len, expected)) - 200), (1, None)):
        start = bytes_before or whole_bytes - len(expected[1]) - 100
        own = f"{user}-{draft}"
        cut = start + int(len(expected[draft]) * share)
        with cut_proxy(dovecot.plain_port, client_bytes=cut) as proxy:
            assert not completes(folder, dovecot.account(own, port=proxy.port))
        put(folder, dovecot.account(own))
        assert held_bytes(dovecot, own) == expected
