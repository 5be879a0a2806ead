"""Presets as TOML files: found by name or path, checked by pydantic, made into a ``Preset``.

The file's words ("24 cm", "200 kB") are read here and nowhere else; behind this border there are
only the frozen types of ``preset``, with the unit in each name.
"""

from __future__ import annotations

import difflib
import tomllib
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as whole

from photoprep.errors import PresetError
from photoprep.preset import LetterSpec, MailSpec, NamesSpec, PhotoSpec, Preset
from photoprep.units import longest_side_px, parse_bytes, parse_length_cm

NAME_FIELDS = ("product", "model", "view", "customer", "date")
_JPEG_SIDE_LIMIT_PX = 65_500  # libjpeg's JPEG_MAX_DIMENSION


def _check_template(template: str) -> str:
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        raise ValueError(f"expected a template of {{fields}}, received {template!r}") from error
    unknown = [field for field in fields if field not in NAME_FIELDS]
    if unknown or not fields:
        known = ", ".join(f"{{{field}}}" for field in NAME_FIELDS)
        raise ValueError(f"expected fields among {known}, received {template!r}")
    return template


def _check_colour(name: str) -> str:
    from PIL import ImageColor

    try:
        ImageColor.getrgb(name)
    except ValueError as error:
        raise ValueError(
            f'expected a colour such as "white" or "#f4f4f4", received {name!r}'
        ) from error
    return name


Bytes = Annotated[int, BeforeValidator(parse_bytes)]
LengthCm = Annotated[Fraction, BeforeValidator(parse_length_cm)]
Dpi = Annotated[int, Field(ge=1, le=1200, strict=True)]
Quality = Annotated[int, Field(ge=0, le=95, strict=True)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PhotoSection(_Section):
    longest_side: LengthCm
    dpi_max: Dpi
    dpi_min: Dpi
    max_bytes: Bytes
    good_quality: Quality
    min_quality: Quality
    background: Annotated[str, AfterValidator(_check_colour)] = "white"

    @whole(mode="after")
    def _agrees(self) -> _PhotoSection:
        if self.dpi_min > self.dpi_max:
            raise ValueError(f"dpi_min ({self.dpi_min}) is above dpi_max ({self.dpi_max})")
        if self.min_quality > self.good_quality:
            raise ValueError(
                f"min_quality ({self.min_quality}) is above good_quality ({self.good_quality})"
            )
        if not longest_side_px(self.longest_side, self.dpi_min) >= 1:
            raise ValueError("longest_side at dpi_min is less than one pixel")
        if longest_side_px(self.longest_side, self.dpi_max) > _JPEG_SIDE_LIMIT_PX:
            raise ValueError(
                f"longest_side at dpi_max is more than the {_JPEG_SIDE_LIMIT_PX} pixels "
                "that a JPEG can have"
            )
        return self

    def spec(self) -> PhotoSpec:
        return PhotoSpec(
            longest_side_cm=self.longest_side,
            dpi_max=self.dpi_max,
            dpi_min=self.dpi_min,
            max_bytes=self.max_bytes,
            good_quality=self.good_quality,
            min_quality=self.min_quality,
            background=self.background,
        )


class _MailSection(_Section):
    preferred_bytes: Bytes
    max_bytes: Bytes
    reserve_bytes: Annotated[int, Field(ge=0, strict=True)] = 4096
    max_mails: Annotated[int, Field(ge=1, le=999, strict=True)] = 10

    @whole(mode="after")
    def _agrees(self) -> _MailSection:
        if self.preferred_bytes > self.max_bytes:
            raise ValueError(
                f"preferred_bytes ({self.preferred_bytes}) is above max_bytes ({self.max_bytes})"
            )
        if self.reserve_bytes >= self.max_bytes:
            raise ValueError(
                f"reserve_bytes ({self.reserve_bytes}) leaves nothing of "
                f"max_bytes ({self.max_bytes})"
            )
        return self


class _NamesSection(_Section):
    photo: Annotated[str, AfterValidator(_check_template)]


class _LetterSection(_Section):
    language: Literal["en", "zh"] = "en"


class _PresetFile(_Section):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(min_length=1)]
    photo: _PhotoSection
    mail: _MailSection
    names: _NamesSection
    letter: _LetterSection = _LetterSection()

    def preset(self) -> Preset:
        return Preset(
            name=self.name,
            photo=self.photo.spec(),
            mail=MailSpec(
                preferred_bytes=self.mail.preferred_bytes,
                max_bytes=self.mail.max_bytes,
                reserve_bytes=self.mail.reserve_bytes,
                max_mails=self.mail.max_mails,
            ),
            names=NamesSpec(photo=self.names.photo),
            letter=LetterSpec(language=self.letter.language),
        )


