"""A Windows scheduled task as XML; pure (Task Scheduler Schema 1.2)."""

from __future__ import annotations

import re
import subprocess
from xml.etree import ElementTree

from photoprep.errors import UsageError
from photoprep.language import say
from photoprep.service.wanted import Service

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
# What the scheduler puts something in for, which cannot be escaped.
_REPLACED = re.compile(r"%[^%]+%|\$\(")


def task_xml(service: Service, user: str) -> bytes:
    """The task, whole, in UTF-16 with its mark, as ``schtasks /Create /XML`` wants it.

    Begun when ``user`` signs in, with no limit of time, on batteries too, again a minute after it
    failed. Variables cannot be set by a task and must be the user's own.

    Raises:
        UsageError: a word has in it what the scheduler would put something else in for.

    """
    for word in service.command:
        if found := _REPLACED.search(word):
            raise UsageError(
                say(
                    "{word} has {mark} in it, which Windows' scheduler replaces.",
                    word=repr(word),
                    mark=found[0],
                ),
                hint=say("Rename the folder, or watch it by another path."),
            )
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": _NAMESPACE})
    about = _below(task, "RegistrationInfo")
    _below(about, "Description", f"photoprep watches “{service.inbox}”")
    trigger = _below(_below(task, "Triggers"), "LogonTrigger")
    _below(trigger, "Enabled", "true")
    _below(trigger, "UserId", user)
    principal = _below(_below(task, "Principals"), "Principal")
    principal.set("id", "Author")
    for name, value in (
        ("UserId", user),
        ("LogonType", "InteractiveToken"),
        ("RunLevel", "LeastPrivilege"),
    ):
        _below(principal, name, value)
    settings = _below(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("AllowHardTerminate", "true"),
        ("StartWhenAvailable", "true"),
        ("ExecutionTimeLimit", "PT0S"),
    ):
        _below(settings, name, value)
    again = _below(settings, "RestartOnFailure")
    _below(again, "Interval", "PT1M")
    _below(again, "Count", "255")
    actions = _below(task, "Actions")
    actions.set("Context", "Author")
    action = _below(actions, "Exec")
    program, *arguments = service.command
    _below(action, "Command", program)
    _below(action, "Arguments", subprocess.list2cmdline(arguments))
    ElementTree.indent(task)
    text = '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(task, "unicode")
    return b"\xff\xfe" + (text.replace("\n", "\r\n") + "\r\n").encode("utf-16-le")


def _below(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = text or None
    return made
