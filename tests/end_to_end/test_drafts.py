"""``photoprep drafts`` as a person runs it: a real process, a real Dovecot, and no warm words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a Dovecot", allow_module_level=True)

from tests.mail.cut_proxy import cut_proxy
from tests.mail.dovecot import DRAFTS, PASSWORD, Dovecot, missing_dovecot, running_dovecot
from tests.mail.drafts_command import run_drafts, start_drafts, write_account
from tests.mail.drawn_drafts import draft_bytes, output_folder, series
from tests.mail.noisy_photos import noisy_photos
from tests.support import contents, photoprep

pytestmark = missing_dovecot
PATIENCE_S = 30


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as dovecot:
        yield dovecot


def held(dovecot: Dovecot, user: str) -> list[bytes]:
    return [data for data, _ in dovecot.held(user)]


def test_by_tls_each_draft_once_and_what_was_done_is_said(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    drafts = series(3)
    out = output_folder(tmp_path / "out", drafts)
    before = contents(out)
    write_account(config_folder, dovecot.account("tls", "tls", host="localhost"))
    first = run_drafts(out, password=PASSWORD, certificate=dovecot.certificate)
    assert (first.returncode, first.stderr) == (0, "")
    lines = first.stdout.splitlines()
    assert [line.partition(": ")[2].split(" (")[0] for line in lines[:3]] == ["added"] * 3
    assert lines[0].startswith("mail-1-of-3.eml")
    assert lines[3] == f"3 drafts added to {DRAFTS} of li.na@example.com; 0 there already."
    second = run_drafts(out, "--json", password=PASSWORD, certificate=dovecot.certificate)
    assert second.returncode == 0
    told = json.loads(second.stdout)
    assert (told["account"], told["folder"], told["earlier"]) == ("work", DRAFTS, [])
    assert [row["status"] for row in told["drafts"]] == ["there"] * 3
    assert [row["message_id"] for row in told["drafts"]] == [drawn.message_id for drawn in drafts]
    assert held(dovecot, "tls") == [draft_bytes(drawn) for drawn in drafts]
    assert contents(out) == before


def test_a_rehearsal_writes_nothing_anywhere(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    out = output_folder(tmp_path / "out", series(1))
    write_account(config_folder, dovecot.account("dry"))
    told = run_drafts(out, "--dry-run", password=PASSWORD)
    assert told.returncode == 0
    assert "would be added" in told.stdout
    assert held(dovecot, "dry") == []
    assert list((out / ".photoprep").iterdir()) == []


def test_drafts_of_the_plan_before_are_named(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    """A picture more makes another series: what was put there before is remembered."""
    write_account(config_folder, dovecot.account("plans"))
    (before,) = series(1)
    out = output_folder(tmp_path / "out", [before])
    assert run_drafts(out, password=PASSWORD).returncode == 0
    after = [replace(drawn, series="<root.2@example.com>") for drawn in series(2, seed=1)]
    output_folder(out, [replace(drawn, version="b") for drawn in after])
    told = run_drafts(out, password=PASSWORD)
    assert told.returncode == 0
    assert "earlier plan" in told.stdout
    assert before.subject in told.stdout
    assert len(held(dovecot, "plans")) == 3


def test_a_whole_series_of_the_real_command_lies_there_byte_for_byte(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    out = tmp_path / "out"
    told = photoprep(noisy_photos(tmp_path / "photos"), "--out", out)
    assert told.returncode == 0, told.stderr
    mails = sorted((out / "mails").iterdir())
    assert len(mails) > 1
    for path in mails:
        data = path.read_bytes()
        if b"\r\nMessage-ID: " not in data:
            path.write_bytes(f"Message-ID: <{path.name}@example.com>\r\n".encode() + data)
    write_account(config_folder, dovecot.account("series"))
    for status in ("added", "there"):
        told = run_drafts(out, "--json", password=PASSWORD)
        assert told.returncode == 0, told.stderr
        assert {row["status"] for row in json.loads(told.stdout)["drafts"]} == {status}
        assert held(dovecot, "series") == [path.read_bytes() for path in mails]


def test_what_was_added_before_a_connection_broke_is_said(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    drafts = series(2, size_bytes=30_000)
    out = output_folder(tmp_path / "out", drafts)
    stop = len(draft_bytes(drafts[0])) + 20_000
    for user, options in (("broke", []), ("broke-json", ["--json"])):
        with cut_proxy(dovecot.plain_port, client_bytes=stop) as proxy:
            write_account(config_folder, dovecot.account(user, port=proxy.port))
            told = run_drafts(out, *options, password=PASSWORD)
        assert told.returncode == 75
        assert "mail-2-of-2.eml" in told.stderr
        assert "not added twice" in told.stderr
        if options:
            (row,) = json.loads(told.stdout)["drafts"]
            assert (row["output"], row["status"]) == ("mails/mail-1-of-2.eml", "added")
        else:
            assert told.stdout.startswith("mail-1-of-2.eml: added")
        assert held(dovecot, user) == [draft_bytes(drafts[0])]


@pytest.mark.parametrize("stall", ["within a draft", "before the answer"])
def test_a_process_killed_while_it_adds_costs_no_draft_and_doubles_none(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path, stall: str
) -> None:
    drafts = series(3, size_bytes=20_000)
    out = output_folder(tmp_path / "out", drafts)
    expected = [draft_bytes(drawn) for drawn in drafts]
    user = f"kill-{len(stall)}"
    with cut_proxy(dovecot.plain_port) as proxy:
        account = dovecot.account(f"{user}-whole", port=proxy.port)
        write_account(config_folder, account)
        assert run_drafts(out, password=PASSWORD).returncode == 0
    # What comes last is the third draft, then its answer, then two lines that say goodbye.
    if stall == "within a draft":
        breaking = cut_proxy(
            dovecot.plain_port, client_bytes=proxy.passed_client_bytes - 5_000, stalls=True
        )
    else:
        breaking = cut_proxy(
            dovecot.plain_port, server_lines=proxy.passed_server_lines - 3, stalls=True
        )
    with breaking as proxy:
        write_account(config_folder, dovecot.account(user, port=proxy.port))
        process = start_drafts(out, password=PASSWORD)
        assert proxy.broke.wait(PATIENCE_S)
        process.kill()
        assert process.wait(PATIENCE_S) == -9
        process.communicate()
    assert held(dovecot, user) == (expected[:2] if stall == "within a draft" else expected)
    write_account(config_folder, dovecot.account(user))
    assert run_drafts(out, password=PASSWORD).returncode == 0
    assert held(dovecot, user) == expected


def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    dovecot: Dovecot, tmp_path: Path, config_folder: Path
) -> None:
    out = output_folder(tmp_path / "out", series(2))
    write_account(config_folder, dovecot.account("wrong"))
    refused = run_drafts(out, password="wrong")  # noqa: S106
    assert (refused.returncode, refused.stdout) == (78, "")
    assert "does not let wrong in" in refused.stderr
    with cut_proxy(dovecot.plain_port, server_lines=3) as proxy:
        write_account(config_folder, dovecot.account("wrong", port=proxy.port))
        broke = run_drafts(out, password=PASSWORD)
    assert broke.returncode == 75
    write_account(config_folder, dovecot.account("wrong"))
    missing = run_drafts(out, "--folder", "Ofertas", password=PASSWORD)
    assert missing.returncode == 78
    assert DRAFTS in missing.stderr
    for told in (refused, broke, missing):
        assert "Traceback" not in told.stderr
        assert len(told.stderr.splitlines()) == 2


def test_a_folder_that_is_not_ready_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for told, words in (
        (run_drafts(empty, password=""), "no report.json"),
        (run_drafts(tmp_path / "nowhere", password=""), "no report.json"),
        (run_drafts(output_folder(tmp_path / "none", []), password=""), "no mails"),
    ):
        assert told.returncode == 2
        assert words in told.stderr


def test_an_account_is_tried_at_its_server_of_drafts(dovecot: Dovecot, config_folder: Path) -> None:
    account = dovecot.account("tried")
    write_account(config_folder, account)
    assert account.imap is not None
    told = photoprep("accounts", "test", env={"PHOTOPREP_PASSWORD_WORK": PASSWORD})
    assert told.returncode == 0, told.stderr
    where = f"{account.imap.host}:{account.imap.port}"
    assert f"{where}: not encrypted, on this machine, logged in" in told.stdout
    assert f"drafts go into {DRAFTS}" in told.stdout
    wrong = photoprep("accounts", "test", env={"PHOTOPREP_PASSWORD_WORK": "wrong"})
    assert wrong.returncode == 78
