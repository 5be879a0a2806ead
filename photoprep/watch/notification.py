"""A notification on the desktop, by what the system has for it.

Title and text come from outside, so they are arguments or variables of a script that is fixed, and
never a part of one.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

_LIMIT_S = 10.0
_MAX_CHARS = 300
_APPLE_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)
_POWER_SHELL = """\
Add-Type -AssemblyName System.Windows.Forms
$icon = New-Object System.Windows.Forms.NotifyIcon
$icon.Icon = [System.Drawing.SystemIcons]::Information
$icon.Visible = $true
$icon.ShowBalloonTip(5000, $env:PHOTOPREP_TITLE, $env:PHOTOPREP_TEXT, 'Info')
Start-Sleep -Seconds 6
$icon.Dispose()
"""


@dataclass(frozen=True, slots=True)
class NotificationCommand:
    """What shows a notification: the program with its arguments, and more variables for it."""

    arguments: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)


def notification_command(
    title: str,
    text: str,
    *,
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> NotificationCommand | None:
    """How a notification is shown on this system; None where nothing here can."""
    title, text = _plain(title), _plain(text)
    match platform:
        case "darwin":
            program = which("osascript")
            lines = [part for line in _APPLE_SCRIPT for part in ("-e", line)]
            arguments = (*lines, "--", title, text)
        case "win32":
            program = which("powershell")
            arguments = ("-NoProfile", "-NonInteractive", "-Command", _POWER_SHELL)
            variables = {"PHOTOPREP_TITLE": title, "PHOTOPREP_TEXT": text}
            return NotificationCommand((program, *arguments), variables) if program else None
        case _:
            program = which("notify-send")
            # Servers may read marks in the text (Desktop Notifications Specification, "Markup").
            arguments = ("--app-name=photoprep", "--", title, html.escape(text, quote=False))
    return NotificationCommand((program, *arguments)) if program else None


def notify(title: str, text: str) -> bool:
    """Show a notification; whether the system took it. Never raises for what a system lacks."""
    found = notification_command(title, text)
    if found is None:
        return False
    with suppress(OSError, subprocess.TimeoutExpired):
        ended = subprocess.run(  # noqa: S603 (found above; no shell)
            found.arguments,
            env=os.environ | found.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
        )
        return ended.returncode == 0
    return False


def _plain(text: str) -> str:
    """One line that any of them takes: no control characters, not too long."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    shown = shown.encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= _MAX_CHARS else f"{shown[:_MAX_CHARS]}…"
