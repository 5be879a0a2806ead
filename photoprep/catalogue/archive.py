"""A ZIP archive among what was dropped is read like a folder of its name, and never unpacked.

Only the directory is read here, within bounds; the content of a file is read by the worker that
prepares it. Every file in it gets a row, and one that is not taken says why.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from photoprep.archive_file import Span, open_archive
from photoprep.archive_member import DEFLATED, STORED, ArchiveMember
from photoprep.catalogue.found import FoundFile, is_clutter, is_clutter_folder, printable
from photoprep.catalogue.member_names import names_of, tidy_name, unsafe_because
from photoprep.catalogue.zip_directory import Entry, read_directory
from photoprep.errors import ArchiveRefusedError, PhotoError, SourceUnreadableError
from photoprep.files import FileStamp, unreadable
from photoprep.language import say
from photoprep.output_folder import MARKER
from photoprep.remote_store import RemoteObject

# The largest scans are 1.2 GB (200 megapixels, 16 bits); a folder of ten thousand photos, 100 GB.
MAX_MEMBER_BYTES = 2_000_000_000
MAX_ARCHIVE_BYTES = 200_000_000_000
# Deflate makes at most 1032 bytes of one. Pictures that are worth sending stay below 100.
MAX_RATIO = 250
_UNJUDGED_BYTES = 50_000_000

ENDING = ".zip"
_HEAD_BYTES, _TAIL_BYTES = 4, 1 << 17
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_DOCUMENT_NAMES = frozenset({b"[Content_Types].xml", b"AndroidManifest.xml"})
_UNIX = 3
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_METHOD_AES = 99
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}

_UNPACK = say("Unpack it and drop the folder.")
_ASK = say("Ask who sent the archive for the file itself.")


def is_archive_name(path: Path) -> bool:
    """Whether a file of this name is opened to see whether it is an archive."""
    return path.suffix.lower() == ENDING


def opened(
    file: FoundFile, *, told_from: str = "", ends: Sequence[Span] = ()
) -> tuple[FoundFile, ...]:
    """The files in an archive, in its order; a file that is no archive, or a document, as it is.

    ``told_from`` is the folder that stands for the archive when names tell what a photo shows:
    empty when the archive is all that was dropped. ``ends`` are what has come of it already.
    """
    in_store = file.member if isinstance(file.member, RemoteObject) else None
    own_name = Path(in_store.name) if in_store else file.path
    if file.stamp is None or file.aside or not is_archive_name(own_name):
        return (file,)
    bare = replace(file, stamp=None, member=None)
    try:
        entries = _entries_of(file.path, file.stamp, in_store, ends)
    except PhotoError as error:
        return (not_opened(file, error),)
    if entries is None or _is_document(entries):
        return (file,)
    if not any(not entry.is_folder for entry in entries):
        return (replace(bare, aside=say("an archive with nothing in it")),)
    names = names_of(entries)
    if any(tidy_name(name).startswith(f"{MARKER}/") for name in names):
        return (replace(bare, aside=say("a packed folder that photoprep made")),)
    return tuple(_Opening(file, file.stamp, in_store, told_from).rows(entries, names))


def not_opened(file: FoundFile, error: PhotoError) -> FoundFile:
    """The row of an archive that cannot be read, with its reason."""
    return replace(file, stamp=None, member=None, trouble=error.message, hint=error.hint)


def ends_of(size_bytes: int) -> tuple[Span, ...]:
    """What of an archive of so many bytes tells mostly all that it holds: its head, its directory.

    That is the end of an archive; a directory of a thousand entries has a hundred thousand bytes.
    """
    tail = Span(max(0, size_bytes - _TAIL_BYTES), min(size_bytes, _TAIL_BYTES))
    return (Span(0, _HEAD_BYTES), tail) if tail.start else (tail,)


def _entries_of(
    path: Path, stamp: FileStamp, in_store: RemoteObject | None, ends: Sequence[Span]
) -> list[Entry] | None:
    """The archive's entries; None where its first bytes are not those of a ZIP archive."""
    with open_archive(path, stamp, in_store, ends) as file:
        try:
            if not file.read(_HEAD_BYTES).startswith(_SIGNATURES):
                return None
            entries = read_directory(file)
        except OSError as error:
            raise unreadable(path, error) from error
        except (ArchiveRefusedError, SourceUnreadableError):
            file.check_unchanged()  # half an archive is not a damaged one
            raise
        file.check_unchanged()
    if sum(entry.size_bytes for entry in entries) > MAX_ARCHIVE_BYTES:
        raise ArchiveRefusedError(
            say(
                "Unpacked the archive would have more than {most_gb} GB, the most "
                "that photoprep takes.",
                most_gb=MAX_ARCHIVE_BYTES // 10**9,
            ),
            hint=say("Unpack it, look what it holds, and drop the folder."),
        )
    return entries


