"""What a preset's values are read as, in any of its sections: sizes, lengths, and who disagrees."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, WithJsonSchema

from photoprep.units import parse_bytes, parse_length_cm


class ContradictionError(ValueError):
    """Two values that cannot both hold; ``keys`` are their full paths, the likelier culprit first.

    The paths let the line be found, in whichever of the merged files a value stands.
    """

    def __init__(self, message: str, *keys: tuple[str, ...]) -> None:
        super().__init__(message)
        self.keys = keys


def keys_in(section: str, *names: str) -> tuple[tuple[str, str], ...]:
    """The full paths of some of a section's keys, for a ``ContradictionError``."""
    return tuple((section, name) for name in names)


# The patterns say what ``units`` reads; JSON Schema's have no flag for capitals.
_SIZE_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {
            "type": "string",
            "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([Bb]([Yy][Tt][Ee][Ss]?)?|[KkMm][Ii]?[Bb])?\s*$",
        },
    ],
    "examples": ["200 kB", "195 KiB", 200000],
}
LENGTH_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([Cc][Mm]|[Mm][Mm]|[Ii][Nn]([Cc][Hh]([Ee][Ss])?)?)\s*$",
    "examples": ["24 cm", "240 mm", "9.4 in"],
}

Bytes = Annotated[int, BeforeValidator(parse_bytes), WithJsonSchema(_SIZE_SCHEMA)]
LengthCm = Annotated[
    InstanceOf[Fraction], BeforeValidator(parse_length_cm), WithJsonSchema(LENGTH_SCHEMA)
]


class Section(BaseModel):
    """A table of the file: keys that are not named here are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def keys_of(model: type[BaseModel], section: tuple[str, ...] = ()) -> list[str]:
    """The keys that may stand in a section of a model's file, or at its top."""
    for part in section:
        annotation = model.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
