"""The way to a cluster: addresses, and what is said when there is none behind one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from photoprep.cluster.connecting import checked_address, connected
from photoprep.errors import ExitCode, MissingExtraError, TryLaterError, UsageError
from tests.ports import free_port
from tests.support import photoprep, small_photo


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("tcp://scheduler:8786", "tcp://scheduler:8786"),
        ("scheduler:9000", "tcp://scheduler:9000"),
        ("scheduler", "tcp://scheduler:8786"),
        ("tls://10.0.0.7", "tls://10.0.0.7:8786"),
        ("[::1]:9000", "tcp://[::1]:9000"),
        ("tcp://scheduler:8786/", "tcp://scheduler:8786"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert checked_address(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        "http://scheduler:8787/status",
        "inproc://10.0.0.7/1/2",
        "tcp://",
        "tcp://scheduler:port",
        "tcp://scheduler:99999",
        "tcp://[::1:8786",
        "tcp://li@scheduler:8786",
        "my scheduler",
        "/dev/null",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="no address of a cluster's scheduler"):
        checked_address(given)


def test_nobody_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    small_photo(tmp_path / "photos/IMG_1.png")
    address = f"tcp://127.0.0.1:{free_port()}"
    with (
        pytest.raises(TryLaterError, match=f"No scheduler answers at {address}"),
        connected(address, within_s=0.5),
    ):
        pass
    told = photoprep(tmp_path / "photos", "--out", tmp_path / "out", "--cluster", "http://nowhere")
    assert told.returncode == ExitCode.WRONG_USAGE
    assert told.stderr.startswith("This is no address of a cluster's scheduler: http://nowhere")
    assert not (tmp_path / "out").exists()


def test_without_dask_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError) as raised, connected("scheduler:8786"):
        pass
    assert raised.value.hint == 'Install it with: pip install "photoprep[cluster]"'
