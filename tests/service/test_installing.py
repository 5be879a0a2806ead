"""Services written, begun, shown and removed, with the system's commands as they are or acted."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from photoprep.errors import UsageError
from photoprep.service.installing import (
    Begun,
    begin,
    place_of,
    remove,
    run_command,
    write_service,
)
from photoprep.service.wanted import Service
from tests.support import photoprep, written

Command = tuple[str, ...]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home of Li Na"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


def service(inbox: str = "/in <&> box", name: str = "photoprep-watch") -> Service:
    return Service(name, ("/usr/bin/python3", "-m", "photoprep", "watch", inbox), inbox)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_service_is_written_begun_written_again_and_removed(home: Path, platform: str) -> None:
    run: list[Command] = []

    def acted(command: Command) -> Begun:
        run.append(command)
        return Begun(True)

    place = write_service(service(), platform=platform)
    assert place.path.is_file()
    assert [path.name for path in place.path.parent.iterdir()] == [place.path.name]
    assert begin(place, acted).is_running
    began = {
        "linux": ("systemctl", "--user", "enable", "--now", "photoprep-watch.service"),
        "darwin": ("launchctl", "bootstrap", f"gui/{os.getuid()}", str(place.path)),
        "win32": (
            *("schtasks", "/Create", "/TN", "photoprep-watch"),
            *("/XML", str(place.path), "/F"),
        ),
    }
    assert began[platform] in run
    write_service(service(), platform=platform)  # the same folder's: with another preset, say
    with pytest.raises(UsageError, match="for another folder"):
        write_service(service("/other"), platform=platform)
    write_service(service("/other", "second"), platform=platform)
    run.clear()
    assert remove(place, acted)
    ended = {
        "linux": ("systemctl", "--user", "disable", "--now", "photoprep-watch.service"),
        "darwin": ("launchctl", "bootout", f"gui/{os.getuid()}/photoprep.photoprep-watch"),
        "win32": ("schtasks", "/Delete", "/TN", "photoprep-watch", "/F"),
    }
    assert ended[platform] in run
    assert not place.path.exists()
    assert not remove(place, acted)


def test_what_cannot_be_begun_is_told_by_the_first_that_failed(home: Path) -> None:
    place = place_of("x", platform="linux")
    failed = begin(place, lambda command: Begun("enable" not in command, "no bus"))
    assert failed == Begun(False, "no bus")


def test_a_missing_program_and_one_that_says_no_are_reasons() -> None:
    assert run_command(("no-such-program-here",)) == Begun(
        False, "no-such-program-here is not here"
    )
    code = "import sys; sys.exit('one\\ntwo')"
    assert run_command((sys.executable, "-c", code)) == Begun(False, "two")
    assert run_command((sys.executable, "-c", "raise SystemExit(4)")) == Begun(
        False, "it ended with 4"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the commands of systemd")
def test_the_command_installs_shows_and_removes(home: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "in box 50% 订单"
    inbox.mkdir()
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "ran"
    systemctl = folder / "systemctl"
    systemctl.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(log)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
    )
    systemctl.chmod(0o755)
    env = {"PATH": str(folder)}
    shown = photoprep("service", "show", inbox, "--preset", "ebay", env=env)
    assert shown.returncode == 0, shown.stderr
    assert not (home / ".config").exists()
    installed = photoprep("service", "install", inbox, "--preset", "ebay", env=env)
    assert installed.returncode == 0, installed.stderr
    unit = home / ".config" / "systemd" / "user" / "photoprep-watch.service"
    assert unit.read_text(encoding="utf-8") == shown.stdout
    assert f"Written: {unit}" in installed.stdout
    assert "It is running. Look at it with: photoprep watch " in installed.stdout
    assert " --status\n" in installed.stdout
    escaped = str(inbox).replace("%", "%%")
    assert f'"watch" "{escaped}" "--out" "{escaped}-prepared" "--preset" "ebay"' in shown.stdout
    removed = photoprep("service", "remove", env=env)
    assert removed.returncode == 0, removed.stderr
    assert not unit.exists()
    assert [json.loads(line) for line in log.read_text().splitlines()] == [
        ["--user", "daemon-reload"],
        ["--user", "enable", "--now", "photoprep-watch.service"],
        ["--user", "restart", "photoprep-watch.service"],
        ["--user", "disable", "--now", "photoprep-watch.service"],
        ["--user", "daemon-reload"],
    ]
    again = photoprep("service", "remove", env=env)
    assert again.returncode == 2
    assert "no service named photoprep-watch" in again.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the commands of systemd")
def test_without_systemd_it_is_said_what_starts_it(home: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    installed = photoprep("service", "install", inbox, env={"PATH": str(tmp_path / "empty")})
    assert installed.returncode == 0
    assert "It could not be started here: systemctl is not here." in installed.stdout
    assert "systemctl --user enable --now photoprep-watch.service" in installed.stdout


def test_what_the_daemon_would_refuse_is_refused_at_once(home: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    config = written(tmp_path / "watch.toml", f"archive = '{inbox / 'done'}'")
    for arguments, code in (
        ([tmp_path / "none"], 2),
        ([config], 2),
        ([inbox, "--preset", "none"], 78),
        ([inbox, "--config", config], 78),
        ([inbox, "--name", "../x"], 2),
    ):
        refused = photoprep("service", "install", *arguments)
        assert refused.returncode == code, refused.stderr
    assert not (home / ".config").exists()
