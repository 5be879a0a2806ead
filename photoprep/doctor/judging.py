"""What the facts mean: a row for each part, how it is, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from photoprep.doctor.facts import Facts, Mail, Place, SampleRead, ScriptDrawn, Workers
from photoprep.doctor.remedies import extra_command, font_command
from photoprep.language import Sentence, say, say_list, say_number
from photoprep.sheet.font_table import Script

Group = Literal["photos", "fonts", "mail", "beyond", "watching", "disk"]
State = Literal["works", "notice", "missing", "broken"]

# The formats of samples: what they are called, the library that reads them, the extra that brings
# it; empty for those that are always there.
_FORMATS: dict[str, tuple[str, str, str]] = {
    "jpeg": ("JPEG", "Pillow", ""),
    "png": ("PNG", "Pillow", ""),
    "tiff": ("TIFF", "Pillow", ""),
    "webp": ("WebP", "Pillow", ""),
    "bmp": ("BMP", "Pillow", ""),
    "gif": ("GIF", "Pillow", ""),
    "jpeg-2000": ("JPEG 2000", "Pillow", ""),
    "photoshop": ("Photoshop", "Pillow", ""),
    "avif": ("AVIF", "Pillow", ""),
    "heic": ("HEIC", "libheif", ""),
    "deep": (say("16 bits a colour"), "libvips", ""),
    "raw": (say("camera RAW"), "LibRaw", "raw"),
    "jpeg-xl": ("JPEG XL", "libjxl", "jxl"),
}
_SCRIPTS: dict[Script, str] = {
    "latin": say("Latin, Greek, Cyrillic"),
    "chinese": say("Chinese"),
    "taiwanese": say("Traditional Chinese"),
    "japanese": say("Japanese"),
    "korean": say("Korean"),
    "arabic": say("Arabic"),
    "hebrew": say("Hebrew"),
    "thai": say("Thai"),
    "devanagari": say("Devanagari"),
}
# A run over a hundred photos writes some 50 MB, and as much again of pictures to compare with.
SCARCE_BYTES = 500_000_000
_GB = 1_000_000_000
# A worker takes as much as this for the largest pictures that are taken.
_ENOUGH_FOR_ANY_BYTES = 3_300_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One part, and how it is.

    ``key`` is stable, for programs. ``title`` is what it is called, ``said`` how it is. ``hint``
    says what to do, ``command`` is what to type for it; either may be empty. Without a part that
    ``is_required`` photoprep does not do its work.
    """

    key: str
    group: Group
    state: State
    title: str
    said: str
    hint: str = ""
    command: str = ""
    is_required: bool = False


def judged(facts: Facts) -> tuple[Row, ...]:
    """A row for every part, in the order in which a person reads them."""
    return (
        *_photo_rows(facts),
        _worker_row(facts.workers),
        *_font_rows(facts),
        *_mail_rows(facts),
        _beyond_row(facts),
        _watching_row(facts),
        *_disk_rows(facts),
    )


def is_well(rows: Iterable[Row]) -> bool:
    """Whether no required part is broken."""
    return not any(row.is_required and row.state == "broken" for row in rows)


def _photo_rows(facts: Facts) -> Iterator[Row]:
    versions = dict(facts.workers.libraries)
    for sample in facts.samples:
        title, library, extra = _FORMATS[sample.key]
        version = f"{library} {versions.get(library, '')}".rstrip()
        yield _photo_row(sample, title, version, extra, facts)


def _photo_row(sample: SampleRead, title: str, version: str, extra: str, facts: Facts) -> Row:
    key, here = f"photos.{sample.key}", facts.installation
    if sample.read == "read":
        return Row(key, "photos", "works", title, version, is_required=not extra)
    if sample.read == "missing":
        command = extra_command(extra, here)
        hint = say("Install what reads it:") if command else _whole_installation()
        return Row(key, "photos", "missing", title, say("not read here"), hint, command)
    said = say("cannot be read: {why}", why=sample.why)
    command = extra_command(extra, here) if extra else ""
    hint = say("Install it anew:") if command else _whole_installation()
    return Row(key, "photos", "broken", title, said, hint, command, is_required=not extra)


def _whole_installation() -> Sentence:
    return say("Install photoprep anew; docs/install.md tells how.")


def _worker_row(workers: Workers) -> Row:
    title = say("Workers")
    if workers.why:
        said = say("do not start: {why}", why=workers.why)
        hint = _whole_installation()
        return Row("photos.workers", "photos", "broken", title, said, hint, is_required=True)
    count: str = say_number(workers.jobs, "{count} at once", "{count} at once")
    if not workers.bound_bytes:
        return Row("photos.workers", "photos", "works", title, count, is_required=True)
    said = say(
        "{count}, each within {bound:.1f} GB of memory",
        count=count,
        bound=workers.bound_bytes / _GB,
    )
    if workers.bound_bytes >= _ENOUGH_FOR_ANY_BYTES:
        return Row("photos.workers", "photos", "works", title, said, is_required=True)
    hint = say("Pictures above some 50 megapixels may need more than that.")
    return Row("photos.workers", "photos", "notice", title, said, hint, is_required=True)


