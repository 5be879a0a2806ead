"""``photoprep send`` as a real process against real servers, stopped at every step it can be."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from tests.mail.outgoing_folder import draft_bytes, journal, make_out, use_account
from tests.mail.smtp_servers import STEPS, Fault, FaultyServer, Step
from tests.support import contents, photoprep, small_photo

A, B = "a@example.org", "b@example.org"
AT_ONCE = ("--yes", "--pause", "0", "--tries", "1")
SECRET = "correct horse battery"  # noqa: S105 (it is nobody's)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return make_out(tmp_path / "photos-prepared")


@pytest.fixture
def server(config_folder: Path) -> Iterator[FaultyServer]:
    """A server, and an account that sends by it."""
    with FaultyServer() as server:
        use_account(config_folder, server.port)
        yield server


def states(told: subprocess.CompletedProcess[str]) -> list[str]:
    """The parts' states for the first recipient."""
    return [mail["recipients"][0]["state"] for mail in json.loads(told.stdout)["mails"]]


def kept(server: FaultyServer) -> list[str]:
    return [mail.data.partition(b"X100 (")[2][:3].decode() for mail in server.kept]


def test_a_series_goes_out_once(out: Path, server: FaultyServer) -> None:
    before = contents(out)
    shown = photoprep("send", out, "--to", A, "--cc", B, "--dry-run")
    assert shown.returncode == 0
    for words in (A, B, "1/3", "Product pictures: Toolbox X100 (3/3)", "Toolbox_2.jpg", "5 kB"):
        assert words in shown.stdout
    assert not server.said
    assert not journal(out).exists()
    told = photoprep("send", out, "--to", A, "--cc", B, *AT_ONCE)
    assert told.returncode == 0, told.stderr
    assert kept(server) == ["1/3", "2/3", "3/3"]
    again = photoprep("send", out, "--to", A, "--bcc", B, *AT_ONCE)
    assert again.returncode == 0
    assert "nothing left to send" in again.stderr
    assert kept(server) == ["1/3", "2/3", "3/3"]
    other = photoprep("send", out, "--to", "c@example.org", *AT_ONCE, "--json", "--quiet")
    assert states(other) == ["sent"] * 3
    assert other.stderr == ""
    assert len(server.kept) == 6
    assert contents(out) == before


def test_nothing_goes_out_unasked(out: Path, server: FaultyServer) -> None:
    told = photoprep("send", out, "--to", A)
    assert told.returncode == ExitCode.WRONG_USAGE
    assert "--yes" in told.stderr
    assert not server.said


CTRL_C = b"\x03"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("answer", "code", "mails"), [(b"n\n", 1, 0), (b"y\n", 0, 3), (CTRL_C, 1, 0)]
)
def test_a_person_is_asked(
    out: Path, server: FaultyServer, answer: bytes, code: int, mails: int
) -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "photoprep", "send", str(out), "--to", A, "--pause", "0"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: _own_terminal(theirs),
    ) as process:
        os.close(theirs)
        told, answered = b"", False
        with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
            while True:
                if select.select([ours], [], [], 1)[0]:
                    chunk = os.read(ours, 4096)
                    if not chunk:
                        break
                    told += chunk
                elif answered and answer == CTRL_C:
                    # Python does not see one that comes just as it begins to read.
                    os.write(ours, answer)
                if b"now?" in told and not answered:
                    assert not server.said
                    os.write(ours, answer)
                    answered = True
    os.close(ours)
    assert process.returncode == code, told
    assert len(server.kept) == mails


