"""A launchd agent as a property list; pure (launchd.plist(5))."""

from __future__ import annotations

import plistlib

from photoprep.service.wanted import Service


def label_of(name: str) -> str:
    """What launchd calls the agent."""
    return f"photoprep.{name}"


def plist_bytes(service: Service, log: str) -> bytes:
    """The agent, whole: begun at sign-in, again where it failed, its output added to ``log``.

    launchd cannot tell failures that a person has to mend from others; it waits ten seconds between
    starts.
    """
    agent: dict[str, object] = {
        "Label": label_of(service.name),
        "ProgramArguments": list(service.command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 90,
        "ProcessType": "Standard",
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    if service.variables:
        agent["EnvironmentVariables"] = dict(service.variables)
    return plistlib.dumps(agent, sort_keys=False)