def _font_rows(facts: Facts) -> Iterator[Row]:
    if facts.fonts_why:
        said = say("cannot be drawn: {why}", why=facts.fonts_why)
        hint = _whole_installation()
        yield Row("fonts", "fonts", "broken", say("Captions"), said, hint, is_required=True)
    lacking = [each.script for each in facts.scripts if not each.family]
    command = font_command(lacking, facts.installation)
    for drawn in facts.scripts:
        yield _font_row(drawn, command)


def _font_row(drawn: ScriptDrawn, command: str) -> Row:
    key, title = f"fonts.{drawn.script}", _SCRIPTS[drawn.script]
    if drawn.family:
        font = say("shipped") if drawn.is_shipped else drawn.family
        with_font = say("{script} ({font})", script=title, font=font)
        said = say("can be written")
        return Row(key, "fonts", "works", with_font, said, is_required=drawn.script == "latin")
    if drawn.script == "latin":
        said, hint = say("cannot be drawn"), _whole_installation()
        return Row(key, "fonts", "broken", title, said, hint, is_required=True)
    said = say("no font; captions leave such letters out")
    hint = say("Install one:") if command else say("Install a font that has these letters.")
    return Row(key, "fonts", "missing", title, said, hint, command)


def _mail_rows(facts: Facts) -> Iterator[Row]:
    mail = facts.mail
    yield _keyring_row(mail, facts)
    key, title = "mail.accounts", say("Accounts")
    if mail.accounts_why:
        said = say("cannot be read: {why}", why=mail.accounts_why)
        hint = say("Correct what it says there:")
        yield Row(key, "mail", "broken", title, said, hint, "photoprep accounts list")
    elif mail.accounts:
        said = say("{names} (not contacted)", names=say_list(mail.accounts))
        yield Row(key, "mail", "works", title, said)
    else:
        said = say("none; needed to send, or for drafts in an account")
        hint = say("Add one:")
        command = "photoprep accounts add NAME --address ADDRESS --smtp HOST"
        yield Row(key, "mail", "missing", title, said, hint, command)


def _keyring_row(mail: Mail, facts: Facts) -> Row:
    key, title = "mail.keyring", say("Keyring")
    if mail.keyring_why:
        said = say("cannot be used: {why}", why=mail.keyring_why)
        hint = say("Until then passwords can stand in the environment; docs/send.md tells how.")
        return Row(key, "mail", "broken", title, said, hint)
    if mail.keyring:
        return Row(key, "mail", "works", title, mail.keyring)
    if not mail.has_keyring_library:
        command = extra_command("mail", facts.installation)
        said = say("not installed; passwords would stand in the environment")
        hint = say("Install what reaches it:") if command else _whole_installation()
        return Row(key, "mail", "missing", title, said, hint, command)
    said = say("this system has none that is running")
    hint = say("Passwords can stand in the environment; docs/send.md tells how.")
    return Row(key, "mail", "missing", title, said, hint)


def _beyond_row(facts: Facts) -> Row:
    key, title = "beyond.cluster", say("Clusters and stores")
    broken = [each for each in facts.beyond if each.why]
    command = extra_command("cluster", facts.installation)
    if broken:
        why = say("{name}: {why}", name=broken[0].name, why=broken[0].why)
        said = say("cannot be used: {why}", why=why)
        hint = say("Install it anew:") if command else _whole_installation()
        return Row(key, "beyond", "broken", title, said, hint, command)
    if all(each.version for each in facts.beyond):
        names = say_list(f"{each.name} {each.version}" for each in facts.beyond)
        return Row(key, "beyond", "works", title, say("{names} (not contacted)", names=names))
    said = say("not installed; needed for --cluster and s3:// addresses")
    hint = say("Install what reaches them:") if command else _whole_installation()
    return Row(key, "beyond", "missing", title, said, hint, command)


def _watching_row(facts: Facts) -> Row:
    seen = facts.watching
    key = "watching.events"
    title: str = seen.folder
    if seen.mount_kind:
        title = say("{folder} ({kind})", folder=seen.folder, kind=seen.mount_kind)
    if not seen.mount_tells:
        said = say("looked through on a timer, for this share tells no changes made elsewhere")
        return Row(key, "watching", "notice", title, said)
    if seen.saw_event and not seen.why:
        said = say("changes are told by the system at once")
        return Row(key, "watching", "works", title, said)
    why = seen.why or say("no event came")
    said = say("looked through on a timer ({why})", why=why)
    return Row(key, "watching", "notice", title, said)


def _disk_rows(facts: Facts) -> Iterator[Row]:
    yield _place_row("disk.outputs", facts.outputs, say("results"), facts.is_folder_given)
    if facts.temporary.why:
        yield _place_row("disk.temporary", facts.temporary, say("temporary files"), False)


def _place_row(key: str, place: Place, what: str, is_required: bool) -> Row:
    state: State = "works"
    hint = ""
    if place.why:
        state = "broken" if is_required else "notice"
        said = say("no {what} can be written there: {why}", what=what, why=place.why)
        hint = say("Choose another place with --out, or another folder.")
        if key == "disk.temporary":
            hint = say("Name a folder that can be written in the environment variable TMPDIR.")
    else:
        said = say("{free:.1f} GB free for {what}", free=place.free_bytes / _GB, what=what)
        if place.free_bytes < SCARCE_BYTES:
            state = "notice"
            hint = say("Make room before a large folder is prepared.")
    return Row(key, "disk", state, place.folder, said, hint, is_required=is_required)
