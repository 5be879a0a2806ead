"""A server goes wrong, one way at a time: nothing goes out twice, nothing is lost, all is told."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photoprep.errors import MailRefusedError, TryLaterError, UsageError
from photoprep.mail.outbox import Outbox
from photoprep.mail.sending import Pace, Sending, check_not_mixed, earlier_series
from photoprep.mail.smtp import Timeouts
from tests.mail.outgoing_folder import (
    draft_bytes,
    journal,
    make_out,
    postman,
    sending_of,
    states,
)
from tests.mail.smtp_servers import STEPS, Fault, FaultyServer, Step

A, B, C = "a@example.org", "b@example.org", "c@example.org"


def deliver(sending: Sending, folder: Path, **options: object) -> None:
    with Outbox(journal(folder)) as outbox:
        postman(sending, outbox, **options).deliver()  # type: ignore[arg-type]


def parts(server: FaultyServer, recipient: str) -> list[str]:
    """The subjects' numbers of the mails that a recipient has, in the order they came."""
    return [
        mail.data.partition(b"X100 (")[2][:3].decode()
        for mail in server.kept
        if recipient in mail.recipients
    ]


def test_everything_goes_out_once_and_in_order(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    with FaultyServer() as server:
        sending = sending_of(out, server.port, A, bcc=(B,))
        deliver(sending, out)
        deliver(sending, out)
    assert parts(server, A) == parts(server, B) == ["1/3", "2/3", "3/3"]
    assert len(server.kept) == 3
    assert states(out, sending) == {A: ["sent"] * 3, B: ["sent"] * 3}
    assert all(B.encode() not in mail.data for mail in server.kept)


@pytest.mark.parametrize("earlier", [0, 1])
@pytest.mark.parametrize("step", STEPS)
def test_a_cut_at_any_step_costs_nothing_but_time(tmp_path: Path, step: Step, earlier: int) -> None:
    """Tried again within the run, unless it was the dot: then nobody knows, and nobody sends."""
    out = make_out(tmp_path)
    with FaultyServer([Fault("mail", "451 4.3.0 later")] * earlier) as server:
        sending = sending_of(out, server.port)
        server.faults.append(Fault(step))
        deliver(sending, out)
        assert not server.faults
        if states(out, sending)[A][0] == "unknown":
            # In a small mail, the cut may be noticed only after the dot has gone.
            assert step in ("content", "dot")
            assert states(out, sending)[A] == ["unknown", "planned", "planned"]
            deliver(sending, out)  # the others go; what is in doubt is left
            assert states(out, sending)[A] == ["unknown", "sent", "sent"]
            assert parts(server, A) == ["2/3", "3/3"]
        else:
            assert step != "dot"
            assert states(out, sending)[A] == ["sent"] * 3
            assert parts(server, A) == ["1/3", "2/3", "3/3"]


@pytest.mark.parametrize("reply", ["", "552 5.3.4 too much of it", "452 4.3.1 no room"])
def test_what_is_seen_before_the_dot_leaves_no_doubt(
    tmp_path: Path, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handing = Outbox.handing

    def slow(*arguments: Any) -> Any:
        time.sleep(0.2)  # as a slow disk: the server's answer is there by now
        return handing(*arguments)

    monkeypatch.setattr(Outbox, "handing", slow)
    out = make_out(tmp_path, 1)
    with FaultyServer([Fault("content", reply)]) as server:
        sending = sending_of(out, server.port)
        deliver(sending, out, pace=Pace(waits_s=()))
        assert states(out, sending)[A] == ["refused" if reply.startswith("5") else "deferred"]
        deliver(sending, out)
    assert parts(server, A) == ["1/1"]


@pytest.mark.parametrize("keeps", [True, False])
def test_only_a_person_settles_what_is_in_doubt(tmp_path: Path, keeps: bool) -> None:
    out = make_out(tmp_path)
    with FaultyServer([Fault("dot", keeps=keeps)]) as server:
        sending = sending_of(out, server.port)
        for _ in range(3):
            deliver(sending, out)
        assert states(out, sending)[A] == ["unknown", "sent", "sent"]
        with Outbox(journal(out)) as outbox:
            doubtful = sending.deliveries(outbox)[1]
            outbox.settle(doubtful, arrived=keeps, now="2026")
            with pytest.raises(UsageError, match="not in doubt"):
                outbox.settle(sending.deliveries(outbox)[2], arrived=True, now="2026")
        deliver(sending, out)
    assert sorted(parts(server, A)) == ["1/3", "2/3", "3/3"]
    assert states(out, sending)[A] == ["sent"] * 3


NOT_NOW = [
    *[(step, "421 4.3.2 closing") for step in STEPS if step != "content"],
    *[("mail", "452 4.3.1 full"), ("rcpt", "450 4.2.0 grey"), ("data", "451 4.3.0 error")],
    *[("dot", "451 4.3.0 error"), ("dot", "452 4.3.1 no room")],
]


@pytest.mark.parametrize(("step", "reply"), NOT_NOW)
def test_not_now_is_tried_again_with_the_same_bytes(tmp_path: Path, step: Step, reply: str) -> None:
    out = make_out(tmp_path)
    waited: list[float] = []
    pace = Pace(pause_s=1, waits_s=(5, 30))
    with FaultyServer([Fault(step, reply)] * 2) as server:
        sending = sending_of(out, server.port)
        deliver(sending, out, pace=pace, sleep=waited.append)
    assert waited == [5, 30, 1, 1]
    assert parts(server, A) == ["1/3", "2/3", "3/3"]
    assert states(out, sending)[A] == ["sent"] * 3


def test_not_now_to_the_end_puts_off_and_a_later_run_sends_the_same(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    tried: list[bytes] = []
    with FaultyServer([Fault("dot", "451 4.3.0 greylisted")] * 3) as server:
        sending = sending_of(out, server.port)
        transmit = _recording(tried)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("photoprep.mail.smtp.Session.transmit", transmit)
            deliver(sending, out)
            assert states(out, sending)[A] == ["deferred", "planned", "planned"]
            deliver(sending, out)
    assert len(tried) == 6
    assert len(set(tried[:4])) == 1  # the fourth is the later run's, by a later clock
    assert [mail.data for mail in server.kept] == tried[3:]
    assert states(out, sending)[A] == ["sent"] * 3


def _recording(tried: list[bytes]):  # type: ignore[no-untyped-def]
    from photoprep.mail.smtp import Session

    real = Session.transmit

    def transmit(self, sender, recipients, data, **steps):  # type: ignore[no-untyped-def]
        tried.append(data)
        return real(self, sender, recipients, data, **steps)

    return transmit


NEVER = [
    ("mail", "552 5.3.4 Message size exceeds fixed limit", "too large"),
    ("dot", "552 5.3.4 Message too big", "too large"),
    ("dot", "554 5.3.4 too big", "too large"),
    ("rcpt", "552 5.2.2 Mailbox full", "mailbox is full"),
    ("dot", "552 5.2.2 Over quota", "mailbox is full"),
    ("dot", "552 storage", "too large, or the mailbox full"),
    ("rcpt", "550 5.1.1 User unknown", "no such address"),
    ("rcpt", "550 no", "not to be had"),
    ("data", "554 5.7.1 spam", "does not let this mail pass"),
    ("dot", "554 5.6.0 odd", "refuses"),
    ("mail", "553 5.7.1 not your address", "does not let this mail pass"),
]


@pytest.mark.parametrize(("step", "reply", "reason"), NEVER)
def test_a_refusal_stops_the_series_and_says_why(
    tmp_path: Path, step: Step, reply: str, reason: str
) -> None:
    out = make_out(tmp_path)
    waited: list[float] = []
    with FaultyServer([Fault(step, reply)]) as server:
        sending = sending_of(out, server.port)
        deliver(sending, out, sleep=waited.append)
        assert states(out, sending)[A] == ["refused", "planned", "planned"]
        assert not server.kept
        assert not waited
        with Outbox(journal(out), look=True) as outbox:
            said = sending.deliveries(outbox)[1][0].reply
        assert reason in said
        assert reply in said
        deliver(sending, out)  # asked again, it goes
    assert parts(server, A) == ["1/3", "2/3", "3/3"]


def test_one_recipient_is_refused_and_the_others_get_everything(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    with FaultyServer([Fault("rcpt", "550 5.1.1 User unknown", about=B)]) as server:
        sending = sending_of(out, server.port, A, B, cc=(C,))
        deliver(sending, out)
    assert parts(server, A) == parts(server, C) == ["1/3", "2/3", "3/3"]
    assert parts(server, B) == []
    assert states(out, sending) == {
        A: ["sent"] * 3,
        B: ["refused", "planned", "planned"],
        C: ["sent"] * 3,
    }


def test_one_recipient_is_put_off_and_gets_the_same_mail_later(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    grey = Fault("rcpt", "450 4.2.0 greylisted", about=B)
    with FaultyServer([grey] * 4) as server:
        sending = sending_of(out, server.port, A, B)
        deliver(sending, out)
        assert states(out, sending) == {A: ["sent"] * 3, B: ["deferred", "planned", "planned"]}
        deliver(sending, out)
        assert states(out, sending) == {A: ["sent"] * 3, B: ["sent"] * 3}
    assert parts(server, A) == parts(server, B) == ["1/3", "2/3", "3/3"]
    of_a = [mail.data for mail in server.kept if A in mail.recipients]
    assert [mail.data for mail in server.kept if B in mail.recipients] == of_a


def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    slow = [Fault(step, slow_s=0.1) for step in ("connect", "ehlo", "mail", "data", "dot")]
    with FaultyServer(list(slow)) as server:
        sending = sending_of(out, server.port)
        deliver(sending, out)
    assert parts(server, A) == ["1/3", "2/3", "3/3"]
    other = make_out(tmp_path / "other", 2)
    impatient = Timeouts(connect_s=60, command_s=60, content_s=60, verdict_s=0.2)
    with FaultyServer([Fault("dot", slow_s=1.0)]) as server:
        sending = sending_of(other, server.port)
        deliver(sending, other, timeouts=impatient)
        assert states(other, sending)[A] == ["unknown", "planned"]
        deliver(sending, other)
        assert parts(server, A) == ["1/2", "2/2"]


def test_what_is_no_smtp_after_the_dot_leaves_a_doubt(tmp_path: Path) -> None:
    for number, reply in enumerate(("hello", "250" + "x" * 9000, "354 go on", "999 9")):
        out = make_out(tmp_path / str(number), 1)
        with FaultyServer([Fault("dot", reply)]) as server:
            sending = sending_of(out, server.port)
            deliver(sending, out)
        assert states(out, sending)[A] == ["unknown"], reply


def test_a_server_that_takes_less_gets_nothing_at_all(tmp_path: Path) -> None:
    out = make_out(tmp_path, 2)
    (out / "mails/mail-2-of-2.eml").write_bytes(draft_bytes(2, 2, size_bytes=60_000))
    (out / "report.json").unlink()
    with FaultyServer(extensions=("SIZE 50000",)) as server:
        sending = sending_of(out, server.port)
        with pytest.raises(MailRefusedError, match=r"at most 50,000 bytes, and mail-2-of-2\.eml"):
            deliver(sending, out)
    assert not server.kept
    assert not any(said.startswith("MAIL") for said in server.said)
    assert states(out, sending)[A] == ["planned"] * 2


def test_nobody_there_is_told_after_all_tries(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    with FaultyServer() as server:
        port = server.port
    sending = sending_of(out, port)
    waited: list[float] = []
    with pytest.raises(TryLaterError, match="not to be reached"):
        deliver(sending, out, pace=Pace(waits_s=(5, 30)), sleep=waited.append)
    assert waited == [5, 30]
    with FaultyServer([Fault("connect", "554 5.7.1 go away")]) as server:
        with pytest.raises(MailRefusedError, match="go away"):
            deliver(sending_of(out, server.port), out)
        server.faults = [Fault("connect", "ready")] * 3
        with pytest.raises(TryLaterError, match="no SMTP"):
            deliver(sending_of(out, server.port), out)
    assert states(out, sending)[A] == ["planned"] * 3


def test_a_second_sending_at_once_is_turned_away(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    with Outbox(journal(out)):
        code = (
            "from pathlib import Path\n"
            "from photoprep.errors import OutputBusyError\n"
            "from photoprep.mail.outbox import Outbox\n"
            "for look in (False, True):\n"
            "    try:\n"
            f"        Outbox(Path({str(journal(out))!r}), look=look)\n"
            "    except OutputBusyError as error:\n"
            "        print(error.message)\n"
        )
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.stdout.splitlines() == ["Another photoprep is sending mails from this folder."] * 2
    with Outbox(journal(out)):  # the first one is done: the next may
        pass


def test_a_series_that_has_changed_is_not_mixed_with_what_went_out(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    with FaultyServer([Fault("dot", "452 4.3.1 no room", nth=2)]) as server:
        first = sending_of(out, server.port, A)
        deliver(first, out, pace=Pace(0, ()))
        assert states(out, first)[A] == ["sent", "deferred", "planned"]
        make_out(out, size_bytes=4_000)
        changed = sending_of(out, server.port, B, A)
        with Outbox(journal(out)) as outbox:
            with pytest.raises(UsageError, match=r"a@example.org has 1 of the 3 mails of a series"):
                check_not_mixed(changed, outbox)
            check_not_mixed(sending_of(out, server.port, B), outbox)  # B has had nothing
        make_out(out)  # the photos as they were
        deliver(first, out)
        assert parts(server, A) == ["1/3", "2/3", "3/3"]
        make_out(out, size_bytes=4_000)
        with Outbox(journal(out)) as outbox:
            check_not_mixed(changed, outbox)  # a whole new series may follow a whole one
            assert [each.parts for each in earlier_series(changed, outbox)] == [3]
        deliver(changed, out)
    assert parts(server, A) == ["1/3", "2/3", "3/3"] * 2
    assert parts(server, B) == ["1/3", "2/3", "3/3"]


def test_a_series_begun_anew_goes_on_although_the_old_one_is_half_out(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    no_room = Fault("dot", "452 4.3.1 no room", nth=2)
    with FaultyServer([no_room]) as server:
        deliver(sending_of(out, server.port, A), out, pace=Pace(0, ()))
        make_out(out, size_bytes=4_000)
        changed = sending_of(out, server.port, A)
        server.faults.append(no_room)
        deliver(changed, out, pace=Pace(0, ()))  # as --begin-anew has it
        assert states(out, changed)[A] == ["sent", "deferred", "planned"]
        with Outbox(journal(out)) as outbox:
            check_not_mixed(changed, outbox)
        deliver(changed, out)
    assert parts(server, A) == ["1/3", "1/3", "2/3", "3/3"]


SAID = ["", "421 4.3.2 bye", "451 4.3.0 later", "552 5.2.2 full", "550 5.1.1 who", "nonsense"]
FAULTS = st.builds(
    Fault,
    step=st.sampled_from(STEPS),
    reply=st.sampled_from(SAID),
    keeps=st.booleans(),
    about=st.just(""),
    nth=st.integers(1, 3),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FAULTS, max_size=6), st.integers(1, 3))
def test_whatever_goes_wrong_the_journal_is_true(faults: list[Fault], runs: int) -> None:
    """Sent is what the server kept, once each; what is in doubt it kept once at most."""
    # A refusal that is said, and the mail kept all the same, is a server's lie.
    honest = [replace(each, keeps=each.keeps and not each.reply[:1].isdigit()) for each in faults]
    with tempfile.TemporaryDirectory() as folder:
        out = make_out(Path(folder), 2)
        with FaultyServer(honest) as server:
            sending = sending_of(out, server.port, A, B)
            for _ in range(runs):
                with suppress(TryLaterError, MailRefusedError):
                    deliver(sending, out, pace=Pace(0, (0,)))
            for recipient, known in states(out, sending).items():
                for part, state in enumerate(known, 1):
                    count = parts(server, recipient).count(f"{part}/2")
                    assert count <= 1
                    if state != "unknown":
                        assert (count == 1) == (state == "sent")
            server.faults.clear()
            deliver(sending, out)
            assert all(
                state == "unknown" or parts(server, recipient).count(f"{part}/2") == 1
                for recipient, known in states(out, sending).items()
                for part, state in enumerate(known, 1)
            )
