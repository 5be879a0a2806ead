"""What the presets' model says to editors and people: its JSON Schema and its reference page.

Both are kept in ``docs/`` and made anew by ``photoprep presets schema`` and ``… reference``; a
test holds the files against them.
"""

from __future__ import annotations

import json
from typing import Any

from photoprep.preset_file import load_preset, shipped_presets
from photoprep.preset_model import PresetDocument
from photoprep.preset_values import LENGTH_SCHEMA
from photoprep.units import longest_side_px

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PAGE = """\
# Presets

A preset is a TOML file that says how large photos and mails may be. Choose one by its name or its
file: `photoprep FOLDER --preset NAME|FILE`. This page is generated from the model that checks
presets: `photoprep presets reference`.

## Those that come with photoprep

{presets}

`photoprep presets show NAME` prints one, with the sources of its figures.

## Your own

Put it into the folder that `photoprep presets list` names, as `NAME.toml`, and choose it by `NAME`;
or anywhere, and choose it by its path. Under the name of a shipped preset it takes that one's
place. It may name only what differs from another one:

```toml
# For Mr Smith, whose mailbox takes 2 MB.
schema = 1
extends = "trade-email"

[mail]
preferred_bytes = "1.5 MB"
max_bytes = "2 MB"
```

`extends` takes a name, or a `.toml` file beside this one, which may extend another in turn.
`photoprep presets check` says what your presets mean in pixels and bytes, or every mistake with
its line; `photoprep presets show NAME --merged` prints the whole.

Sizes are texts such as `"200 kB"` (1000 bytes) and `"195 KiB"` (1024), or whole numbers of bytes;
lengths are texts in `cm`, `mm` or `in`.

Editors that know Taplo (Even Better TOML in Visual Studio Code) complete and check the keys: save
`photoprep presets schema > preset.schema.json` beside your preset, and let its first line be

```toml
#:schema ./preset.schema.json
```

## The keys
"""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a preset's file, draft 2020-12.

    A file that extends another one may leave out all but ``schema``, so what is required
    otherwise stands in a branch of its own. What contradicts something else is not in it.
    """
    schema = _whole_schema()
    complete: dict[str, Any] = {"required": schema["required"], "properties": {}}
    for key, found in schema["properties"].items():
        if "required" in found:
            complete["properties"][key] = {"required": found.pop("required")}
    return {
        "$schema": DIALECT,
        "title": "A photoprep preset",
        **schema,
        "required": ["schema"],
        "anyOf": [{"required": ["extends"]}, complete],
    }


def _whole_schema() -> dict[str, Any]:
    """Pydantic's schema of the model, its sections in their places.

    Pydantic refers to them under ``$defs``, in ways that differ from version to version, and
    editors that stop at draft 4 (Taplo) do not know that place.
    """
    schema = PresetDocument.model_json_schema(by_alias=True)
    sections = schema.pop("$defs")
    for key, found in schema["properties"].items():
        reference = found.get("$ref") or (found.get("allOf") or [{}])[0].get("$ref")
        if reference is not None:
            schema["properties"][key] = sections[reference.rpartition("/")[2]]
    schema.pop("title", None)
    for section in schema["properties"].values():
        for found in (section, *section.get("properties", {}).values()):
            found.pop("title", None)  # the key's name again
            if found.get("pattern") == LENGTH_SCHEMA["pattern"] and "default" in found:
                found["default"] += " cm"  # a fraction of centimetres is a bare number there
    schema["properties"]["extends"].pop("default")  # none: an empty name is refused
    return schema


def schema_text() -> str:
    """The JSON Schema as a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def reference_text() -> str:
    """The page that explains every key, in Markdown."""
    schema = _whole_schema()
    plain = {key: found for key, found in schema["properties"].items() if "properties" not in found}
    parts = [
        _PAGE.format(presets=_shipped_table()),
        f"### At the top\n\n{_table(plain, schema['required'])}",
    ]
    for key, found in schema["properties"].items():
        if "properties" in found:
            table = _table(found["properties"], found.get("required", []))
            parts.append(f"### [{key}]\n\n{found['description']}\n\n{table}")
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _shipped_table() -> str:
    lines = ["| preset | for | photo | mail |", "| --- | --- | --- | --- |"]
    for entry in shipped_presets():
        preset = load_preset(entry.path)
        side_px = longest_side_px(preset.photo.longest_side_cm, preset.photo.dpi_max)
        lines.append(
            f"| `{entry.name}` | {entry.use} | {side_px} px, {preset.photo.max_bytes:,} bytes "
            f"| {preset.mail.max_bytes:,} bytes |"
        )
    return "\n".join(lines)


def _table(keys: dict[str, Any], required: list[str]) -> str:
    lines = ["| key | value | if left out | meaning |", "| --- | --- | --- | --- |"]
    for name, found in keys.items():
        default = found.get("default", "")
        left_out = f"`{json.dumps(default)}`" if default != "" else ""
        if name in required:
            left_out = "required"
        lines.append(f"| `{name}` | {_values(found)} | {left_out} | {found['description']} |")
    return "\n".join(lines)


def _values(found: dict[str, Any]) -> str:
    """What a key takes, in words, out of its schema."""
    if "const" in found:
        return f"`{found['const']}`"
    if "enum" in found:
        return " or ".join(f"`{json.dumps(value)}`" for value in found["enum"])
    if "examples" in found:
        return "such as " + ", ".join(f"`{json.dumps(value)}`" for value in found["examples"])
    if found["type"] == "object":
        return 'a table of lists, such as `clothing = ["front", "back"]`'
    if found["type"] == "integer":
        if "maximum" in found:
            return f"a whole number, {found['minimum']} to {found['maximum']}"
        return f"a whole number from {found['minimum']} on"
    if found["type"] == "number":
        return f"a number, {found['minimum']:g} to {found['maximum']:g}"
    if found["type"] == "boolean":
        return "`true` or `false`"
    if found["type"] == "array":
        return f"a list of {_values(found['items'])}"
    return "a text"
