"""sd_notify, heard at a real socket."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from photoprep.watch.systemd import Notifier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens, and what NOTIFY_SOCKET says of it."""
    if request.param == "abstract" and sys.platform != "linux":
        pytest.skip("abstract sockets are Linux's")
    name = f"photoprep-{os.getpid()}"
    address = f"\0{name}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(5)
        yield listening, (f"@{name}" if request.param == "abstract" else address)


def test_each_message_is_one_datagram(manager: tuple[socket.socket, str]) -> None:
    listening, named = manager
    notifier = Notifier({"NOTIFY_SOCKET": named})
    notifier.ready()
    notifier.status("Two batches\nwait.")
    notifier.alive()
    notifier.reloading(12.5)
    notifier.stopping()
    heard = [listening.recv(4096).decode() for _ in range(5)]
    assert heard == [
        "READY=1",
        "STATUS=Two batches wait.",
        "WATCHDOG=1",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "STOPPING=1",
    ]


def test_a_manager_that_does_not_listen_disturbs_nobody(tmp_path: Path) -> None:
    for named in ("", str(tmp_path / "nobody"), "@nobody-is-there", "not/absolute", "vsock:2:1"):
        notifier = Notifier({"NOTIFY_SOCKET": named})
        notifier.ready()
        notifier.alive()


def test_one_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(2000):
            notifier.alive()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "often"}, 0.0),
    ],
)
def test_the_watchdog_is_heard_of_twice_in_its_time(
    variables: dict[str, str], expected: float
) -> None:
    assert Notifier({"NOTIFY_SOCKET": "/nowhere"} | variables).watchdog_s == expected


def test_processes_of_ours_do_not_speak_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere")
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    assert Notifier().watchdog_s == 15.0
    assert "NOTIFY_SOCKET" not in os.environ
    assert "WATCHDOG_USEC" not in os.environ
