"""The formal name that a picture goes out under: ASCII, safe everywhere, the same at every run.

An attachment may instead be named in the script that its product is named in (``attached_name``);
on the disk all names are ASCII.

Arithmetic on subjects; what files show is told by ``understanding``.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Formatter

from anyascii import anyascii

from photoprep.catalogue.vocabulary import fold
from photoprep.outcome import Subject

# With ".jpg" 34 characters: up to there an attachment's name stays on one line of its header.
STEM_LIMIT = 30
_KNOWABLE = 16
_LONGEST_STEM = 120  # whatever a template makes of it; file systems take 255 bytes
_LONGEST_STEM_BYTES = 240  # of a name in another script, a character of which may take four

# Names of devices, with any extension (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![0-9])(\d{1,6})(?![0-9])")

# In file names, where every letter counts; the other views stand there as they are.
_SHORT_VIEWS = {
    "unknown": "",
    "packaging": "pack",
    "accessory": "part",
    "accessory-not-included": "optional",
}


@dataclass(frozen=True, slots=True)
class Naming:
    """What names are made of besides their subjects.

    ``template`` has the fields that ``preset_model`` lists; ``colours`` gives the English word for
    a folded colour in another script. Without ``ascii_only`` words stay in the script they have.
    """

    template: str
    customer: str
    date: datetime.date
    colours: Mapping[str, str]
    ascii_only: bool = True

    def name(self, subject: Subject, number: int = 1) -> str:
        """The file name (``….jpg``) for the ``number``-th picture of this subject.

        The first has no number. At most 34 characters where that can be had by leaving out words
        of the label, then of the product's name but the first.
        """
        counted = f"-{number}" if number > 1 else ""
        in_view = "{view}" in self.template
        fields = self._fields(subject)
        view, label = fields["view"], self._words(subject.label)
        behind = "" if in_view else counted
        for words in _ever_fewer(label):
            fields["view"] = "-".join(filter(None, (view, words))) + (counted if in_view else "")
            fields["view"] = fields["view"].removeprefix("-")
            over = len(self._filled(fields)) + len(behind) - STEM_LIMIT
            if over <= 0:
                break
        if over > 0:
            fields["product"] = _shorten(fields["product"], len(fields["product"]) - over)
        stem = self._filled(fields) + behind
        if len(stem) > _LONGEST_STEM:  # what is cut must not be the number: no two are to be alike
            stem = stem[: _LONGEST_STEM - len(counted)].rstrip("._ -") + counted
        while len(stem.encode("utf-8")) > _LONGEST_STEM_BYTES:
            stem = stem.removesuffix(counted)[:-1].rstrip("._ -") + counted
        if _RESERVED.fullmatch(stem.partition(".")[0]):
            stem = f"photo_{stem}"
        return f"{stem}.jpg"

    def _filled(self, fields: dict[str, str]) -> str:
        return _fill(self.template, fields, ascii_only=self.ascii_only)

    def _words(self, text: str) -> str:
        return ascii_words(text) if self.ascii_only else words_as_they_are(text)

    def _fields(self, subject: Subject) -> dict[str, str]:
        colour = subject.colour
        if self.ascii_only and not colour.isascii():
            colour = self.colours.get(fold(colour), colour)
        return {
            "product": self._words(f"{subject.product} {subject.size}"),
            "model": self._words(subject.model),
            "colour": self._words(colour),
            "quantity": self._words(subject.quantity),
            "view": _SHORT_VIEWS.get(subject.view, subject.view),
            "customer": self._words(self.customer),
            "date": f"{self.date:%Y%m%d}",
        }


def formal_names(
    subjects: Sequence[Subject],
    naming: Naming,
    kept: Sequence[str] = (),
    others: Iterable[str] = (),
) -> list[str]:
    """The file names for pictures of these subjects, in their order.

    ASCII, safe on every system, no two equal on a disk that ignores case. ``kept`` are the names
    that the pictures had at the last run, empty where there was none: who has one that still fits
    keeps its number, so that a picture that comes or goes renames no other. The rest are numbered
    in their order, by the smallest numbers that are free. ``others`` are names of other files,
    which none of these gets.
    """
    kept = kept or [""] * len(subjects)
    names = [
        name if _still_fits(subject, name, naming) else ""
        for subject, name in zip(subjects, kept, strict=True)
    ]
    taken = {name.casefold() for name in others}
    for index, name in enumerate(names):
        if name and name.casefold() in taken:
            names[index] = ""
        taken.add(names[index].casefold())
    next_number: dict[str, int] = {}  # so that a thousand alike are not counted up one by one
    for index, subject in enumerate(subjects):
        if not names[index]:
            names[index] = _free_name(subject, naming, taken, next_number)
            taken.add(names[index].casefold())
    return names


def attached_name(subject: Subject, name: str, naming: Naming) -> str:
    """The name of an attachment in its product's own script, for a picture called ``name``.

    It is the same name but for the script; ``name`` itself where that is none that this subject
    gets.
    """
    own = replace(naming, ascii_only=False)
    for number in _numbers_in(name):
        if naming.name(subject, number) == name:
            return own.name(subject, number)
    return name


def _free_name(
    subject: Subject, naming: Naming, taken: set[str], next_number: dict[str, int]
) -> str:
    wished = name = naming.name(subject)
    number = next_number.get(wished.casefold(), 1)
    while name.casefold() in taken:
        number += 1
        name = naming.name(subject, number)
    next_number[wished.casefold()] = number
    return name


def _still_fits(subject: Subject, name: str, naming: Naming) -> bool:
    """Whether a name is one that this subject gets under some number."""
    return any(naming.name(subject, number) == name for number in _numbers_in(name))


def _numbers_in(name: str) -> list[int]:
    """The numbers that a picture of this name may have been given; 1 for one without."""
    return sorted({1, *map(int, _NUMBERS.findall(name.removesuffix(".jpg")))}) if name else []


@lru_cache(maxsize=4096)
def ascii_words(text: str) -> str:
    """Text as ASCII words joined by hyphens: ``工具箱 X100`` → ``GongJuXiang-X100``."""
    spelled = anyascii(unicodedata.normalize("NFC", text))
    return "-".join(re.findall(r"[A-Za-z0-9]+", spelled))


@lru_cache(maxsize=4096)
def words_as_they_are(text: str) -> str:
    """Text as words of any script joined by hyphens: ``工具箱 X100`` → ``工具箱-X100``.

    Of letters, figures and the marks that belong to them; all else parts words.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        character if unicodedata.category(character)[0] in "LNM" else " " for character in composed
    )
    return "-".join(kept.split())


