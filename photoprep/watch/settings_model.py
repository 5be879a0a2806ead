"""What may stand in a batch's ``photoprep.toml`` and in the daemon's ``watch.toml``.

Loaded only when there is such a file, because it brings pydantic.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from photoprep.language import say
from photoprep.preset_values import Section

MAX_CUSTOMER_CHARS = 80
_MAX_NAME_CHARS = 200
_MAX_PATH_CHARS = 4096
_MAX_SECONDS = 3600


def _one_plain_line(text: str) -> str:
    """White space at its ends dropped; nothing that is not seen may be left in it."""
    text = text.strip()
    if any(unicodedata.category(letter) in _UNSEEN_CATEGORIES for letter in text):
        raise ValueError(say("expected one line without invisible characters"))
    if "=?" in text:  # RFC 2047: it may come to stand in a header
        raise ValueError(say("expected a text without =?, which mail readers decode"))
    return text


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError(say("expected a text without NUL characters"))
    return text


# Control, format, surrogate and private characters, and the separators of lines and paragraphs.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_PathText = Annotated[str, Field(strict=True, max_length=_MAX_PATH_CHARS), AfterValidator(_no_nul)]
_Argument = Annotated[str, Field(strict=True), AfterValidator(_no_nul)]


class BatchDocument(Section):
    """``photoprep.toml`` in a batch's folder; an empty text is as good as none."""

    customer: Annotated[
        str,
        Field(strict=True, max_length=MAX_CUSTOMER_CHARS),
        AfterValidator(_one_plain_line),
    ] = ""
    language: Literal["", "en", "zh"] = ""
    preset: Annotated[str, Field(strict=True, max_length=_MAX_NAME_CHARS)] = ""


class AfterSection(Section):
    """What is done with the result of a batch."""

    drafts_account: Annotated[str, Field(strict=True, max_length=_MAX_NAME_CHARS)] = ""
    drafts_folder: Annotated[str, Field(strict=True, max_length=_MAX_NAME_CHARS)] = ""
    command: list[_Argument] = []  # noqa: RUF012 (pydantic copies it)
    command_limit_s: Annotated[float, Field(strict=True, ge=0.1, le=_MAX_SECONDS)] = 60
    notify: Annotated[bool, Field(strict=True)] = False


class WatchDocument(Section):
    """``watch.toml``, the daemon's own."""

    archive: _PathText = ""
    after: AfterSection = AfterSection()
