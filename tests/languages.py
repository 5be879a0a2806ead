"""Brings the catalogue up to date with the source: ``python -m tests.languages``.

Every template of ``say`` and ``say_number`` in the package, every text of the command line's help
and what each shipped preset says it is for become a message of photoprep.po; what is no longer said
is dropped, what is translated stays.
The catalogue is then compiled beside it. Ends with 1, and names them, while messages are without a
translation: write it into photoprep.po and run again. docs/translating.md has the glossary.
"""

from __future__ import annotations

import datetime
import io
import sys
from pathlib import Path

import babel.messages.catalog
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

import photoprep
from photoprep.cli import app
from photoprep.cli_help import help_texts
from photoprep.language import DOMAIN, LOCALE_OF, LOCALES
from photoprep.preset_file import shipped_presets
from photoprep.version import __version__

PACKAGE = Path(photoprep.__file__).parent
PO_FILE = LOCALES / LOCALE_OF["zh"] / "LC_MESSAGES" / f"{DOMAIN}.po"
KEYWORDS = {"say": None, "say_number": (2, 3)}
# A date of its own would make every refresh a change.
_NO_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
# So would Babel's own version, which stands in the header.
vars(babel.messages.catalog)["VERSION"] = "2"


def template() -> Catalog:
    """Every message of the source, without translations."""
    catalog = Catalog(project="photoprep", version=__version__, creation_date=_NO_DATE)
    found = extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords=KEYWORDS, directory_filter=lambda _path: True
    )
    for name, _line, message, _comments, _context in sorted(found, key=lambda row: row[:2]):
        catalog.add(message, locations=[(f"photoprep/{name}", 0)])
    for text in help_texts(get_command(app)):
        catalog.add(text, locations=[("photoprep/cli.py", 0)])
    for entry in shipped_presets():
        catalog.add(entry.use, locations=[(f"presets/{entry.name}.toml", 0)])
    return catalog


def read_catalogue() -> Catalog:
    """The Chinese catalogue as it lies in the repository; an empty one where there is none."""
    if not PO_FILE.exists():
        return Catalog(locale=LOCALE_OF["zh"], domain=DOMAIN)
    with PO_FILE.open("rb") as file:
        return read_po(file, locale=LOCALE_OF["zh"], domain=DOMAIN)


def updated(catalogue: Catalog) -> Catalog:
    """The catalogue with the messages of the source, and no others."""
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.revision_date = _NO_DATE
    catalogue.fuzzy = False
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as programs read it."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def untranslated(catalogue: Catalog) -> list[Message]:
    """The messages that have no words yet."""
    return [message for message in catalogue if message.id and not any(_forms(message.string))]


def _forms(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text or ""),)


def main() -> int:
    """Refresh both files; returns the exit code."""
    catalogue = updated(read_catalogue())
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    PO_FILE.write_bytes(po_bytes(catalogue))
    PO_FILE.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
    missing = untranslated(catalogue)
    for message in missing:
        sys.stdout.write(f"without a translation: {message.id}\n")
    sys.stdout.write(f"{len(catalogue)} messages, {len(missing)} untranslated: {PO_FILE}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
