"""The rows of an output folder's record: what is remembered, and how it stands in the database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from photoprep.files import FileStamp, sha256_hex
from photoprep.language import packed, unpacked
from photoprep.measured import Measures
from photoprep.outcome import Note, PreparedJpeg
from photoprep.report import MailedPhoto, SheetCell, WrittenMail, WrittenSheet
from photoprep.spare import Value, seal_fits, sealed


@dataclass(frozen=True, slots=True)
class RememberedRefusal:
    """An earlier run's verdict on a picture that cannot be prepared."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class RememberedSource:
    """One source at the time it was last worked on, and what came of it."""

    stamp: FileStamp
    sha256: str
    recipe: str
    outcome: PreparedJpeg | RememberedRefusal


@dataclass(frozen=True, slots=True)
class WrittenOutput:
    """One file photoprep put into the folder. An empty hash: announced, perhaps never finished."""

    sha256: str
    stamp: FileStamp | None


@dataclass(frozen=True, slots=True)
class MailVersion:
    """A photo in fewer bytes, made for a mail.

    ``output`` is where it lies, ``quality`` as for ``PreparedJpeg``. ``key`` is a fingerprint of
    all that makes it what it is. With no bytes it says that there is no such version.
    """

    key: str
    output: str = ""
    sha256: str = ""
    size_bytes: int = 0
    quality: float = 0.0


def output_row(path: str, known: WrittenOutput) -> tuple[Value, ...]:
    """The row of an output; its stamp is empty while it is only announced."""
    nothing = (None, None, None, None)
    return sealed(path, known.sha256, *(_columns(known.stamp) if known.stamp else nothing))


def source_row(name: str, known: RememberedSource) -> tuple[Value, ...]:
    """The row of a source."""
    outcome = text_of(known.outcome)
    return sealed(name, *_columns(known.stamp), known.sha256, known.recipe, outcome)


def source_of(row: tuple[Any, ...]) -> RememberedSource:
    """The source of a row."""
    return RememberedSource(stamp_of(row[1:5]), row[5], row[6], _outcome(row[7]))


def _columns(stamp: FileStamp) -> tuple[int, int, str, int]:
    # An inode on Windows (a file id) and on some network shares needs all 64 bits, unsigned:
    # more than SQLite's signed integer holds.
    return stamp.size_bytes, stamp.mtime_ns, str(stamp.inode), stamp.looked_ns


def stamp_of(row: tuple[int, int, str, int]) -> FileStamp:
    """The stamp in four columns of a row."""
    return FileStamp(row[0], row[1], int(row[2]), row[3])


def thumbnail_row(sha256: str, jpeg: bytes) -> tuple[Value | bytes, ...]:
    """The row of a thumbnail, by the hash of the file that it shows."""
    *_, seal = sealed(sha256, sha256_hex(jpeg))
    return sha256, jpeg, seal


def thumbnail_of(row: tuple[Any, ...]) -> tuple[str, bytes] | None:
    """What a row has: a file's hash, and its thumbnail; None where they do not fit their seal."""
    sha256, jpeg, seal = row
    if isinstance(jpeg, bytes) and seal_fits((sha256, sha256_hex(jpeg), seal)):
        return sha256, jpeg
    return None


Kept = PreparedJpeg | RememberedRefusal | WrittenMail | WrittenSheet | MailVersion


def text_of(value: Kept) -> str:
    """A value as JSON; its sentences can be said in any language when they are read back."""
    fields = asdict(value)
    match value:
        case RememberedRefusal(reason, hint):
            fields = {"reason": packed(reason), "hint": packed(hint)}
        case PreparedJpeg() | WrittenSheet():
            fields["notes"] = [
                [note.code, note.severity, packed(note.message), packed(note.hint)]
                for note in value.notes
            ]
    if isinstance(value, PreparedJpeg):
        fields["colour_from"] = packed(value.colour_from)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _outcome(text: str) -> PreparedJpeg | RememberedRefusal:
    fields = json.loads(text)
    if "reason" in fields:
        return RememberedRefusal(unpacked(fields["reason"]), unpacked(fields["hint"]))
    fields["notes"] = _notes(fields["notes"])
    fields["colour_from"] = unpacked(fields["colour_from"])
    fields["removed"] = tuple(fields["removed"])
    fields["measures"] = Measures(**fields["measures"])
    return PreparedJpeg(**fields)


def _notes(rows: list[Any]) -> tuple[Note, ...]:
    return tuple(Note(code, how, unpacked(said), unpacked(hint)) for code, how, said, hint in rows)


def sheet_of(text: str) -> WrittenSheet:
    """The sheet that ``text_of`` made this of."""
    fields = json.loads(text)
    fields["notes"] = _notes(fields["notes"])
    fields["cells"] = tuple(SheetCell(**cell) for cell in fields["cells"])
    return WrittenSheet(**fields)


def mail_of(text: str) -> WrittenMail:
    """The mail that ``text_of`` made this of."""
    fields = json.loads(text)
    fields["attachments"] = tuple(MailedPhoto(**item) for item in fields["attachments"])
    return WrittenMail(**fields)


def version_of(text: str) -> MailVersion:
    """The version that ``text_of`` made this of."""
    return MailVersion(**json.loads(text))
