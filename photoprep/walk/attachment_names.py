"""Under which names pictures are attached, where those are not the names of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from photoprep.catalogue.naming import Naming, attached_name
from photoprep.outcome import Prepared, Reused, Subject
from photoprep.report import WrittenSheet


def names_in_own_script(
    photos: Sequence[Prepared | Reused], sheets: Sequence[WrittenSheet], naming: Naming
) -> dict[str, str]:
    """For each picture's file name the name that it has as an attachment, no two of them alike.

    Files have ASCII names; an attachment's is the same in the script that its product is named in
    (``mail.filenames = "unicode"``). Where two would be alike, the later keeps its file's name.
    """
    wished = dict([*_of_sheets(sheets, naming), *_of_photos(photos, naming)])
    taken = {name.casefold() for name in wished}
    names: dict[str, str] = {}
    for filename, name in wished.items():
        free = name == filename or name.casefold() not in taken
        names[filename] = name if free else filename
        taken.add(names[filename].casefold())
    return names


def _of_photos(photos: Sequence[Prepared | Reused], naming: Naming) -> Iterator[tuple[str, str]]:
    for photo in photos:
        filename = photo.jpeg.output.rpartition("/")[2]
        yield filename, attached_name(photo.subject, filename, naming)


def _of_sheets(sheets: Sequence[WrittenSheet], naming: Naming) -> Iterator[tuple[str, str]]:
    if "{view}" not in naming.template:
        naming = replace(naming, template=naming.template + "_{view}")
    for sheet in sheets:
        filename = sheet.output.rpartition("/")[2]
        subject = Subject(sheet.product or "Overview", sheet.model, f"sheet-{sheet.page}")
        yield filename, attached_name(subject, filename, naming)
