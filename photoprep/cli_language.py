"""The language that the command line speaks: asked for, else the preset's, else the system's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from photoprep.language import Language, in_language
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


def begin_to_speak(arguments: Sequence[str]) -> list[str]:
    """Choose the language by ``--lang``, wherever it stands, else by the system.

    Returns the arguments without it. One whose value is no language stays, and is refused where
    arguments are read; so does all behind ``--``.
    """
    rest: list[str] = []
    asked: Language | None = None
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
            break
        option, equals, value = argument.partition("=")
        if option != OPTION:
            rest.append(argument)
            continue
        given = [argument] if equals else [argument, *[next(waiting, None)]]
        language = _language_called(value if equals else given[-1])
        if language is None:
            rest += [text for text in given if text is not None]
        else:
            asked = language
    _speech.language, _speech.was_asked_for = asked or system_language(), asked is not None
    return rest


def speak_by_preset(name_or_file: str) -> None:
    """From now on speak as the preset has it, unless the command line or the preset leaves it."""
    if _speech.was_asked_for:
        return
    from photoprep.preset_file import language_of

    _speech.language = language_of(name_or_file) or _speech.language


def _language_called(value: str | None) -> Language | None:
    return next((known for known in get_args(Language) if known == value), None)
