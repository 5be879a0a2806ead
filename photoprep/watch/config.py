"""The daemon's own configuration, ``watch.toml`` in the user's configuration folder.

    archive = "/srv/photos-done"      # where sources go after success; empty: they stay

    [after]
    drafts_account = "work"           # the mails go among this account's drafts; never sent
    drafts_folder = ""                # empty: the folder that the server marks as such
    command = ["/usr/local/bin/prepared", "--quiet"]
    command_limit_s = 60
    notify = true                     # a notification on the desktop

It may run commands and name accounts, so it is for whoever runs the daemon alone: it is refused
where whoever writes to the watched folder could change it.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.errors import PresetError
from photoprep.files import at_home
from photoprep.language import say
from photoprep.preset_mistakes import Layer, Mistake, line_of, mistakes_of, refuse
from photoprep.profile import watch_path

if TYPE_CHECKING:
    from photoprep.watch.settings_model import WatchDocument


@dataclass(frozen=True, slots=True)
class HandOverConfig:
    """What is done with the result of a batch; nothing of it by default.

    ``command`` is a program with its arguments, never read by a shell; it may take
    ``command_limit_s``.
    """

    drafts_account: str = ""
    drafts_folder: str = ""
    command: tuple[str, ...] = ()
    command_limit_s: float = 60
    notify: bool = False


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """The daemon's own configuration. ``archive`` is absolute, or None where sources stay."""

    archive: Path | None = None
    after: HandOverConfig = field(default_factory=HandOverConfig)


def load_config(inbox: Path, path: Path | None = None) -> WatchConfig:
    """Read the configuration for a daemon that watches ``inbox``.

    Without a ``path`` it is the user's, which need not be there. What it names is looked for beside
    it, unless it is absolute or, as a program's name, has no folder.

    Raises:
        PresetError: the file named is not there; it cannot be read; it, or the command it names,
            lies in the watched folder; or it says something wrong: the message names line, key,
            what was expected and what was received.

    """
    place = (watch_path() if path is None else Path(at_home(os.fspath(path)))).absolute()
    text = _text(place)
    if text is None:
        if path is None:
            return WatchConfig()
        raise PresetError(
            say("There is no such file."), hint=say("Check the path after --config."), path=place
        )
    if is_within(place, inbox):
        raise PresetError(
            say("The daemon's configuration lies in the watched folder."),
            hint=say(
                "Whoever may drop photos could change it there. Move it to {path}.",
                path=str(watch_path()),
            ),
            path=place,
        )
    return _config(_checked(place, text), place, text, inbox)


def is_within(path: Path, folder: Path) -> bool:
    """Whether a path lies in a folder or is it: as it is written, or where its links lead."""
    written = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)
    led = Path(os.path.realpath(path))
    folders = {Path(os.path.abspath(folder)), Path(os.path.realpath(folder))}  # noqa: PTH100
    if any(each.is_relative_to(one) for each in (written, led) for one in folders):
        return True
    # Another spelling, on a disk that ignores capitals or Unicode's forms.
    return any(
        _is_same(above, folder) for each in (written, led) for above in (each, *each.parents)
    )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # not there, or not to be looked at
        return False


def _config(document: WatchDocument, place: Path, text: str, inbox: Path) -> WatchConfig:
    command = tuple(document.after.command)
    if command:
        program = command[0]
        if os.sep in program or (os.altsep and os.altsep in program) or program.startswith("~"):
            program = _beside(place, program)
            if is_within(Path(program), inbox):
                words = say(
                    "after.command: {program} lies in the watched folder, where others could "
                    "change it",
                    program=program,
                )
                line = line_of(("after", "command"), text)
                raise refuse([Mistake(place, line, words)], name=place.name)
        command = (program, *command[1:])
    return WatchConfig(
        Path(_beside(place, document.archive)) if document.archive else None,
        HandOverConfig(
            document.after.drafts_account,
            document.after.drafts_folder,
            command,
            document.after.command_limit_s,
            document.after.notify,
        ),
    )


def _beside(place: Path, named: str) -> str:
    return os.path.normpath(place.parent / at_home(named))


def _text(place: Path) -> str | None:
    try:
        return place.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PresetError(
            say("The daemon's configuration cannot be read ({reason}).", reason=reason),
            hint=say("Check your rights to the file."),
            path=place,
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PresetError(
            say("Line {line}: this is not UTF-8 text.", line=line),
            hint=say("Open the file in an editor and save it in the encoding UTF-8."),
            path=place,
        ) from error


def _checked(place: Path, text: str) -> WatchDocument:
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PresetError(
            say("This is not valid TOML: {detail}.", detail=str(error)),
            hint=say('Each line reads key = "text", with the text in straight quotes.'),
            path=place,
        ) from error
    from pydantic import ValidationError

    from photoprep.preset_values import keys_of
    from photoprep.watch.settings_model import WatchDocument

    try:
        document = WatchDocument.model_validate(told)
    except ValidationError as error:
        layer = Layer(place, text, told)
        mistakes = mistakes_of(error, [layer], lambda section: keys_of(WatchDocument, section))
        raise refuse(mistakes, name=place.name) from error
    if document.after.command and not document.after.command[0]:
        words = say("after.command: expected the name of a program first, received an empty text")
        raise refuse([Mistake(place, line_of(("after", "command"), text), words)], name=place.name)
    return document
