r"""What a caption says: paragraphs made of a picture's fields by a preset's template. Pure.

A template is text with fields in braces, ``{product} {model}\n{view}, {colour}``. A field that is
empty goes with what is written for it: the sign before it, its brackets, its label (``Model:``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from photoprep.language import say

Style = Literal["title", "text", "note", "number"]
FIELDS = ("product", "model", "view", "colour", "size", "quantity", "label", "number")

_OPENING, _CLOSING = "([{<«‹“‘（［【「『《", ")]}>»›”’）］】」』》"
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Styled:
    """A paragraph: ``title`` is bold, ``text`` plain, ``note`` plain in a lighter colour.

    A ``number`` is plain and ends at the right of its box.
    """

    text: str
    style: Style = "text"


@dataclass(frozen=True, slots=True)
class Caption:
    """The paragraphs under one picture, from top to bottom; none where it has no caption."""

    lines: tuple[Styled, ...] = ()


def check_template(template: str) -> str:
    """The template, when it is one.

    Raises:
        ValueError: a brace is not closed, a field is unknown or has more than its name; in a
            preset's words for a person.

    """
    try:
        named = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
        for line in template.splitlines():
            _parsed(line)
    except ValueError as error:
        raise ValueError(
            say("expected a template of {{fields}}, received {template}", template=repr(template))
        ) from error
    if not all(name in FIELDS and not form and not turn for name, form, turn in named):
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ValueError(
            say(
                "expected fields among {known}, received {template}",
                known=known,
                template=repr(template),
            )
        )
    return template


def caption_from(template: str, fields: Mapping[str, str]) -> Caption:
    """The caption of one picture: a title, then notes; lines without a filled field drop out.

    Raises:
        ValueError: the template is none, see ``check_template``.

    """
    check_template(template)
    filled = [_filled(line, fields) for line in template.splitlines()]
    texts = [text for text in filled if text]
    return Caption(
        tuple(Styled(text, "note" if place else "title") for place, text in enumerate(texts))
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A field with what is written for it: ``sign`` parts it from the field before."""

    sign: str
    before: str
    name: str
    after: str = ""


def _filled(line: str, fields: Mapping[str, str]) -> str:
    """One line with its fields; a line of words alone is kept as it is."""
    parts = _parts(line)
    text = "" if parts else _parsed(line)[-1][0]
    for part in parts:
        value = " ".join(fields.get(part.name, "").split())
        if value:
            text += f"{part.sign if text else ''}{part.before}{value}{part.after}"
    return " ".join(text.split())


def _parts(line: str) -> list[_Part]:
    """The fields of a line, each with its sign, what stands before it and after it."""
    pieces = _parsed(line)
    parts: list[_Part] = []
    for place, (literal, name) in enumerate(pieces):
        if name is None:
            if parts:  # the end of the line belongs to its last field
                last = parts[-1]
                parts[-1] = _Part(last.sign, last.before, last.name, last.after + literal)
            continue
        after, sign, before = ("", "", literal) if place == 0 else _divided(literal)
        if parts:
            last = parts[-1]
            parts[-1] = _Part(last.sign, last.before, last.name, after)
        parts.append(_Part(sign, before, name))
    return parts


def _parsed(line: str) -> list[tuple[str, str | None]]:
    pieces: list[tuple[str, str | None]] = []
    words = ""
    for literal, name, _, _ in Formatter().parse(line):
        words += literal
        if name is not None:  # else it is the end, or a brace that is written twice
            pieces.append((words, name))
            words = ""
    return [*pieces, (words, None)]


def _divided(literal: str) -> tuple[str, str, str]:
    """Text between two fields: what belongs to the first, the sign between, what to the second.

    Brackets belong to the field that they hold. Words belong to the second field when a colon
    follows them (``, colour: ``), else to the first (`` pcs, ``).
    """
    inner = literal.lstrip(_CLOSING)
    after = literal[: len(literal) - len(inner)]
    sign = inner.rstrip(_OPENING)
    before = inner[len(sign) :]
    words = list(_WORD.finditer(sign))
    if not words:
        return after, sign, before
    if sign.rstrip().endswith((":", "：", "#", "№", "°", ".")):
        cut = words[0].start()
        return after, sign[:cut], sign[cut:] + before
    cut = words[-1].end()
    return after + sign[:cut], sign[cut:], before
