"""Presets as TOML files: found by name or path, laid over what they extend, made a ``Preset``.

The file's words ("24 cm", "200 kB") are read here and in ``preset_model`` and nowhere else; behind
this border there are only the frozen types of ``preset``, with the unit in each name.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from photoprep.errors import PresetError
from photoprep.files import at_home
from photoprep.language import Language, say, say_both, say_list
from photoprep.preset import (
    SCHEMA_NUMBER,
    LetterSpec,
    MailSpec,
    NamesSpec,
    PhotoSpec,
    Preset,
    WatchSpec,
)
from photoprep.preset_mistakes import Layer, Mistake, line_of, mistakes_of, nearest, refuse
from photoprep.profile import profile_path
from photoprep.units import parse_bytes, parse_length_cm


@dataclass(frozen=True, slots=True)
class PresetEntry:
    """A preset that can be chosen by name.

    ``use`` is the first line of its file's opening comment. ``own`` says that it lies in the
    user's folder, ``hides_shipped`` that a shipped one of the same name is not seen because of it.
    """

    name: str
    use: str
    path: Path
    own: bool
    hides_shipped: bool = False


def preset_names() -> list[str]:
    """The names of the presets that come with photoprep, in alphabetical order."""
    return _names_in(_shipped_folder())


def shipped_presets() -> list[PresetEntry]:
    """The presets that come with photoprep, in alphabetical order."""
    return [_entry(_shipped_folder() / f"{name}.toml") for name in preset_names()]


def known_presets() -> list[PresetEntry]:
    """Every preset that a name chooses: the shipped ones and the user's, in alphabetical order."""
    shipped, folder = set(preset_names()), own_presets_folder()
    own = [
        _entry(folder / f"{name}.toml", own=True, hides_shipped=name in shipped)
        for name in _names_in(folder)
    ]
    hidden = {entry.name for entry in own}
    seen = [entry for entry in shipped_presets() if entry.name not in hidden]
    return sorted([*seen, *own], key=lambda entry: entry.name)


def _entry(path: Path, *, own: bool = False, hides_shipped: bool = False) -> PresetEntry:
    return PresetEntry(path.stem, _use(path), path, own, hides_shipped)


def own_presets_folder() -> Path:
    """Where the user's own presets lie, beside the profile; whether or not it is there yet."""
    return profile_path().parent / "presets"


def preset_text(name_or_file: str | Path) -> str:
    """The text of a preset, as its file has it; raises ``PresetError`` where there is none."""
    return _text(_find(name_or_file))


def merged_text(name_or_file: str | Path) -> str:
    """The preset as one file that extends nothing, without comments.

    Raises:
        PresetError: as for ``load_preset``.

    """
    layers = _layers(_find(name_or_file))
    _checked(layers)
    return _toml(_merged(layers))


def load_preset(name_or_file: str | Path = "trade-email") -> Preset:
    """Read a preset by the name of one of the user's or a shipped one, or by a TOML file's path.

    A file that ``extends`` another one is laid over it, key by key.

    Raises:
        PresetError: there is no such preset, or a file says something wrong; the message names
            the file, line and key, what was expected and what was received.

    """
    layers = _layers(_find(name_or_file))
    shipped = all(layer.path.parent == _shipped_folder() for layer in layers)
    return _trusted(_merged(layers)) if shipped else _checked(layers)


def language_of(name_or_file: str | Path) -> Language | None:
    """The language that a preset wants its user to be spoken to in; None where it leaves that.

    A preset that does not hold has none here: ``load_preset`` says what is wrong with it.
    """
    try:
        wanted = _merged(_layers(_find(name_or_file))).get("language")
    except PresetError:
        return None
    return next((known for known in get_args(Language) if known == wanted), None)


