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
    """What this process speaks: what was asked for, or ``otherwise`` the system's language.

    ``preset`` has still to be asked whether it wants another one.
    """

    otherwise: Language = "en"
    asked_for: Language | None = None
    preset: str | None = None


_speech = _Speech()


def asked_for() -> Language | None:
    """The language that the command line names."""
    return _speech.asked_for


def spoken() -> Language:
    """The language that this process speaks to its user."""
    if _speech.asked_for is None and _speech.preset is not None:
        from photoprep.preset_file import language_of

        _speech.otherwise = language_of(_speech.preset) or _speech.otherwise
        _speech.preset = None
    return _speech.asked_for or _speech.otherwise


def told(text: str) -> str:
    """A text in the language that this process speaks."""
    return in_language(text, spoken())


def told_text(text: str) -> str:
    """A text that stands in the catalogue as it is, such as a command's help, when it is said."""
    if not text or spoken() == "en":
        return text
    return translations(spoken()).gettext(text)


def begin_to_speak(arguments: Sequence[str]) -> list[str]:
    """Choose the language by ``--lang``, wherever it stands before ``--``, else by the system.

    Returns the arguments without it.

    Raises:
        UsageError: what stands behind ``--lang`` is no language that is spoken here.

    """
    _speech.otherwise, _speech.asked_for, _speech.preset = system_language(), None, None
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
            _speech.asked_for = known
            return
    raise UsageError(
        say("photoprep does not speak '{value}'.", value=value),
        hint=say("--lang takes en for English or zh for Chinese."),
    )


def speak_by_preset(name_or_file: str) -> None:
    """From now on speak as the preset has it, unless the command line or the preset leaves it.

    It is read when there is something to say: by then the run has read it too.
    """
    _speech.preset = name_or_file