def _own_terminal(handle: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(handle, termios.TIOCSCTTY, 0)


def test_every_end_has_its_exit_code(out: Path, server: FaultyServer) -> None:
    server.faults = [Fault("dot", "452 4.3.1 no room")]
    put_off = photoprep("send", out, "--to", A, *AT_ONCE, "--json")
    assert put_off.returncode == ExitCode.TRY_LATER
    assert states(put_off) == ["deferred", "planned", "planned"]
    assert "452 4.3.1 no room" in put_off.stderr
    server.faults = [Fault("rcpt", "550 5.1.1 \x1b[31mwho?", nth=2)]
    refused = photoprep("send", out, "--to", A, *AT_ONCE, "--json")
    assert refused.returncode == ExitCode.REFUSED
    assert states(refused) == ["sent", "refused", "planned"]
    assert "there is no such address: 550 5.1.1" in refused.stderr
    assert "\x1b" not in refused.stderr
    server.faults = [Fault("dot", keeps=True)]
    doubt = photoprep("send", out, "--to", A, *AT_ONCE, "--json")
    assert doubt.returncode == ExitCode.TRY_LATER
    assert states(doubt) == ["sent", "unknown", "planned"]
    assert "--arrived 2" in doubt.stderr
    rest = photoprep("send", out, "--to", A, *AT_ONCE, "--json")
    assert rest.returncode == ExitCode.TRY_LATER
    assert states(rest) == ["sent", "unknown", "sent"]
    assert photoprep("send", out, "--to", A, "--arrived", "1").returncode == ExitCode.WRONG_USAGE
    assert photoprep("send", out, "--to", A, "--arrived", "9").returncode == ExitCode.WRONG_USAGE
    settled = photoprep("send", out, "--to", A, *AT_ONCE, "--json", "--arrived", "2")
    assert settled.returncode == ExitCode.DONE
    assert states(settled) == ["sent"] * 3
    assert sorted(kept(server)) == ["1/3", "2/3", "3/3"]


def test_what_did_not_arrive_is_sent_again_when_a_person_says_so(
    out: Path, server: FaultyServer
) -> None:
    server.faults = [Fault("dot")]
    assert photoprep("send", out, "--to", A, *AT_ONCE).returncode == ExitCode.TRY_LATER
    told = photoprep("send", out, "--to", A, *AT_ONCE, "--not-arrived", "1")
    assert told.returncode == ExitCode.DONE, told.stderr
    assert kept(server) == ["1/3", "2/3", "3/3"]


def test_mistakes_are_told_in_a_sentence(
    out: Path, tmp_path: Path, server: FaultyServer, config_folder: Path
) -> None:
    edited = out / "mails/mail-2-of-3.eml"
    edited.write_bytes(draft_bytes(2, 3, size_bytes=5_000))
    for arguments, code, words in (
        ((out, "--to", "nobody"), ExitCode.WRONG_USAGE, "no e-mail address"),
        ((out, "--to", "a@x.de\nBcc: b@x.de"), ExitCode.WRONG_USAGE, "invisible"),
        ((out,), ExitCode.WRONG_USAGE, "--to"),
        ((tmp_path / "gone", "--to", A), ExitCode.NOTHING_PREPARED, "no mails in this folder"),
        ((out, "--to", A), ExitCode.NOTHING_PREPARED, "--edited"),
        ((out, "--to", A, "--edited", "--account", "x"), ExitCode.WRONG_PRESET, "named 'x'"),
    ):
        told = photoprep("send", *arguments, *AT_ONCE)
        assert told.returncode == code, told.stderr
        assert words in told.stderr
        assert "Traceback" not in told.stderr
    assert not server.said
    assert photoprep("send", out, "--to", A, "--edited", *AT_ONCE).returncode == 0
    edited.unlink()
    told = photoprep("send", out, "--to", A, *AT_ONCE)
    assert (told.returncode, "cannot be read" in told.stderr) == (65, True)
    (config_folder / "accounts.toml").unlink()
    told = photoprep("send", make_out(tmp_path / "x"), "--to", A, *AT_ONCE)
    assert (told.returncode, "no mail account yet" in told.stderr) == (78, True)


def test_a_damaged_journal_sends_nothing(out: Path, server: FaultyServer) -> None:
    assert photoprep("send", out, "--to", A, *AT_ONCE).returncode == 0
    data = journal(out).read_bytes()
    journal(out).write_bytes(data.replace(b"a@example.org", b"c@example.org"))
    server.said.clear()
    for arguments in (AT_ONCE, ("--dry-run",)):
        told = photoprep("send", out, "--to", A, *arguments)
        assert told.returncode == ExitCode.CANNOT_WRITE
        assert "The journal of sent mails is damaged" in told.stderr
    assert not server.said


def test_too_many_recipients_for_the_size(out: Path, server: FaultyServer) -> None:
    (out / "mails/mail-2-of-3.eml").write_bytes(draft_bytes(2, 3, size_bytes=581_000))
    people = [argument for n in range(40) for argument in ("--to", f"somebody-{n:03}@example.org")]
    told = photoprep("send", out, *people, "--edited", *AT_ONCE)
    assert told.returncode == ExitCode.NOTHING_PREPARED
    assert "mail-2-of-3.eml with its recipients has 796," in told.stderr
    assert not server.said


def test_a_password_is_nowhere_to_be_read(out: Path, config_folder: Path) -> None:
    extensions = ("SIZE 800000", "AUTH PLAIN LOGIN")
    with FaultyServer(extensions=extensions, auth_reply="535 5.7.8 {words}") as server:
        use_account(config_folder, server.port)
        env = {"PHOTOPREP_PASSWORD_WORK": SECRET}
        refused = photoprep("send", out, "--to", A, *AT_ONCE, env=env)
        assert refused.returncode == ExitCode.WRONG_PRESET
        server.auth_reply = "235 2.7.0 Ok"
        told = photoprep("send", out, "--to", A, *AT_ONCE, "--json", env=env)
        tested = photoprep("accounts", "test", env=env)
        missing = photoprep("send", out, "--to", B, *AT_ONCE)
    assert told.returncode == 0, told.stderr
    assert "logged in, mails of at most 800 kB" in tested.stdout
    assert (missing.returncode, "PHOTOPREP_PASSWORD_WORK" in missing.stderr) == (78, True)
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    said = "".join(each.stdout + each.stderr for each in (refused, told, tested))
    token = server.said[1].split()[-1]
    assert len(token) > 40
    for secret in (SECRET, token):
        assert secret not in said
        assert secret.encode() not in written


def start(out: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "photoprep", "send", str(out), "--to", A, *AT_ONCE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("step", STEPS)
def test_stopped_by_the_servers_side_at_any_step(
    out: Path, server: FaultyServer, step: Step, kind: signal.Signals
) -> None:
    """The process is stopped when its second mail has come to that step; the server goes on."""
    processes: list[subprocess.Popen[str]] = []
    started = threading.Event()

    def stop(reached: Step) -> None:
        wanted = len(server.kept) == 1 or step in ("connect", "ehlo")
        if reached == step and wanted and started.wait(10) and processes:
            process = processes.pop()
            process.send_signal(kind)
            process.wait(10)

    server.watch = stop
    process = start(out)
    processes.append(process)
    started.set()
    _, said = process.communicate(timeout=30)
    server.watch = lambda _step: None
    assert process.returncode == (ExitCode.INTERRUPTED if kind == signal.SIGINT else -kind), said
    assert "Traceback" not in said
    before = photoprep("send", out, "--to", A, "--dry-run", "--json", "--quiet")
    told = states(before)
    for part, state in enumerate(told, 1):
        if state != "unknown":
            assert (f"{part}/3" in kept(server)) == (state == "sent")
    doubtful = [part for part, state in enumerate(told, 1) if state == "unknown"]
    assert doubtful == [2] * (step == "dot") or step == "content"
    if kind == signal.SIGINT and doubtful:
        assert "--not-arrived 2" in said
    settle = [
        argument
        for part in doubtful
        for argument in ("--arrived" if f"{part}/3" in kept(server) else "--not-arrived", str(part))
    ]
    rest = photoprep("send", out, "--to", A, *AT_ONCE, *settle)
    assert rest.returncode == 0, rest.stderr
    assert sorted(kept(server)) == ["1/3", "2/3", "3/3"]


def test_two_at_once(out: Path, server: FaultyServer) -> None:
    server.faults = [Fault("data", slow_s=2.0)]
    reached = threading.Event()
    server.watch = lambda step: reached.set() if step == "data" else None
    with start(out) as first:
        assert reached.wait(20)
        second = photoprep("send", out, "--to", A, *AT_ONCE)
        first.communicate(timeout=30)
    assert first.returncode == 0
    assert second.returncode == ExitCode.TRY_LATER
    assert "Another photoprep is sending mails from this folder." in second.stderr
    assert kept(server) == ["1/3", "2/3", "3/3"]


def test_photos_prepared_again_after_part_1_was_sent(tmp_path: Path, server: FaultyServer) -> None:
    """The journal outlives the record; a changed series is not mixed with the one that is out."""
    preset = tmp_path / "small.toml"
    preset.write_text(
        'schema = 1\nextends = "trade-email"\n[mail]\nmax_bytes = "30 kB"\n'
        'preferred_bytes = "20 kB"\n[photo]\nmax_bytes = "15 kB"\n',
        encoding="utf-8",
    )
    for number in range(3):
        small_photo(tmp_path / f"photos/Box X{number} open.png", number, (480, 320))
    out = tmp_path / "out"
    arguments = ("--out", out, "--preset", preset, "--no-sheets", "--date", "2026-11-23")
    assert photoprep(tmp_path / "photos", *arguments).returncode == 0
    total = len(list((out / "mails").iterdir()))
    assert total > 1
    server.faults = [Fault("dot", "452 4.3.1 no room", nth=2)]
    assert photoprep("send", out, "--to", A, *AT_ONCE).returncode == ExitCode.TRY_LATER
    (out / ".photoprep/state.db").unlink()
    assert photoprep(tmp_path / "photos", *arguments).returncode == 0
    shown = photoprep("send", out, "--to", A, "--dry-run", "--json")
    assert states(shown) == ["sent", "deferred", *["planned"] * (total - 2)]
    small_photo(tmp_path / "photos/Box X1 open.png", 9, (400, 400))
    assert photoprep(tmp_path / "photos", *arguments).returncode == 0
    mixed = photoprep("send", out, "--to", A, *AT_ONCE)
    assert mixed.returncode == ExitCode.WRONG_USAGE
    assert "--begin-anew" in mixed.stderr
    assert len(server.kept) == 1
    anew = photoprep("send", out, "--to", A, "--begin-anew", *AT_ONCE)
    assert anew.returncode == 0, anew.stderr
    assert len(server.kept) == 1 + len(list((out / "mails").iterdir()))


def test_the_command_loads_no_smtp_before_it_sends() -> None:
    """So that ``photoprep --version`` answers at once."""
    code = (
        "import sys, photoprep.cli\n"
        "print(sorted({'smtplib', 'keyring', 'idna', 'sqlite3'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
