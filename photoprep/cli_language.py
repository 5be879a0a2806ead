"""The language that the command line speaks: asked for, else the preset's, else the system's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from photoprep.errors import UsageError
from photoprep.language import Language, in_language, say, translations
from photoprep.system_language import system_language

OPTION = "--lang"


@dataclass(slots=True)
class _Speech:
    """What this process speaks, and whether somebody asked for just that."""

    language: Language = "en"
    was_asked_for: bool = False


_speech = _Speech()


def spoken() -> Language:
    """The language that this process speaks to its user."""
    return _speech.language


def told(text: str) -> str:
    """A text in the language that this process speaks."""
    return in_language(text, _speech.language)


def told_text(text: str) -> str:
    """A text that stands in the catalogue as it is, such as a command's help, when it is said."""
    if not text or _speech.language == "en":
        return text
    return translations(_speech.language).gettext(text)


def begin_to_speak(arguments: Sequence[str]) -> list[str]:
    """Choose the language by ``--lang``, wherever it stands before ``--``, else by the system.

    Returns the arguments without it.

    Raises:
        UsageError: what stands behind ``--lang`` is no language that is spoken here.

    """
    _speech.language, _speech.was_asked_for = system_language(), False
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        option, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif option == OPTION:
            _ask_for(value if equals else next(waiting, ""))
        else:
            rest.append(argument)
    return rest


def _ask_for(value: str) -> None:
    for known in get_args(Language):
        if known == value:
            _speech.language, _speech.was_asked_for = known, True
            return
    raise UsageError(
        say("photoprep does not speak '{value}'.", value=value),
        hint=say("--lang takes en for English or zh for Chinese."),
    )


def speak_by_preset(name_or_file: str) -> None:
    """From now on speak as the preset has it, unless the command line or the preset leaves it."""
    if _speech.was_asked_for:
        return
    from photoprep.preset_file import language_of

    _speech.language = language_of(name_or_file) or _speech.language
