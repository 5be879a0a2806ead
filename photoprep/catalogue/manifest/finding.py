"""Which of the files found is the manifest, and its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.manifest.table import MAX_FILE_BYTES, Teller, too_large
from photoprep.errors import ManifestUnreadableError, PhotoError
from photoprep.files import open_source
from photoprep.files import unreadable as file_unreadable
from photoprep.language import Sentence, say, say_list
from photoprep.members import pieces_of
from photoprep.report import Finding

if TYPE_CHECKING:
    from photoprep.catalogue.manifest.rows import Manifest, ViewOf

STEMS = frozenset({"products", "manifest", "产品", "产品清单", "产品表"})
# Where there are several, the first of these is used. A text file may be a note as well.
ENDINGS = ("csv", "xlsx", "toml", "tsv", "txt")
# Files that a person means by the same names, and that cannot be read here.
_FOREIGN_ENDINGS = ("xls", "xlsm", "xlsb", "ods", "numbers", "et")


@dataclass(frozen=True, slots=True)
class ManifestFiles:
    """The manifest among the files found, where there is one, and others that could be it."""

    used: FoundFile | None = None
    unused: tuple[FoundFile, ...] = ()
    findings: tuple[Finding, ...] = ()

    def reason_for(self, name: str) -> Sentence | None:
        """Why the file of this name is no picture to prepare; None where it is another file."""
        if self.used is not None and name == self.used.name:
            return say("It is the manifest.")
        if any(name == file.name for file in self.unused):
            return say("It is a manifest that was not used.")
        return None


def manifest_among(files: Sequence[FoundFile]) -> ManifestFiles:
    """The manifest in the top of what was dropped.

    The top is the dragged folder, or the folder within it that holds everything, as in an archive
    that was dropped by itself. Excel's lock files (``~$products.xlsx``) have another name.
    """
    lookable = [file for file in files if not file.aside]
    tops = {"", _common_folder(lookable)}
    at_top = [file for file in lookable if _folder(file.name) in tops]
    ranked = sorted(
        (file for file in at_top if _rank(file) is not None),
        key=lambda file: (_rank(file), file.name.casefold(), file.name),
    )
    if not ranked:
        return ManifestFiles(unused=tuple(foreign := _foreign(at_top)), findings=_told(foreign))
    used, *unused = ranked
    findings = []
    if unused:
        findings.append(
            Teller(used.name).whole(
                "manifest-doubled",
                "warning",
                say(
                    "There are several lists of the products; {used} was used, and not {others}.",
                    used=used.name,
                    others=say_list(file.name for file in unused),
                ),
                say("Keep one of them, or put them in different folders and run once for each."),
            )
        )
    return ManifestFiles(used, tuple(unused), tuple(findings))


def read_found(file: FoundFile, view_of: ViewOf) -> Manifest:
    """The manifest in a file that was found, in an archive or not; see ``read_manifest``."""
    # Most folders have no list; what reads one takes 20 ms to load.
    from photoprep.catalogue.manifest.rows import read_manifest, unreadable

    try:
        data = _content(file)
    except (PhotoError, ManifestUnreadableError) as error:
        return unreadable(file.name, error)
    return read_manifest(file.name, data, view_of)


def _content(file: FoundFile) -> bytes:
    if file.trouble or file.stamp is None:
        raise ManifestUnreadableError(file.trouble, hint=file.hint)
    if file.stamp.size_bytes > MAX_FILE_BYTES:
        raise too_large()
    if file.member is not None:
        return b"".join(pieces_of(file.path, file.member))
    with open_source(file.path) as opened:
        try:
            return opened.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise file_unreadable(file.path, error) from error


def _rank(file: FoundFile) -> int | None:
    stem, ending = _parts(file)
    return ENDINGS.index(ending) if stem in STEMS and ending in ENDINGS else None


def _parts(file: FoundFile) -> tuple[str, str]:
    stem, _, ending = file.name.rpartition("/")[2].casefold().rpartition(".")
    return stem, ending


def _foreign(at_top: Sequence[FoundFile]) -> list[FoundFile]:
    return [
        file
        for file in at_top
        if (parts := _parts(file))[0] in STEMS and parts[1] in _FOREIGN_ENDINGS
    ]


def _told(foreign: Sequence[FoundFile]) -> tuple[Finding, ...]:
    return tuple(
        Teller(file.name).whole(
            "manifest-unreadable",
            "warning",
            say("It is named like a list of the products, in a format that photoprep cannot read."),
            say("Save it as a workbook (.xlsx) or as “CSV UTF-8” if it is to be used."),
        )
        for file in foreign
    )


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _common_folder(files: Sequence[FoundFile]) -> str:
    """The deepest folder that every one of the files lies in."""
    if not files:
        return ""
    first, last = (pick(file.name.split("/")[:-1] for file in files) for pick in (min, max))
    common = []
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        common.append(one)
    return "/".join(common)