def _trusted(document: Mapping[str, Any]) -> Preset:
    """A shipped preset, which the tests have checked: loading the model takes 50 ms of a run."""
    photo, mail = dict(document["photo"]), dict(document["mail"])
    duplicates = photo.pop("duplicates", "keep-first")
    mail |= {key: parse_bytes(mail[key]) for key in ("preferred_bytes", "max_bytes")}
    return Preset(
        name=document["name"],
        photo=PhotoSpec(
            longest_side_cm=parse_length_cm(photo.pop("longest_side")),
            max_bytes=parse_bytes(photo.pop("max_bytes")),
            **photo,
        ),
        mail=MailSpec(**mail),
        names=NamesSpec(**document["names"]),
        letter=LetterSpec(**document["letter"]),
        duplicates=duplicates,
        language=document.get("language", "auto"),
        watch=WatchSpec(**document.get("watch", {})),
    )


def _checked(layers: list[Layer]) -> Preset:
    from pydantic import ValidationError

    from photoprep.preset_model import PresetDocument

    try:
        return PresetDocument.model_validate(_merged(layers)).preset()
    except ValidationError as error:
        raise refuse(mistakes_of(error, layers)) from error


def _shipped_folder() -> Path:
    """Where the shipped presets lie: in the installed package, or at the top of a checkout."""
    package = Path(str(files("photoprep")))
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "presets"


def _names_in(folder: Path) -> list[str]:
    # A copy from a Mac has "._NAME.toml" beside each file.
    found = [path for path in folder.glob("*.toml") if not path.name.startswith(".")]
    return sorted(path.stem for path in found if _is_file(path))


def _use(path: Path) -> str:
    """What a preset is for, in its own words; empty where it does not say, or cannot be read."""
    try:
        text = _text(path)
    except PresetError:
        return ""
    for line in text.split("\n"):
        # "#:schema FILE" is for editors, not for people.
        if line.startswith("#") and not line.startswith("#:"):
            return line.lstrip("# ").rstrip()
        if line and not line.startswith("#"):
            break
    return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PresetError(
            say(
                "The preset cannot be read ({reason}).",
                reason=error.strerror or type(error).__name__,
            ),
            hint=say("Check the path and your rights to it."),
            path=path,
        ) from error
    except UnicodeDecodeError as error:
        raise PresetError(
            say("The preset is not UTF-8 text."),
            hint=say("Save it as UTF-8 and try again."),
            path=path,
        ) from error


def _find(name_or_file: str | Path) -> Path:
    if _is_path(name_or_file):
        path = _expanded(name_or_file)
        if _is_file(path):
            return path
        raise PresetError(
            say("There is no such preset file."),
            hint=say("Presets are: {names}.", names=_all_names()),
            path=path,
        )
    name = str(name_or_file)
    found = _by_name(name)
    if found is not None:
        return found
    raise PresetError(
        _with_guess(say('There is no preset called "{name}".', name=name), name),
        hint=say(
            "Presets are: {names}. A file of your own is given by its path and ends in "
            ".toml, or lies in {folder}.",
            names=_all_names(),
            folder=str(own_presets_folder()),
        ),
    )


def _is_path(name_or_file: str | Path) -> bool:
    path = Path(name_or_file)
    return path.suffix == ".toml" or path.name != str(name_or_file)


