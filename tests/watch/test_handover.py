"""After a batch: drafts in a real Dovecot, a real command, a notification; no harm to the batch."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs POSIX programs", allow_module_level=True)

from photoprep.errors import ExitCode
from photoprep.language import packed, say, unpacked
from photoprep.mail.accounts import add_account
from photoprep.watch.after_command import run_command
from photoprep.watch.batch import Outcome
from photoprep.watch.config import HandOverConfig
from photoprep.watch.handover import HandOver, hand_over
from photoprep.watch.notification import notification_command
from tests.mail.dovecot import PASSWORD, Dovecot, missing_dovecot, running_dovecot
from tests.mail.drawn_drafts import draft_bytes, output_folder, series

OUTCOME = Outcome(ExitCode.DONE, prepared=3, failed=1, mails=2, findings=4, page="report.html")


@pytest.fixture
def result(tmp_path: Path) -> HandOver:
    out = tmp_path / "out" / "order; rm -rf $HOME `x` %PATH% 订单"
    out.mkdir(parents=True)
    return HandOver(out.name, out, "done", OUTCOME, customer="C1", preset="trade-email")


def script(path: Path, body: str) -> str:
    path.write_text(f"#!{sys.executable}\n{body}", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_nothing_is_done_that_is_not_configured(result: HandOver) -> None:
    assert hand_over(HandOverConfig(), result) == ()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as dovecot:
        yield dovecot


@missing_dovecot
class TestDrafts:
    CONFIG = HandOverConfig(drafts_account="work")

    @pytest.fixture(autouse=True)
    def _password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PHOTOPREP_PASSWORD_WORK", PASSWORD)

    def test_each_draft_once_however_often(
        self, dovecot: Dovecot, result: HandOver, tmp_path: Path
    ) -> None:
        drafts = series(2)
        out = output_folder(tmp_path / "prepared", drafts)
        add_account(dovecot.account("handed"))
        (first,) = hand_over(self.CONFIG, replace(result, out=out))
        assert (first.step, first.state) == ("drafts", "done")
        assert unpacked(first.message) == ("2 drafts added to the account work; 0 there already.")
        (again,) = hand_over(self.CONFIG, replace(result, out=out))
        assert unpacked(again.message) == "0 drafts added to the account work; 2 there already."
        assert [data for data, _ in dovecot.held("handed")] == [draft_bytes(one) for one in drafts]

    def test_the_folder_that_is_named_is_taken(
        self, dovecot: Dovecot, result: HandOver, tmp_path: Path
    ) -> None:
        out = output_folder(tmp_path / "prepared", series(1))
        add_account(dovecot.account("named"))
        (done,) = hand_over(replace(self.CONFIG, drafts_folder="INBOX"), replace(result, out=out))
        assert done.state == "done"
        assert len(dovecot.held("named", "INBOX")) == 1

    def test_a_server_that_is_away_is_asked_later(
        self, dovecot: Dovecot, result: HandOver, tmp_path: Path
    ) -> None:
        out = output_folder(tmp_path / "prepared", series(1))
        add_account(dovecot.account("away", port=1))  # where nobody listens
        (done,) = hand_over(self.CONFIG, replace(result, out=out))
        assert done.state == "later"
        assert done.message

    def test_what_a_person_has_to_mend_is_not_tried_again(
        self, dovecot: Dovecot, result: HandOver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        out = output_folder(tmp_path / "prepared", series(1))
        (unknown,) = hand_over(self.CONFIG, replace(result, out=out))
        assert unknown.state == "failed"
        add_account(dovecot.account("wrong"))
        monkeypatch.setenv("PHOTOPREP_PASSWORD_WORK", "not it")
        (refused,) = hand_over(self.CONFIG, replace(result, out=out))
        assert refused.state == "failed"
        assert refused.hint
        assert "not it" not in str(refused)

    def test_a_batch_that_failed_or_has_no_mails_has_no_drafts(self, result: HandOver) -> None:
        assert hand_over(self.CONFIG, replace(result, state="failed")) == ()
        assert hand_over(self.CONFIG, replace(result, outcome=replace(OUTCOME, mails=0))) == ()

    def test_an_output_that_is_gone_is_told(self, result: HandOver, dovecot: Dovecot) -> None:
        add_account(dovecot.account("gone"))
        (done,) = hand_over(self.CONFIG, replace(result, out=result.out / "gone"))
        assert done.state == "failed"
        assert done.message


TELLS = """
import json, os, sys
told = json.load(sys.stdin)
variables = {key: value for key, value in os.environ.items() if key.startswith("PHOTOPREP_")}
print(json.dumps([sys.argv[1:], told, variables, os.getcwd()]))
print("and an error", file=sys.stderr)
"""


def test_a_command_is_told_all_and_no_shell_reads_it(
    result: HandOver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOPREP_PASSWORD_WORK", "secret")
    program = script(tmp_path / "tells it", TELLS)
    (done,) = hand_over(HandOverConfig(command=(program, "$HOME", "a b", ";")), result)
    assert (done.step, done.state) == ("command", "done")
    first, second = sorted(done.output.splitlines(), key=len, reverse=True)
    arguments, told, variables, folder = json.loads(first)
    assert second == "and an error"
    assert arguments == ["$HOME", "a b", ";"]
    assert told == {
        "schema": 1,
        "batch": result.batch,
        "state": "done",
        "out": str(result.out),
        "archive": "",
        "customer": "C1",
        "preset": "trade-email",
        "exit_code": 0,
        "prepared": 3,
        "failed": 1,
        "mails": 2,
        "findings": 4,
        "page": "report.html",
        "message": "",
    }
    assert {key: variables[f"PHOTOPREP_{key.upper()}"] for key in told} == {
        key: str(value) for key, value in told.items()
    }
    assert "PHOTOPREP_PASSWORD_WORK" not in variables
    assert folder == str(result.out)


def test_a_failed_batch_is_told_with_its_reason_even_without_an_output(
    result: HandOver, tmp_path: Path
) -> None:
    program = script(tmp_path / "tells", TELLS)
    reason = packed(say("There are no photos in it."))
    failed = replace(
        result,
        state="failed",
        out=tmp_path / "never made",
        outcome=Outcome(ExitCode.NO_PHOTOS, message=reason),
    )
    (done,) = hand_over(HandOverConfig(command=(program,)), failed)
    _, told, _, folder = json.loads(done.output.splitlines()[0])
    assert (told["state"], told["exit_code"]) == ("failed", 66)
    assert told["message"] == "There are no photos in it."
    assert folder == "/"


def test_a_command_that_fails_or_is_not_there_is_told(result: HandOver, tmp_path: Path) -> None:
    program = script(tmp_path / "fails", "print('no disk')\nraise SystemExit(3)")
    (done,) = hand_over(HandOverConfig(command=(program,)), result)
    assert (done.state, done.output) == ("failed", "no disk\n")
    assert "ended with 3" in unpacked(done.message)
    (missing,) = hand_over(HandOverConfig(command=(str(tmp_path / "none"),)), result)
    assert missing.state == "failed"
    assert "cannot be run (No such file or directory)" in unpacked(missing.message)
    assert missing.hint


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(
    result: HandOver, tmp_path: Path
) -> None:
    mark = tmp_path / "child"
    body = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "print('begun', flush=True)\n"
        "time.sleep(600)\n"
    )
    program = script(tmp_path / "sleeps", body)
    (done,) = hand_over(HandOverConfig(command=(program,), command_limit_s=3), result)
    assert (done.state, done.output) == ("failed", "begun\n")
    assert "more than 3 seconds" in unpacked(done.message)
    child = int(mark.read_text())
    while is_alive(child):  # the test's own time limit ends this
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_of_much_output_the_last_is_kept_and_nobody_waits(tmp_path: Path) -> None:
    program = script(tmp_path / "talks", "for n in range(300_000): print('line', n)\n")
    ended = run_command([program], {}, folder=tmp_path, limit_s=60)
    assert ended.exit_code == 0
    assert len(ended.output) == 8192
    assert ended.output.endswith("line 299999\n")


def test_a_command_need_not_read_what_it_is_told(tmp_path: Path) -> None:
    ended = run_command(["true"], {"batch": "x" * 50_000}, folder=tmp_path, limit_s=60)
    assert (ended.exit_code, ended.output) == (0, "")


def test_a_notification_is_shown_in_the_readers_language(
    result: HandOver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    script(
        folder / "notify-send",
        "import json, sys\n"
        f"open({str(tmp_path / 'shown')!r}, 'w').write(json.dumps(sys.argv[1:]))\n",
    )
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    (done,) = hand_over(HandOverConfig(notify=True), replace(result, batch="--x <b>"))
    assert (done.step, done.state) == ("notification", "done")
    assert json.loads((tmp_path / "shown").read_text()) == [
        "--app-name=photoprep",
        "--",
        "--x <b> is prepared",
        "3 photos, 2 mails. 1 picture failed.",
    ]


def test_a_notification_that_fails_harms_nothing(
    result: HandOver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (nothing_there,) = hand_over(HandOverConfig(notify=True), result)
    assert nothing_there.state == "failed"
    script(tmp_path / "notify-send", "raise SystemExit(1)")
    (refused,) = hand_over(HandOverConfig(notify=True), result)
    assert refused.state == "failed"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_titles_are_no_part_of_a_script(platform: str) -> None:
    title, text = "\"; do shell script 'x' $(x)", "<b>a\nb\x1b</b>\ud800" + "y" * 500
    found = notification_command(title, text, platform=platform, which=lambda name: f"/bin/{name}")
    assert found is not None
    given = [*found.arguments, *found.variables.values()]
    assert given.count(title) == 1
    assert all(title not in each for each in given if each != title)
    (shown,) = (each for each in given if each.endswith("…"))
    assert shown.startswith("&lt;b&gt;a b " if platform == "linux" else "<b>a b ")
    assert "\x1b" not in shown
    assert notification_command(title, text, platform=platform, which=lambda _: None) is None


def test_steps_can_be_done_alone(result: HandOver, tmp_path: Path) -> None:
    program = script(tmp_path / "runs", f"open({str(tmp_path / 'ran')!r}, 'a').write('x')")
    config = HandOverConfig(drafts_account="work", command=(program,))
    assert [done.step for done in hand_over(config, result, ("drafts",))] == ["drafts"]
    assert not (tmp_path / "ran").exists()
    assert [done.step for done in hand_over(config, result)] == ["drafts", "command"]
    assert (tmp_path / "ran").read_text() == "x"
