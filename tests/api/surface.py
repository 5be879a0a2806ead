"""What programs may rely on, as text: run as a program, it writes ``surface.txt`` beside it.

``python -m tests.api.surface`` is for a change that is meant; CHANGELOG.md tells of it.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
from pathlib import Path
from types import ModuleType

import photoprep
import photoprep.plugins

SURFACE = Path(__file__).with_name("surface.txt")


def surface() -> str:
    """A line for every public name, parameter and field; types are as their source has them."""
    lines = [*_lines(photoprep), *_lines(photoprep.plugins)]
    return "\n".join(lines) + "\n"


def _lines(module: ModuleType) -> list[str]:
    lines = []
    for name in sorted(module.__all__):
        public = getattr(module, name)
        where = f"{module.__name__}.{name}"
        if isinstance(public, type) and issubclass(public, enum.Enum):
            lines += [f"{where}.{each.name} = {each.value}" for each in public]
        elif isinstance(public, type) and issubclass(public, Exception):
            bases = ", ".join(base.__name__ for base in public.__bases__)
            lines.append(f"{where}({bases}) exits with {getattr(public, 'exit_code', None)}")
            if "__init__" in vars(public):
                lines.append(f"{where}{inspect.signature(public)}")
        elif isinstance(public, type) and dataclasses.is_dataclass(public):
            lines += [f"{where}.{_field(field)}" for field in dataclasses.fields(public)]
            lines += [f"{where}.{each}" for each in _own(public)]
        elif inspect.isfunction(public):
            lines += [f"{where}({parameter})" for parameter in _parameters(public)]
        elif isinstance(public, type):
            lines += [f"{where}.{each}" for each in _own(public)]
        else:
            lines.append(where)
    return lines


def _field(field: dataclasses.Field[object]) -> str:
    has_default = (field.default, field.default_factory) != (dataclasses.MISSING,) * 2
    return f"{field.name}: {field.type}{' = …' if has_default else ''}"


def _own(public: type) -> list[str]:
    """The methods and properties that a class has besides its fields."""
    found = []
    for name, value in sorted(vars(public).items()):
        if name.startswith("_") and name != "__call__":
            continue
        if isinstance(value, property):
            found.append(f"{name}: {inspect.signature(value.fget).return_annotation}")  # type: ignore[arg-type]
        elif inspect.isfunction(value):
            found.append(f"{name}{inspect.signature(value)}")
    return found


def _parameters(function: object) -> list[str]:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    by_name = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        f"{'*, ' if each.kind is by_name else ''}{each.name}: {each.annotation}"
        f"{'' if each.default is inspect.Parameter.empty else ' = …'}"
        for each in signature.parameters.values()
    ]
    return [*parameters, f"-> {signature.return_annotation}"]


if __name__ == "__main__":
    SURFACE.write_text(surface(), encoding="utf-8")
