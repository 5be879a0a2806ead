"""What a batch may say about itself: ``photoprep.toml`` in the top of its folder.

    customer = "C0123"
    language = "en"             # or zh
    preset = "mailbox-2mb"      # the NAME of an installed preset

Whoever may write to the watched folder may write this file, so it chooses among what is installed
and nothing else: it names no file, runs nothing and sends nothing. It is read without following a
link and without waiting for a device, and never in full where it is large.
"""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.catalogue.found import SETTINGS_NAME, is_settings
from photoprep.errors import PresetError
from photoprep.language import say, say_both, say_list
from photoprep.preset_file import known_presets, merged_text
from photoprep.preset_mistakes import Layer, Mistake, line_of, mistakes_of, nearest, refuse
from photoprep.watch.batch import BatchSettings

if TYPE_CHECKING:
    from photoprep.watch.settings_model import BatchDocument

MAX_FILE_BYTES = 64_000
_MAX_MISTAKES = 10  # that are told; whoever writes the file is not asked for more
_READ_AS_IT_IS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


def batch_settings(folder: Path, default: BatchSettings) -> BatchSettings:
    """What the batch in this folder is prepared with; the default where it says nothing.

    The file is found whatever its capitals are, as people on Windows write them.

    Raises:
        PresetError: the file is there and cannot be taken: it is no plain small file of TOML in
            UTF-8, has a key or a value that may not stand in it, or names no installed preset.
        OSError: the folder cannot be listed, or the disk refuses the file; for now, as a rule.

    """
    path = _settings_in(folder)
    if path is None:
        return default
    document = _checked(path, _text(path))
    settings = default
    if document.customer:
        settings = replace(settings, customer=document.customer)
    if document.language:
        settings = replace(settings, language=document.language)
    if document.preset:
        settings = replace(
            settings, preset=document.preset, contents=preset_contents(document.preset)
        )
    return settings


def preset_contents(name_or_file: str | Path) -> str:
    """A hash over all that a preset says, with what it extends; for ``BatchSettings.contents``.

    Raises:
        PresetError: as for ``preset_file.load_preset``.

    """
    return sha256(merged_text(name_or_file).encode("utf-8", "surrogatepass")).hexdigest()


def _settings_in(folder: Path) -> Path | None:
    with os.scandir(folder) as entries:
        found = sorted(entry.name for entry in entries if is_settings(entry.name))
    if len(found) > 1:
        raise PresetError(
            say("There are several such files here: {names}.", names=say_list(found)),
            hint=say("Keep one of them."),
            path=folder / found[0],
        )
    return folder / found[0] if found else None


def _text(path: Path) -> str:
    look = path.lstat()
    if stat.S_ISLNK(look.st_mode):
        raise _refused(path, say("It is a link, which is not followed here."))
    if not stat.S_ISREG(look.st_mode):
        raise _refused(path, say("It is no regular file."))
    with open(os.open(path, _READ_AS_IT_IS), "rb") as file:  # noqa: PTH123 (with the flags)
        opened = os.fstat(file.fileno())
        if not os.path.samestat(look, opened):
            raise _refused(path, say("Another file took its place while it was read."))
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _refused(path, say("It has more than {most} bytes.", most=MAX_FILE_BYTES))
    try:
        # Windows' editors put a byte-order mark in front, which TOML does not know.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise PresetError(
            say("This is not UTF-8 text."),
            hint=say("Open the file in an editor and save it in the encoding UTF-8."),
            path=path,
        ) from error


def _refused(path: Path, reason: str) -> PresetError:
    return PresetError(
        say_both(say("The batch's settings are not read."), reason),
        hint=say("Put a plain file with customer, language or preset there, or none."),
        path=path,
    )


def _checked(path: Path, text: str) -> BatchDocument:
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        raise PresetError(
            say("This is not valid TOML: {detail}.", detail=str(error)),
            hint=say('Each line reads key = "text", with the text in straight quotes.'),
            path=path,
        ) from error
    from pydantic import ValidationError

    from photoprep.preset_values import keys_of
    from photoprep.watch.settings_model import BatchDocument

    try:
        document = BatchDocument.model_validate(told)
    except ValidationError as error:
        layer = Layer(path, text, told)
        mistakes = mistakes_of(error, [layer], lambda section: keys_of(BatchDocument, section))
        raise refuse(mistakes[:_MAX_MISTAKES], name=SETTINGS_NAME) from error
    if document.preset:
        _check_preset(document.preset, path, text)
    return document


def _check_preset(name: str, path: Path, text: str) -> None:
    """Refuse what is not, letter by letter, one of the names that can be chosen."""
    names = [entry.name for entry in known_presets()]
    if name in names:
        return
    line = line_of(("preset",), text)
    if _may_be_a_path(name):
        words = say(
            "preset: expected the name of an installed preset, received {value}: a file cannot be "
            "named here",
            value=repr(name),
        )
        raise refuse([Mistake(path, line, words)], name=SETTINGS_NAME)
    near = nearest(name, names)
    missing = say_both(
        say('preset: there is no preset called "{name}".', name=name),
        say_both(
            say('Did you mean "{near}"?', near=near) if near else "",
            say("Presets are: {names}", names=say_list(names)),
        ),
    )
    raise refuse([Mistake(path, line, missing)], name=SETTINGS_NAME)


def _may_be_a_path(name: str) -> bool:
    """Whether a text looks like a file's name, or like nothing that a person would type."""
    marks = ("/", "\\", ":", "..", "~")
    looks_so = any(mark in name for mark in marks) or name.casefold().endswith(".toml")
    return looks_so or not name.isprintable()
