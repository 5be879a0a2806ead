"""Help in the language of whoever asks for it.

typer's own says "Usage", "[default: …]" and more in English alone, from version to version in other
places. So the texts are typer's, as commands and options declare them, and the page is made here.
A text is translated by what it is in English: ``help_texts`` lists them for the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from photoprep.cli_complete import (
    DEFAULT_COMMAND,
    explained,
    is_for_the_default,
    lenient,
    with_language,
)
from photoprep.cli_language import OPTION, told, told_text
from photoprep.language import say

# Options that every command has, or that typer adds; their words are its own.
_GIVEN = {
    "--help": say("Show this message and exit."),
    "--install-completion": say("Install completion for the current shell."),
    "--show-completion": say("Show completion for the current shell, to copy or change it."),
}
_LANGUAGE = say("The language to speak. (default: that of the preset, else of the system)")


class SpokenCommand(TyperCommand):
    """A command whose help is in the user's language."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters; as typer's own, see ``with_language``."""
        return with_language(ctx, super().get_params(ctx))

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """The options that the Tab key offers; as typer's own."""
        return explained(super().shell_complete(ctx, incomplete), _meanings(self, ctx).get)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (as typer's own)
        """Print the help."""
        _print_help(self, ctx)


class SpokenGroup(TyperGroup):
    """Commands under one name, with help in the user's language."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters; as typer's own, see ``with_language``."""
        return with_language(ctx, super().get_params(ctx))

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """Take words apart; as typer's own, see ``lenient``."""
        return super().make_context(info_name, args, parent=parent, **lenient(parent, extra))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that words name; as typer's own, but for paths while completing."""
        name, command, rest = super().resolve_command(ctx, args)
        if is_for_the_default(ctx, command):
            return DEFAULT_COMMAND, self.get_command(ctx, DEFAULT_COMMAND), args
        return name, command, rest

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """The commands and options that the Tab key offers; at the top the default's as well."""
        items = super().shell_complete(ctx, incomplete)
        meanings = _meanings(self, ctx)
        default = self.get_command(ctx, DEFAULT_COMMAND)
        if default is not None and is_for_the_default(ctx, None):
            known = {item.value for item in items}
            more = default.shell_complete(
                default.make_context(DEFAULT_COMMAND, [], parent=ctx, resilient_parsing=True),
                incomplete,
            )
            items = [*items, *(item for item in more if item.value not in known)]
        return explained(items, meanings.get)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (as typer's own)
        """Print the help."""
        _print_help(self, ctx)


class SpokenTyper(typer.Typer):
    """What commands are declared with, so that all of them have their help translated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cls=SpokenGroup, no_args_is_help=True, **options)

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """As typer's own."""
        return super().command(name, cls=SpokenCommand, **options)


def help_texts(command: Any) -> Iterator[str]:
    """Every text that the help of a command, and of those below it, would translate."""
    if command.help:
        yield command.help
    for option in command.params:
        if option.help and not _GIVEN.keys() & set(option.opts):
            yield option.help
    for below in getattr(command, "commands", {}).values():
        yield from help_texts(below)


def _meanings(command: Any, context: Any) -> dict[str, str]:
    """What each option and each command below means, by how it is typed."""
    meanings = {
        name: _bare_meaning(each)
        for each in command.get_params(context)
        if each.param_type_name == "option"
        for name in each.opts
    }
    below = getattr(command, "commands", {}).values()
    return meanings | {each.name: _first_sentence(each) for each in below}


def _print_help(command: Any, context: Any) -> None:
    from photoprep.cli_exits import console
    from photoprep.proof.help_page import print_help_page

    parameters = [
        each for each in command.get_params(context) if not getattr(each, "hidden", False)
    ]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option"]
    commands = getattr(command, "commands", {}).values()
    below = [each for each in commands if not each.hidden]
    metavars = [command.subcommand_metavar] if below else [each.metavar for each in arguments]
    usage = say("Usage: {words}", words=" ".join([context.command_path, *filter(None, metavars)]))
    language = (OPTION, "en|zh", told(_LANGUAGE))
    print_help_page(
        console(stderr=False),
        told(usage),
        told_text(command.help or ""),
        {
            told(say("Arguments")): [
                ("", each.metavar or "", _meaning(each)) for each in arguments
            ],
            told(say("Options")): [*map(_option_row, options), language],
            told(say("Commands")): [(each.name, "", _first_sentence(each)) for each in below],
        },
    )


def _option_row(option: Any) -> tuple[str, str, str]:
    metavar = "" if option.is_flag else option.metavar or option.name.upper()
    names = sorted(option.opts, key=lambda name: (-len(name), name))  # typer has them in a set
    return ", ".join(names), metavar, _meaning(option)


def _meaning(parameter: Any) -> str:
    text = _bare_meaning(parameter)
    if parameter.required:
        return told(say("{meaning} [required]", meaning=text))
    # Numbers and flags have none that tells anything; where it is reckoned, the text says how.
    if isinstance(parameter.default, str) and parameter.default:
        return told(say("{meaning} [default: {value}]", meaning=text, value=parameter.default))
    return text


def _bare_meaning(parameter: Any) -> str:
    given = [text for name, text in _GIVEN.items() if name in parameter.opts]
    return told(given[0]) if given else told_text(parameter.help or "")


def _first_sentence(command: Any) -> str:
    return told_text(command.help or "").partition("\n\n")[0].replace("\n", " ")