def preset_names() -> list[str]:
    """The names of the presets that come with photoprep, in alphabetical order."""
    return sorted(path.stem for path in _shipped_folder().glob("*.toml"))


def preset_text(name_or_file: str | Path) -> str:
    """The text of a preset, as its file has it; raises ``PresetError`` where there is none."""
    path = _find(name_or_file)
    return _text(path)


def load_preset(name_or_file: str | Path = "trade-email") -> Preset:
    """Read a preset by the name of a shipped one or by the path of a TOML file.

    Raises:
        PresetError: there is no such preset, or the file says something wrong; the message names
            the file, the key, what was expected and what was received.

    """
    path = _find(name_or_file)
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise PresetError(
            f"The preset is not valid TOML: {error}.", hint="Mend that line.", path=path
        ) from error
    try:
        return _PresetFile.model_validate(document).preset()
    except ValidationError as error:
        raise PresetError(
            f"The preset does not hold: {_say(error)}", hint="Mend that key.", path=path
        ) from error


def _shipped_folder() -> Path:
    """Where the shipped presets lie: in the installed package, or at the top of a checkout."""
    package = Path(str(files("photoprep")))
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "presets"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PresetError(
            f"The preset cannot be read ({error.strerror}).",
            hint="Check the path and your rights to it.",
            path=path,
        ) from error
    except UnicodeDecodeError as error:
        raise PresetError(
            "The preset is not UTF-8 text.", hint="Save it as UTF-8 and try again.", path=path
        ) from error


def _find(name_or_file: str | Path) -> Path:
    path = Path(name_or_file).expanduser()
    if path.suffix == ".toml" or path.name != str(name_or_file):
        if path.is_file():
            return path
        raise PresetError(
            "There is no such preset file.",
            hint=f"Shipped presets are: {', '.join(preset_names())}.",
            path=path,
        )
    shipped = _shipped_folder() / f"{name_or_file}.toml"
    if shipped.is_file():
        return shipped
    near = difflib.get_close_matches(str(name_or_file), preset_names(), n=1)
    guess = f' Did you mean "{near[0]}"?' if near else ""
    raise PresetError(
        f'There is no preset called "{name_or_file}".{guess}',
        hint=f"Shipped presets are: {', '.join(preset_names())}. A file of your own is given "
        "by its path and ends in .toml.",
    )


def _say(error: ValidationError) -> str:
    """All that pydantic found, as one sentence a key."""
    sentences = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(detail["loc"][-1]), _known_keys(detail["loc"]), 1)
            guess = f", did you mean {near[0]}?" if near else ""
            sentences.append(f"{key} is not a known key{guess}")
        elif detail["type"] == "missing":
            sentences.append(f"{key} is missing")
        elif detail["type"] == "value_error":
            sentences.append(f"{key}: {detail['ctx']['error']}")
        else:
            received = detail["input"]
            sentences.append(f"{key}: {detail['msg'].lower()}, received {received!r}")
    return "; ".join(sentences) + "."


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = _PresetFile
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
