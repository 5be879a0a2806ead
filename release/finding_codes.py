"""Every finding's code with its meaning, and what the source says of them.

The meanings are written here, once for the page; ``codes_in_source`` reads the codes from the
source itself, so that a test can hold that none is missing and none is left over.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "photoprep"
SEVERITIES = ("error", "warning", "info")
_MAKERS = {"Finding": 0, "Note": 0, "whole": 0, "at": 1, "_error": 1, "_warning": 1}
_BY_MAKER = {"_error": "error", "_warning": "warning"}

# By what they are about: its page, and of each code its severity and meaning.
FINDINGS: dict[tuple[str, str], dict[str, tuple[str, str]]] = {
    ("Products and names", "../names.md"): {
        "view-missing": (
            "warning",
            "a product lacks a view that its preset asks for, or has accessories alone",
        ),
        "view-unclear": ("info", "a picture may be that view, but its name does not say so"),
        "accessory-not-alone": ("warning", "a name says that an accessory is on a picture too"),
        "accessory-unassigned": ("info", "an accessory whose product is not told"),
        "names-differ": ("info", "one model by several names"),
        "unnamed-product": (
            "warning, info",
            "names that tell no product; info where the dragged folder names it",
        ),
    },
    ("A list of the products", "../manifest.md"): {
        "manifest-doubled": ("warning", "there are several lists; one was used"),
        "manifest-unreadable": ("error, warning, info", "the list was not used, and why"),
        "manifest-encoding": ("warning, info", "letters are damaged, or an encoding was assumed"),
        "manifest-cut": ("warning", "it has more rows than are read"),
        "manifest-column": ("info", "a column is not known, has no heading, or is there twice"),
        "manifest-row": ("warning", "a row that cannot be understood as it stands"),
        "manifest-value": ("warning", "a word that is not known, or a value that does not hold"),
        "manifest-file-missing": ("warning", "there is no such file, or it is no picture"),
        "manifest-file-ambiguous": ("warning", "a cell could mean several files"),
        "manifest-file-inexact": ("info", "a file was taken that is not written quite so"),
        "manifest-file-twice": ("warning", "a file stands in two rows; the first counts"),
        "manifest-file-unlisted": ("info", "a picture is in no row"),
        "manifest-model-doubled": ("warning", "a model is two products'"),
        "manifest-no-picture": ("warning", "a product has no picture"),
        "manifest-conflict": ("warning", "two quantities or kinds of one product"),
    },
    ("A picture", "../doubts.md"): {
        "blurred": ("warning", "it is out of focus or shaken"),
        "too-small": ("warning", "the original has fewer pixels than are wanted"),
        "too-dark": ("warning", "its lightest parts are dark"),
        "burnt-out": ("warning", "its light parts have lost their shading"),
        "colour-cast": ("warning", "its colours lean to one side"),
        "cut-off": ("info", "the product touches the edge"),
        "upside-down": ("warning, info", "it was turned, or may lie on its side"),
        "several-products": ("info", "it shows several separate things"),
    },
    ("The same picture twice", "../duplicates.md"): {
        "duplicate": ("warning, info", "an equal file, or the same picture in another file"),
        "near-duplicate": ("info", "nearly the same as the one before: a second shot, perhaps"),
    },
    ("Formats and colours", "../formats.md"): {
        "damaged-accepted": ("warning", "only a part of it could be read and is shown"),
        "first-page": ("warning", "of several pages the first was taken"),
        "first-frame": ("warning", "of a moving picture the first frame was taken"),
        "raw-preview": ("info", "the camera's own preview in a RAW file was taken"),
        "raw-developed": ("info", "a RAW file was developed"),
        "profile-ignored": ("warning", "its colour profile is broken or not for it"),
        "colour-guessed": ("warning", "ink without a usable profile: its colours are a guess"),
        "plugin-broken": ("warning", "a plug-in that reads pictures cannot be used"),
    },
    ("Sheets", "../sheets.md"): {
        "sheet-letters-missing": ("error", "no font has some characters; they are left out"),
        "sheet-failed": ("error", "a sheet was not made"),
        "sheet-picture-left-off": ("warning", "a picture is not on its sheet"),
        "sheet-logo": ("warning", "the logo could not be read"),
        "sheet-parted": ("info", "more pages, because one would have been spoiled"),
        "sheet-letters-unjoined": ("info", "Arabic and similar letters are not joined"),
    },
    ("Mails", "../mails.md"): {
        "mail-too-large": ("error", "one picture alone is too large for a mail"),
        "too-many-mails": ("error", "more mails than `max_mails`; some pictures are in none"),
        "product-in-several-mails": ("info", "a product's pictures are parted"),
        "counted-in-files": ("info", "mails are counted by their files, as the preset says"),
        "profile-missing": ("warning", "the letters end without your name and address"),
    },
    ("The letter", "../letter.md"): {
        "letter-empty": ("error", "it says nothing"),
        "letter-placeholder": ("error", "a placeholder is not filled in"),
        "letter-list-differs": ("error", "letter and attachments differ"),
        "letter-nothing-attached": ("error", "it speaks of pictures, and none are attached"),
        "letter-part-differs": ("error", "subject and letter name different parts"),
        "letter-closing": ("error", "no formal close"),
        "letter-signature": ("error", "something of the sender is missing"),
        "letter-country-code": ("warning", "the telephone number has none"),
        "letter-capitals": ("warning", "words in capitals"),
        "letter-short-forms": ("warning", "short forms of a chat"),
        "letter-exclamation-marks": ("warning", "several exclamation marks"),
        "letter-dates": ("warning", "dates written in several ways"),
        "letter-full-width": ("warning", "Chinese punctuation in an English letter"),
    },
    ("The output folder", "../faults.md"): {
        "output-changed": ("warning", "somebody changed an output; it was left alone"),
        "record-rebuilt": ("warning", "the record of earlier runs was begun anew"),
    },
}


def codes_in_source() -> dict[str, set[str]]:
    """Of each code that the source makes findings of, the severities that stand beside it there."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))]
    constants = {name: text for tree in trees for name, text in _constants(tree)}
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for tree in trees:
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (maker := _name(call.func)) in _MAKERS:
                for code in _texts(call.args[_MAKERS[maker] :][:1], constants):
                    codes[code] |= {_BY_MAKER[maker]} if maker in _BY_MAKER else set()
                    codes[code] |= set(SEVERITIES) & set(_texts(call.args, constants))
    return dict(codes)


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that a module gives to texts."""
    for line in tree.body:
        match line:
            case ast.Assign([ast.Name(name)], ast.Constant(str(text))):
                yield name, text


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(arguments: list[ast.expr], constants: Mapping[str, str]) -> Iterator[str]:
    """The texts that arguments can be, as far as they stand in the source."""
    for each in arguments:
        if isinstance(each, ast.IfExp):
            yield from _texts([each.body, each.orelse], constants)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        elif isinstance(each, ast.Name) and each.id in constants:
            yield constants[each.id]