def _is_document(entries: Sequence[Entry]) -> bool:
    """Whether it is an office document, a book or a program: all of them are ZIP archives too."""
    if not entries:
        return False
    return (
        entries[0].raw_name == b"mimetype"
        or entries[0].raw_name.startswith(b"META-INF/")
        or any(entry.raw_name in _DOCUMENT_NAMES for entry in entries)
    )


@dataclass(slots=True)
class _Opening:
    """One archive while its entries become rows."""

    file: FoundFile
    stamp: FileStamp
    in_store: RemoteObject | None
    told_from: str

    def rows(self, entries: Sequence[Entry], names: Sequence[str]) -> list[FoundFile]:
        """What becomes of every entry, in their order."""
        last = {name: index for index, name in enumerate(map(tidy_name, names))}
        made_here = made_by_photoprep(names)
        rows: dict[str | int, FoundFile] = {}
        for index, (entry, name) in enumerate(zip(entries, names, strict=True)):
            folder, why = folder_aside(name, made_here)
            if folder:  # one row for all that is in it, as in a folder on a disk
                rows.setdefault(folder, self._row(folder, aside=why))
            elif not entry.is_folder:
                twice = last[tidy_name(name)] != index
                rows[index] = self._judged(entry, name, twice=twice)
        return list(rows.values())

    def _judged(self, entry: Entry, name: str, *, twice: bool) -> FoundFile:
        unsafe = unsafe_because(name)
        if unsafe:
            return self._row(
                name[:200], trouble=say("It is not read: {reason}.", reason=unsafe), hint=_ASK
            )
        name = tidy_name(name)
        aside = _aside_because(entry, name)
        if twice and not aside:
            aside = say("the archive holds a later file of the same name, which counts")
        if aside:
            return self._row(name, aside=aside)
        trouble, hint = _trouble_with(entry)
        if trouble:
            return self._row(name, trouble=trouble, hint=hint)
        member = ArchiveMember(
            name,
            entry.header_offset,
            entry.compressed_bytes,
            entry.size_bytes,
            entry.crc32,
            entry.method,
            self.stamp,
            self.in_store,
        )
        return replace(self._row(name), stamp=member.stamp, member=member)

    def _row(self, name: str, *, aside: str = "", trouble: str = "", hint: str = "") -> FoundFile:
        told_by = f"{self.told_from}/{name}" if self.told_from else name
        shown = f"{self.file.name}/{printable(name).lstrip('/')}"
        return FoundFile(self.file.path, shown, None, aside, trouble, hint, None, told_by)


def folder_aside(name: str, made_here: frozenset[str]) -> tuple[str, str]:
    """The uppermost folder of a member that is left aside as a whole, and why; else nothing."""
    if unsafe_because(name):
        return "", ""
    folders = list(PurePosixPath(tidy_name(name)).parents)[-2::-1]
    if name.endswith("/"):
        folders.append(PurePosixPath(tidy_name(name)))
    for folder in folders:
        if str(folder) in made_here:
            return str(folder), say("a folder that photoprep made")
        if is_clutter_folder(folder.name):
            return str(folder), say("a hidden or system folder")
    return "", ""


def made_by_photoprep(names: Sequence[str]) -> frozenset[str]:
    """The folders, of all that files of these names lie in, that photoprep made."""
    made = set()
    for name in names:
        folder, marker, _ = tidy_name(name).partition(f"/{MARKER}/")
        if marker:
            made.add(folder)
    return frozenset(made)


def _aside_because(entry: Entry, name: str) -> str:
    if entry.made_on == _UNIX:
        kind = stat.S_IFMT(entry.attributes >> 16)
        if kind == stat.S_IFLNK:
            return say("a link within an archive is not followed")
        if kind not in {0, stat.S_IFREG}:
            return say("no regular file")
    if is_clutter(PurePosixPath(name).name):
        return say("a hidden or system file")
    if name.lower().endswith(ENDING):
        return say("an archive within an archive is not opened; unpack the outer one to reach it")
    return ""


def _trouble_with(entry: Entry) -> tuple[str, str]:
    """Why a file in the archive cannot be read, and what to do; empty where it can."""
    if entry.flags & _ENCRYPTED or entry.method == _METHOD_AES:
        return say("It is locked with a password."), say("Ask for the archive without a password.")
    if entry.method not in {STORED, DEFLATED}:
        method = _METHODS.get(entry.method, say("number {number}", number=entry.method))
        return say(
            "It is packed in a way that photoprep does not read ({method}).", method=method
        ), _UNPACK
    if entry.size_bytes > MAX_MEMBER_BYTES:
        return say(
            "Unpacked it would have more than {most_gb} GB, the most that is taken.",
            most_gb=MAX_MEMBER_BYTES // 10**9,
        ), _UNPACK
    if entry.size_bytes > max(_UNJUDGED_BYTES, MAX_RATIO * entry.compressed_bytes):
        return (
            say(
                "Unpacked it would have more than {most} times its bytes, as no photo does.",
                most=MAX_RATIO,
            ),
            say("If it is a photo all the same, unpack the archive and drop the folder."),
        )
    return "", ""