def _fill(template: str, fields: dict[str, str], *, ascii_only: bool) -> str:
    """The template filled in; the separator before an empty field goes with it."""
    text = ""
    for literal, field in _parsed(template):
        value = fields[field] if field else ""
        if value or not field:
            text += (literal if text or value else "") + value
    # A letter of another script comes from a name that keeps its script, or from the template.
    safe = re.sub(r"[^A-Za-z0-9._ +\-]+", "_", text) if ascii_only else _safe(text)
    safe = safe.strip("._ -")
    return safe or "photo"


def _safe(text: str) -> str:
    """The text without what no file name may have, whatever its script."""
    return "".join(
        character if character in "._ +-" or unicodedata.category(character)[0] in "LNM" else "_"
        for character in text
    )


@lru_cache(maxsize=16)
def _parsed(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, field) for literal, field, _, _ in Formatter().parse(template))


def _ever_fewer(words: str) -> list[str]:
    """The words, then without the last one, and so on until there are none."""
    parts = words.split("-") if words else []
    return ["-".join(parts[:count]) for count in range(len(parts), -1, -1)]


def _shorten(words: str, length: int) -> str:
    """As many whole words as fit; of the first one at least so much that it can be known again."""
    if len(words) <= length:
        return words
    first = words.partition("-")[0]
    if len(first) > length:
        return first[: max(length, _KNOWABLE)]
    cut = words[: length + 1]
    return cut[: cut.rindex("-")] if "-" in cut else first