def _expanded(path: str | Path) -> Path:
    return Path(at_home(os.fspath(path)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for the disk, a folder that may not be looked into
        return False


def _by_name(name: str, *, besides: Path | None = None) -> Path | None:
    """The file of a preset by name: the user's goes before the shipped one."""
    for folder in (own_presets_folder(), _shipped_folder()):
        path = folder / f"{name}.toml"
        if _is_file(path) and (besides is None or path.resolve() != besides.resolve()):
            return path
    return None


def _all_names() -> str:
    return say_list(entry.name for entry in known_presets())


def _with_guess(sentence: str, name: str) -> str:
    near = nearest(name, [entry.name for entry in known_presets()])
    return say_both(sentence, say('Did you mean "{near}"?', near=near) if near else "")


def _layers(path: Path) -> list[Layer]:
    """The file and, one after another, what it extends; the most basic last."""
    layers = [_layer(path)]
    while "extends" in layers[-1].document:
        base = _base_of(layers[-1])
        if base.resolve() in [layer.path.resolve() for layer in layers]:
            chain = layers[0].path.stem
            for layer in [*layers[1:], Layer(base, "", {})]:
                chain = say("{chain} extends {name}", chain=chain, name=layer.path.stem)
            raise _wrong_extends(
                layers[-1], say("the presets extend each other in a loop: {chain}", chain=chain)
            )
        layers.append(_layer(base))
    return layers


def _layer(path: Path) -> Layer:
    text = _text(path)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        raise PresetError(
            say("The preset is not valid TOML: {detail}.", detail=str(error)),
            hint=say("Mend that line."),
            path=path,
        ) from error
    _check_schema(path, text, document)
    sheet = document.get("sheet")
    if isinstance(sheet, dict):
        document["sheet"] = sheet | {
            key: _beside(path, file) for key in ("font", "logo") if (file := sheet.get(key))
        }
    letter = document.get("letter")
    if isinstance(letter, dict) and _names_a_path(template := letter.get("template")):
        document["letter"] = letter | {"template": _beside(path, template)}
    return Layer(path, text, document)


def _names_a_path(template: object) -> bool:
    """Whether a letter's template is more than the name of a folder among the user's own."""
    return isinstance(template, str) and bool(template) and Path(template).name != template


def _beside(path: Path, file: object) -> object:
    """What a preset names is looked for in its own folder, wherever photoprep was started."""
    return str(path.absolute().parent / _expanded(file)) if isinstance(file, str) else file


def _check_schema(path: Path, text: str, document: Mapping[str, Any]) -> None:
    """Refuse a file of another format before its keys are judged by this one's."""
    number = document.get("schema")
    if number is None:
        words = say(
            "schema is missing: write schema = {known} above the first section",
            known=SCHEMA_NUMBER,
        )
    elif type(number) is int and number > SCHEMA_NUMBER:
        words = say(
            "schema: expected {known}, received {number}: the file is made for a newer photoprep",
            known=SCHEMA_NUMBER,
            number=number,
        )
    elif type(number) is not int or number != SCHEMA_NUMBER:
        words = say(
            "schema: expected {known}, received {number}",
            known=SCHEMA_NUMBER,
            number=repr(number),
        )
    else:
        return
    raise refuse([Mistake(path, line_of(("schema",), text), words)])


def _base_of(layer: Layer) -> Path:
    wanted = layer.document["extends"]
    if not isinstance(wanted, str) or not wanted:
        raise _wrong_extends(
            layer, say("expected the name of a preset, received {wanted}", wanted=repr(wanted))
        )
    if _is_path(wanted):
        base = layer.path.parent / _expanded(wanted)
        if not _is_file(base):
            raise _wrong_extends(layer, say("there is no file {path}", path=str(base)))
        return base
    # The user's own trade-email may extend the shipped one of the same name, so not itself.
    found = _by_name(wanted, besides=layer.path)
    if found is None and wanted == layer.path.stem:
        raise _wrong_extends(layer, say("the preset extends itself"))
    if found is None:
        raise _wrong_extends(
            layer,
            say_both(
                _with_guess(say('there is no preset called "{name}".', name=wanted), wanted),
                say("Presets are: {names}", names=_all_names()),
            ),
        )
    return found


def _wrong_extends(layer: Layer, words: str) -> PresetError:
    line = line_of(("extends",), layer.text)
    return refuse([Mistake(layer.path, line, say("extends: {words}", words=words))])


def _merged(layers: list[Layer]) -> dict[str, Any]:
    """One document of them all; an earlier layer's value goes before a later one's."""
    document: dict[str, Any] = {}
    for layer in reversed(layers):
        document = _over(document, layer.document)
    document.pop("extends", None)
    if len(layers) > 1 and "name" not in layers[0].document:
        document["name"] = layers[0].path.stem
    return document


def _over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in changes.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = _over(below, value) if both and below is not None else value
    return result


def _toml(document: Mapping[str, Any]) -> str:
    """A checked document as TOML: texts and whole numbers, at the top and in sections."""
    top = [f"{key} = {_value(value)}" for key, value in document.items() if not _is_table(value)]
    blocks = [top]
    for name, table in document.items():
        if _is_table(table):
            blocks.append([f"[{name}]", *(f"{key} = {_value(v)}" for key, v in table.items())])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _value(value: str | int) -> str:
    # What JSON escapes, and how, is right in TOML too, but for DEL (TOML 1.0, "String").
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
