"""Where a service's file lies and which commands begin and end it; writing it and running them."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import CannotWriteError, UsageError
from photoprep.files import cannot_write, write_whole
from photoprep.language import say
from photoprep.profile import profile_path
from photoprep.service.launchd import label_of, plist_bytes
from photoprep.service.systemd import quoted_argument, unit_text
from photoprep.service.wanted import Service
from photoprep.service.windows_task import task_xml

Command = tuple[str, ...]
_LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A service of some name on this system: its file, and what begins, and ends, it.

    A command in ``before`` or ``end`` may fail without harm: there may be nothing to end.
    """

    path: Path
    before: tuple[Command, ...]
    begin: tuple[Command, ...]
    end: tuple[Command, ...]
    after_removal: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """Whether all commands did it, and what the one said that did not."""

    is_running: bool
    reason: str = ""


def place_of(name: str, *, platform: str = sys.platform, home: Path | None = None) -> Place:
    """Where a service of that name is kept, whether or not it is there."""
    home = Path.home() if home is None else home
    match platform:
        case "darwin":
            label = label_of(name)
            path = home / "Library" / "LaunchAgents" / f"{label}.plist"
            domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
            end: Command = ("launchctl", "bootout", f"{domain}/{label}")
            return Place(path, (end,), (("launchctl", "bootstrap", domain, str(path)),), (end,))
        case "win32":
            path = profile_path().parent / "services" / f"{name}.xml"
            return Place(
                path,
                (),
                (
                    ("schtasks", "/Create", "/TN", name, "/XML", str(path), "/F"),
                    ("schtasks", "/Run", "/TN", name),
                ),
                (
                    ("schtasks", "/End", "/TN", name),
                    ("schtasks", "/Delete", "/TN", name, "/F"),
                ),
            )
    above = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    unit, control = f"{name}.service", ("systemctl", "--user")
    return Place(
        above / "systemd" / "user" / unit,
        (),
        (
            (*control, "daemon-reload"),
            (*control, "enable", "--now", unit),
            (*control, "restart", unit),
        ),
        ((*control, "disable", "--now", unit),),
        ((*control, "daemon-reload"),),
    )


def content_of(
    service: Service, *, platform: str = sys.platform, home: Path | None = None
) -> bytes:
    """The service's file on this system; raises ``UsageError`` for words it cannot hold."""
    match platform:
        case "darwin":
            logs = (Path.home() if home is None else home) / "Library" / "Logs"
            return plist_bytes(service, str(logs / f"{label_of(service.name)}.log"))
        case "win32":
            domain = os.environ.get("USERDOMAIN")
            user = getpass.getuser()
            return task_xml(service, f"{domain}\\{user}" if domain else user)
    return unit_text(service).encode("utf-8")


def write_service(service: Service, *, platform: str = sys.platform) -> Place:
    """Write the service's file; an earlier one for the same folder is replaced.

    Raises:
        UsageError: the name is that of another folder's service.
        CannotWriteError: the place cannot be written.

    """
    place, content = (
        place_of(service.name, platform=platform),
        content_of(service, platform=platform),
    )
    try:
        earlier = place.path.read_bytes()
    except FileNotFoundError:
        earlier = b""
    except OSError as error:
        raise cannot_write(place.path, error) from error
    if earlier and not _is_for(earlier, service, platform):
        raise UsageError(
            say("There is a service named {name} for another folder.", name=service.name),
            hint=say("Choose another name with --name, or remove that one first."),
            path=place.path,
        )
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place.path, error) from error
    temporary = place.path.with_name(f".{place.path.name}.{os.getpid()}.tmp")
    write_whole(place.path, content, temporary=temporary)
    return place


def begin(place: Place, run: Callable[[Command], Begun] | None = None) -> Begun:
    """Have the system take the service up and start it."""
    run = run or run_command
    for command in place.before:
        run(command)
    return _first_failure(place.begin, run)


def remove(place: Place, run: Callable[[Command], Begun] | None = None) -> bool:
    """End the service and remove its file; whether there was one.

    Raises:
        CannotWriteError: the file cannot be removed.

    """
    run = run or run_command
    for command in place.end:
        run(command)
    try:
        place.path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CannotWriteError(cannot_write(place.path, error).message, path=place.path) from error
    for command in place.after_removal:
        run(command)
    return True


def run_command(command: Command) -> Begun:
    """Run one of the system's commands; never raises for one that is missing or says no."""
    try:
        ended = subprocess.run(  # noqa: S603 (fixed words, the name and the path)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except FileNotFoundError:
        return Begun(False, say("{program} is not here", program=command[0]))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Begun(False, repr(error))
    if ended.returncode == 0:
        return Begun(True)
    said = (ended.stderr or ended.stdout).decode(errors="replace").strip().splitlines()
    return Begun(False, said[-1] if said else say("it ended with {code}", code=ended.returncode))


def _first_failure(commands: Sequence[Command], run: Callable[[Command], Begun]) -> Begun:
    for command in commands:
        done = run(command)
        if not done.is_running:
            return done
    return Begun(True)


def _is_for(earlier: bytes, service: Service, platform: str) -> bool:
    """Whether a service's file is for the same watched folder."""
    if platform == "darwin":
        import plistlib

        with suppress(plistlib.InvalidFileException, ValueError, KeyError):
            return service.inbox in plistlib.loads(earlier)["ProgramArguments"]
        return False
    if platform == "win32":
        from xml.sax.saxutils import escape

        return f"“{escape(service.inbox)}”" in earlier.decode("utf-16", "replace")
    return quoted_argument(service.inbox) in earlier.decode("utf-8", "replace")
