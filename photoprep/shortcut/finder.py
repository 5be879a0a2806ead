r"""What macOS takes: a droplet as AppleScript, a Quick Action as property lists; pure.

A bundle whose program is a script is told of dropped files by an Apple event, which no shell hears;
so the droplet is AppleScript that the system's own ``osacompile`` makes a bundle of. Both open a
terminal by a file ``photoprep.command``, as a person would: ``tell application "Terminal"`` needs
a right that people must grant, and types what it is told, of which a terminal takes 1024 bytes a
line.
"""

from __future__ import annotations

import plistlib
import shlex
from uuid import NAMESPACE_URL, uuid5

from photoprep.language import say
from photoprep.shortcut.wanted import Shortcut

_SHELL_SCRIPT = "/System/Library/Automator/Run Shell Script.action"
_TEXTS = {"Container": "List", "Types": ["com.apple.cocoa.string"]}


def terminal_script(command: tuple[str, ...]) -> str:
    """A shell script that has the command, and the script's arguments behind it, run in a terminal.

    What it opens removes itself when it runs. Words are put in single quotes by sed in the C
    locale, which takes any bytes.
    """
    return f"""\
folder=$(mktemp -d "${{TMPDIR:-/tmp}}/photoprep.XXXXXX") || exit
file=$folder/photoprep.command
{{
    echo '#!/bin/sh'
    echo 'rm -f -- "$0"; rmdir -- "${{0%/*}}"'
    printf exec
    for word in {shlex.join(command)} "$@"
    do
        printf " '%s'" "$(printf %s "$word" | LC_ALL=C sed "s/'/'\\\\\\\\''/g")"
    done
    echo
}} > "$file"
chmod 700 "$file"
open "$file"
"""


def droplet_source(shortcut: Shortcut) -> str:
    """The droplet: what is dropped on it, or nothing when it is opened, goes to the command."""
    return f"""\
on run
	prepare({{}})
end run

on open theItems
	prepare(theItems)
end open

on prepare(theItems)
	set theWords to ""
	repeat with theItem in theItems
		set theWords to theWords & " " & quoted form of POSIX path of theItem
	end repeat
	set theScript to {_literal(terminal_script(shortcut.command))}
	do shell script "/bin/sh -c " & quoted form of theScript & " photoprep" & theWords
end prepare
"""


def _literal(text: str) -> str:
    r"""A text in AppleScript's quotes, in which \ and " are escaped and lines end in \n."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def quick_action(shortcut: Shortcut, label: str) -> dict[str, bytes]:
    """A workflow in Finder's menu of Quick Actions: its files, by their names in ``Contents``."""
    return {
        "Info.plist": plistlib.dumps(_information(shortcut, label), sort_keys=False),
        "document.wflow": plistlib.dumps(_workflow(shortcut), sort_keys=False),
    }


def action_label(name: str) -> str:
    """What the Quick Action is called in Finder's menu."""
    return say("Prepare with {name}", name=name)


def _information(shortcut: Shortcut, label: str) -> dict[str, object]:
    return {
        "CFBundleIdentifier": f"photoprep.shortcut.{_number(shortcut, 'bundle')}",
        "CFBundleName": shortcut.name,
        "CFBundlePackageType": "BNDL",
        "CFBundleShortVersionString": "1.0",
        "NSServices": [
            {
                "NSMenuItem": {"default": label},
                "NSMessage": "runWorkflowAsService",
                "NSRequiredContext": {"NSApplicationIdentifier": "com.apple.finder"},
                "NSSendFileTypes": ["public.item", "public.data", "public.folder"],
            }
        ],
    }


def _workflow(shortcut: Shortcut) -> dict[str, object]:
    """Automator's own document: one shell script, which gets what is chosen as its arguments."""
    into, out_of = _number(shortcut, "input"), _number(shortcut, "output")
    action = {
        "AMAccepts": {**_TEXTS, "Optional": True},
        "AMActionVersion": "2.0.3",
        "AMApplication": ["Automator"],
        "AMParameterProperties": {
            name: {}
            for name in (
                *("COMMAND_STRING", "CheckedForUserDefaultShell"),
                *("inputMethod", "shell", "source"),
            )
        },
        "AMProvides": _TEXTS,
        "ActionBundlePath": _SHELL_SCRIPT,
        "ActionName": "Run Shell Script",
        "ActionParameters": {
            "COMMAND_STRING": terminal_script(shortcut.command),
            "CheckedForUserDefaultShell": True,
            "inputMethod": 1,  # as arguments, not on standard input
            "shell": "/bin/sh",
            "source": "",
        },
        "BundleIdentifier": "com.apple.RunShellScript",
        "CFBundleVersion": "2.0.3",
        "CanShowSelectedItemsWhenRun": False,
        "CanShowWhenRun": True,
        "Category": ["AMCategoryUtilities"],
        "Class Name": "RunShellScriptAction",
        "InputUUID": into,
        "OutputUUID": out_of,
        "UUID": _number(shortcut, "action"),
        "UnlocalizedApplications": ["Automator"],
        "arguments": {},
        "isViewVisible": True,
    }
    return {
        "AMApplicationBuild": "521",
        "AMApplicationVersion": "2.10",
        "AMDocumentVersion": "2",
        "actions": [{"action": action, "isViewVisible": True}],
        "connectors": {},
        "workflowMetaData": {
            "serviceApplicationBundleID": "com.apple.finder",
            "serviceInputTypeIdentifier": "com.apple.Automator.fileSystemObject",
            "serviceOutputTypeIdentifier": "com.apple.Automator.nothing",
            "serviceProcessesInput": 0,
            "workflowTypeIdentifier": "com.apple.Automator.servicesMenu",
        },
    }


def _number(shortcut: Shortcut, what: str) -> str:
    """A UUID that is the same at every installation."""
    return str(uuid5(NAMESPACE_URL, f"photoprep:{what}:{shortcut.name}")).upper()
