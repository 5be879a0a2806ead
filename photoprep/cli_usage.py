"""What is wrong with a command line, in the language of whoever typed it.

typer finds the mistake and says it in English. What it says is recognised here and said anew; where
it says something that is not known here, in a version to come, its own words are shown.
"""

from __future__ import annotations

import re
from typing import Any

from photoprep.cli_exits import stderr_console
from photoprep.cli_language import spoken
from photoprep.errors import UsageError
from photoprep.language import say, say_list

_QUOTED = r"['\"]?(?P<name>[^'\"]+)['\"]?"


def print_usage_error(error: Any) -> None:
    """Say one mistake, and where there is help."""
    from photoprep.proof.console import print_error

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "photoprep"
    message = _in_our_words(error.format_message())
    hint = say('There is help: "{command} --help".', command=path)
    print_error(UsageError(message, hint=hint), stderr_console(), spoken())


def _in_our_words(said: str) -> str:
    for recognise in (_about_options, _about_arguments, _about_values):
        if words := recognise(said):
            return words
    return said


def _about_options(said: str) -> str:
    if found := re.match(rf"No such option:? {_QUOTED}", said):
        near = re.findall(r"--[a-z-]+", said[found.end() :])
        name = found["name"].rstrip(".").partition(" ")[0]
        if near:
            return say(
                "There is no option {name}. Did you mean {near}?", name=name, near=say_list(near)
            )
        return say("There is no option {name}.", name=name)
    if found := re.match(rf"Option {_QUOTED} requires an argument", said):
        return say("The option {name} needs a value.", name=found["name"])
    if found := re.match(rf"Option {_QUOTED} does not take a value", said):
        return say("The option {name} takes no value.", name=found["name"])
    return ""


def _about_arguments(said: str) -> str:
    if found := re.match(rf"Missing (?:argument|option|parameter):? {_QUOTED}", said):
        return say("{name} is missing.", name=found["name"].rstrip("."))
    if found := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((?P<names>.*)\)", said):
        return say("This is more than the command takes: {names}", names=found["names"])
    if found := re.match(rf"No such command {_QUOTED}", said):
        return say("There is no command {name}.", name=found["name"])
    if said.startswith("Missing command"):
        return say("The command is missing.")
    return ""


def _about_values(said: str) -> str:
    found = re.match(rf"Invalid value for {_QUOTED}(?: / '[^']*')*: (?P<why>.*)", said, re.DOTALL)
    if found is None:
        return ""
    name, why = found["name"], found["why"]
    # The words are click's in some versions of typer, and pydantic's in others.
    if least := re.search(r"(?:greater than or equal to |x>=)(?P<least>[0-9]+)", why):
        return say("{name} takes a whole number from {least} on.", name=name, least=least["least"])
    if "valid integer" in why:
        return say("{name} takes a whole number.", name=name)
    if "match the format" in why:
        return say("{name} takes a date such as 2026-11-23.", name=name)
    return say("{name} does not take this value: {why}", name=name, why=why)
