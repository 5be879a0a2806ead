"""What a file shows, told from its folder and its name; and the formal name it goes out under.

A sub-folder is a product. A file at the top is named by its own name, or by the dragged folder's
when a camera numbered it. A *model* is a word that joins letters and digits (``X100``, ``wp09``).
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from string import Formatter

from anyascii import anyascii

from photoprep.catalogue.words import CAMERA_WORDS, PLAIN_FOLDERS, SHORT_VIEWS, VIEW_WORDS
from photoprep.report import Subject

# With ".jpg" 34 characters: up to there an attachment's name stays on one line of its header.
STEM_LIMIT = 30
_KNOWABLE = 16
_LONGEST_STEM = 120  # whatever a template makes of it; file systems take 255 bytes

_SEPARATORS = re.compile(r"[\s_\-–—.,;:+&()（）\[\]【】{}、，。#@!'\"]+")
_SCRIPTS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]+|[^\u2e80-\u9fff\uf900-\ufaff]+")
_MODEL = re.compile(
    r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z]{1,6}\d{1,6}[a-z]{0,3}\d{0,3}", re.IGNORECASE
)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_VIEW_OF_WORD = {word: view for view, words in VIEW_WORDS.items() for word in words}
# ASCII words stand between spaces, Chinese ones anywhere; the longest alternative comes first.
_VIEW_WORD = re.compile(
    "|".join(
        f"(?<= ){re.escape(word)}(?= )" if word.isascii() else re.escape(word)
        for word in sorted(_VIEW_OF_WORD, key=lambda word: (-len(word), word))
    )
)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name, split at separators and where Chinese meets other writing."""
    return tuple(
        part
        for chunk in _SEPARATORS.split(unicodedata.normalize("NFC", text))
        for part in _SCRIPTS.findall(chunk)
    )


def subject_of(name: str, root_name: str) -> Subject:
    """What the file called ``name`` (relative, forward slashes) shows.

    ``view`` is one of the contract's kinds, "unknown" when nothing tells it; ``product`` is never
    empty; ``model`` may be.
    """
    *folders, file_name = unicodedata.normalize("NFC", name).split("/")
    stem = file_name.rpartition(".")[0] or file_name
    view = _view_in(stem)
    while folders and (folder_view := _only_view(folders[-1])):
        view = view if view != "unknown" else folder_view
        folders.pop()
    telling = [folder for folder in folders if folder.casefold() not in PLAIN_FOLDERS]
    if telling:
        product, model = _product_and_model(_words(telling[-1]))
        model = model or _product_and_model(_words(stem))[1]
    elif any(not _says_nothing(word) for word in _words(stem)):
        product, model = _product_and_model(_words(stem))
    else:
        product, model = _product_and_model(_words(root_name))
    if not product:
        product, model = (model, "") if model else ("Photo", "")
    return Subject(product, model, view)


def formal_names(
    subjects: Sequence[Subject], template: str, *, customer: str, date: datetime.date
) -> list[str]:
    """The file names (``….jpg``) for pictures of these subjects, in their order.

    ASCII, safe on every system, no two equal on a disk that ignores case; at most 34 characters
    where that can be had by leaving out words of the product's name but the first.
    Pictures that would share a name are numbered in their order.
    """
    alike = Counter(subjects)
    seen: Counter[Subject] = Counter()
    taken: set[str] = set()
    counted: Counter[str] = Counter()  # so that a thousand alike are not counted up one by one
    names = []
    for subject in subjects:
        seen[subject] += 1
        number = seen[subject] if alike[subject] > 1 else 0
        name = _formal_name(subject, number, template, customer, date)
        wished = name.casefold()
        while name.casefold() in taken:
            counted[wished] += 1
            suffix = f"-{counted[wished] + 1}"
            name = _formal_name(subject, number, template, customer, date, suffix=suffix)
        taken.add(name.casefold())
        names.append(name)
    return names


@lru_cache(maxsize=4096)
def ascii_words(text: str) -> str:
    """Text as ASCII words joined by hyphens: ``工具箱 X100`` → ``GongJuXiang-X100``."""
    spelled = anyascii(unicodedata.normalize("NFC", text))
    return "-".join(re.findall(r"[A-Za-z0-9]+", spelled))


def _formal_name(
    subject: Subject,
    number: int,
    template: str,
    customer: str,
    date: datetime.date,
    suffix: str = "",
) -> str:
    view = SHORT_VIEWS.get(subject.view, subject.view)
    view = "-".join(filter(None, (view, str(number) if number else "")))
    fields = {
        "product": ascii_words(subject.product),
        "model": ascii_words(subject.model),
        "view": view,
        "customer": ascii_words(customer),
        "date": f"{date:%Y%m%d}",
    }
    over = len(_fill(template, fields)) + len(suffix) - STEM_LIMIT
    if over > 0:
        fields["product"] = _shorten(fields["product"], len(fields["product"]) - over)
    stem = _fill(template, fields) + suffix
    if _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"photo_{stem}"
    return f"{stem}.jpg"


def _fill(template: str, fields: dict[str, str]) -> str:
    """The template filled in; the separator before an empty field goes with it."""
    text = ""
    for literal, field in _parsed(template):
        value = fields[field] if field else ""
        if value or not field:
            text += (literal if text or value else "") + value
    safe = re.sub(r"[^A-Za-z0-9._ +\-]+", "_", text)[:_LONGEST_STEM].strip("._ -")
    return safe or "photo"


@lru_cache(maxsize=16)
def _parsed(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, field) for literal, field, _, _ in Formatter().parse(template))


def _shorten(words: str, length: int) -> str:
    """As many whole words as fit; of the first one at least so much that it can be known again."""
    if len(words) <= length:
        return words
    first = words.partition("-")[0]
    if len(first) > length:
        return first[: max(length, _KNOWABLE)]
    cut = words[: length + 1]
    return cut[: cut.rindex("-")] if "-" in cut else first


def _spaced(text: str) -> str:
    return f" {' '.join(_words(text)).casefold()} "


def _view_in(text: str) -> str:
    """The view that the longest of the view words in a text names."""
    found = [match[0] for match in _VIEW_WORD.finditer(_spaced(text))]
    return _VIEW_OF_WORD[max(found, key=len)] if found else "unknown"


def _only_view(folder: str) -> str:
    """The view a folder's name tells when it tells nothing else, such as ``accessories``."""
    view = _view_in(folder)
    return view if view != "unknown" and not _without_views(_words(folder)) else ""


def _without_views(words: Sequence[str]) -> list[str]:
    kept = set(_VIEW_WORD.sub(" ", _spaced(" ".join(words))).split())
    return [word for word in words if word.casefold() in kept]


@lru_cache(maxsize=4096)
def _says_nothing(word: str) -> bool:
    folded = word.casefold()
    return (
        folded.isdecimal()
        or folded.rstrip("0123456789") in CAMERA_WORDS
        or (folded[0] == "p" and folded[1:].isdecimal())
        or not _without_views([word])
    )


def _product_and_model(words: Sequence[str]) -> tuple[str, str]:
    """The product's words and its model; views, counters and camera words say neither."""
    telling = [word for word in _without_views(words) if not _says_nothing(word)]
    models = [word for word in telling if _MODEL.fullmatch(word)]
    names = [word for word in telling if word not in models]
    product = " ".join(word if word.isupper() else word[:1].upper() + word[1:] for word in names)
    return product, models[0].upper() if models else ""
