"""The files of services, to the letter: what systemd, launchd and Windows read of hostile paths."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from photoprep.errors import UsageError
from photoprep.service.launchd import plist_bytes
from photoprep.service.systemd import unit_text
from photoprep.service.wanted import Service
from photoprep.service.windows_task import task_xml
from tests.support import written

SYSTEMD = next((one for one in map(Path, ("/lib/systemd/systemd",)) if one.exists()), None)
HOSTILE = "/in box/50% off/%h/$HOME ${x}/\"q\" 'a'/back\\slash/订单/-x;#/<&>"
SERVICE = Service(
    "photoprep-watch",
    ("/usr/bin/python3", "-P", "-m", "photoprep", "watch", HOSTILE),
    HOSTILE,
    {"PHOTOPREP_CONFIG_DIR": '/conf $x %h "q"'},
)


def lines(text: str, key: str) -> list[str]:
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def test_a_unit_says_a_hostile_path_in_systemds_own_way() -> None:
    text = unit_text(SERVICE)
    assert lines(text, "ExecStart") == [
        '"/usr/bin/python3" "-P" "-m" "photoprep" "watch" '
        '"/in box/50%% off/%%h/$$HOME $${x}/\\"q\\" \'a\'/back\\\\slash/订单/-x;#/<&>"'
    ]
    assert lines(text, "Environment") == ['"PHOTOPREP_CONFIG_DIR=/conf $x %%h \\"q\\""']
    assert lines(text, "Description") == ["photoprep watches “" + HOSTILE.replace("%", "%%") + "”"]


def test_a_unit_waits_for_readiness_starts_anew_and_stops_in_peace() -> None:
    text = unit_text(SERVICE)
    for key, value in {
        "Type": "notify",
        "WatchdogSec": "300",
        "Restart": "on-failure",
        "RestartPreventExitStatus": "2 78",
        "StartLimitIntervalSec": "0",
        "KillMode": "mixed",
        "NoNewPrivileges": "yes",
        "WantedBy": "default.target",
    }.items():
        assert lines(text, key) == [value]
    assert "Environment" not in unit_text(Service("x", ("/bin/true",), "/in"))


def test_no_line_of_a_unit_goes_on_below() -> None:
    # A backslash at the end of a line would take the next one with it.
    text = unit_text(Service("x", ("/bin/true", "/in\\"), "/in\\"))
    assert not [line for line in text.splitlines() if line.endswith("\\")]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("path", [HOSTILE, "/plain", "/ends\\", "/a;b", "/; ;", "/tab %% $$"])
def test_systemd_itself_finds_nothing_wrong(path: str, tmp_path: Path) -> None:
    service = Service(
        "photoprep-watch", (sys.executable, "-m", "photoprep", path), path, SERVICE.variables
    )
    assert verified(unit_text(service), tmp_path) == (0, "")
    wrong = unit_text(service).replace("Type=notify", "Type=sometimes")
    assert "sometimes" in verified(wrong, tmp_path)[1]


def verified(text: str, folder: Path) -> tuple[int, str]:
    unit = folder / "photoprep-watch.service"
    unit.write_text(text, encoding="utf-8")
    run = folder / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    asked = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"XDG_RUNTIME_DIR": str(run)},
        timeout=60,
        check=False,
    )
    about_it = [line for line in asked.stderr.splitlines() if "photoprep-watch" in line]
    return asked.returncode, "\n".join(about_it)


@pytest.mark.skipif(SYSTEMD is None, reason="needs systemd, which need not be running")
@pytest.mark.parametrize("path", [HOSTILE, "/plain", "/ends\\", "/a;b", "/; ;", "/50 %% $$"])
def test_systemd_itself_reads_the_words_as_they_were_meant(path: str) -> None:
    command = ("/bin/echo", "watch", path, "--out", f"{path}-prepared")
    text = unit_text(Service("photoprep-watch", command, path, {"A": path}))
    # Not below pytest's own folders, which are for their owner alone.
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        units = home / "systemd" / "user"
        written(units / "photoprep-watch.service", text)
        wants = units / "default.target.wants"
        wants.mkdir()
        (wants / "photoprep-watch.service").symlink_to("../photoprep-watch.service")
        home.chmod(0o755)
        as_user = (
            ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        )  # systemd refuses to test as root
        asked = subprocess.run(
            [*as_user, str(SYSTEMD), "--user", "--test"],
            capture_output=True,
            encoding="utf-8",
            env={"PATH": os.environ["PATH"], "HOME": name}
            | {"XDG_CONFIG_HOME": name, "XDG_RUNTIME_DIR": name},
            timeout=60,
            check=False,
        )
    unit = asked.stdout.partition("-> Unit photoprep-watch.service:")[2].partition("-> Unit ")[0]
    (line,) = re.findall(r"-> ExecStart:\n\s*Command Line: (.*)", unit)
    # systemd quotes for a shell, whose \\$ shlex leaves as it is. Variables are put in when it
    # starts; then two dollars are one (systemd.service(5)).
    program, *arguments = shlex.split(line)
    assert (program, *(word.replace("\\$\\$", "$") for word in arguments)) == command
    assert f"Environment: A={path}\n" in unit
    assert f"Description: photoprep watches “{path}”\n" in unit


def test_a_launchd_agent_reads_back_as_it_was_meant() -> None:
    agent = plistlib.loads(plist_bytes(SERVICE, "/logs/x.log"))
    assert agent == {
        "Label": "photoprep.photoprep-watch",
        "ProgramArguments": list(SERVICE.command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 90,
        "ProcessType": "Standard",
        "StandardOutPath": "/logs/x.log",
        "StandardErrorPath": "/logs/x.log",
        "EnvironmentVariables": dict(SERVICE.variables),
    }


def test_a_windows_task_is_utf16_and_says_the_command_as_windows_splits_it() -> None:
    inbox = "C:\\in box\\50% off & <b>\\订单\\"
    command = ("C:\\Program Files\\Python\\python.exe", "-P", "watch", inbox, "--out", "C:\\out")
    data = task_xml(Service("photoprep-watch", command, inbox), "OFFICE\\Li & Na")
    assert data.startswith(b"\xff\xfe<\x00")
    text = data.decode("utf-16")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns=')
    task = ElementTree.fromstring(data)  # noqa: S314 (our own)
    names = [each.tag.rpartition("}")[2] for each in task]
    assert names == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]

    def said(name: str) -> str | None:
        return task.findtext(f".//{{*}}{name}")

    assert said("Command") == command[0]
    # The backslash before the closing quote is doubled (Microsoft's C runtime, "Parsing C
    # command-line arguments").
    assert said("Arguments") == '-P watch "C:\\in box\\50% off & <b>\\订单\\\\" --out C:\\out'
    assert said("UserId") == "OFFICE\\Li & Na"
    assert said("ExecutionTimeLimit") == "PT0S"
    assert said("MultipleInstancesPolicy") == "IgnoreNew"
    assert said("DisallowStartIfOnBatteries") == "false"
    assert said("RestartOnFailure/{*}Interval") == "PT1M"


@pytest.mark.parametrize("path", ["C:\\%TEMP%\\in", "C:\\$(Arg0)\\in"])
def test_what_windows_scheduler_would_replace_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="replaces"):
        task_xml(Service("x", ("python", path), path), "me")


@pytest.mark.parametrize(
    "word", ["/in\nExecStartPre=/bin/rm", "/in\x1b[2J", "/in\udcff", "/in\u202e"]
)
def test_a_path_that_no_file_can_say_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="no service can be given"):
        Service("x", ("/bin/true", word), word)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "-x", "a b", "x" * 65, "a\\b", "订单"])
def test_a_name_that_is_no_files_on_all_systems_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a service"):
        Service(name, ("/bin/true",), "/in")
