"""What the Tab key offers beyond typer's own: presets, accounts, the language, a bare path.

typer's scripts run ``photoprep`` with the words typed so far, which are then taken apart leniently
(``resilient_parsing``): only there is any of this asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Any, get_args

import typer
from typer.main import get_command

from photoprep.cli_language import OPTION, told
from photoprep.errors import PhotoprepError
from photoprep.language import Language, say

# A first word that is no command is a path that this one takes (``cli.run``).
DEFAULT_COMMAND = "prepare"
_MEANING = say("The language to speak.")


def preset_names(incomplete: str) -> list[str]:
    """The presets' names, one's own among them; none for what begins as a path does."""
    from photoprep.preset_file import known_presets

    try:
        names = [entry.name for entry in known_presets()]
    except PhotoprepError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def account_names(incomplete: str) -> list[str]:
    """The mail accounts' names; none where their file is wrong, which is no time to say so."""
    from photoprep.mail.accounts import load_accounts

    try:
        names = list(load_accounts())
    except PhotoprepError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def is_completing(context: Any) -> bool:
    """Whether words are only taken apart, to know what may come next."""
    return bool(context.resilient_parsing)


def with_language(context: Any, parameters: Sequence[Any]) -> list[Any]:
    """A command's parameters, and while completing ``--lang`` too, which every command takes.

    Else it is taken off the command line before typer sees it (``begin_to_speak``).
    """
    return [*parameters, _language_option()] if is_completing(context) else [*parameters]


def is_for_the_default(context: Any, command: Any) -> bool:
    """Whether a word that names no command is a path for the default one."""
    return command is None and is_completing(context) and context.parent is None


def lenient(parent: Any, extra: dict[str, Any]) -> dict[str, Any]:
    """How the top takes words apart while completing: options that it does not know are left."""
    if parent is None and extra.get("resilient_parsing"):
        return extra | {"ignore_unknown_options": True}
    return extra


def explained(items: Sequence[Any], meaning: Callable[[str], str | None]) -> list[Any]:
    """What is offered, explained in the user's language where there is something to say."""
    for item in items:
        item.help = meaning(item.value) or item.help
    return [*items]


@lru_cache(maxsize=1)
def _language_option() -> Any:
    """The option as typer itself would make it."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def speak(
        lang: Annotated[
            str,
            typer.Option(OPTION, help=told(_MEANING), autocompletion=_spoken),
        ] = "",
    ) -> None:
        """Take the option, and do nothing with it."""

    return get_command(app).params[0]


def _spoken() -> list[str]:
    return list(get_args(Language))
