"""What may stand in a preset's file: each key with its meaning, range and what it must agree with.

From this model come the checks, the JSON Schema for editors and the reference page
(``preset_reference``). The section of photos stands in ``preset_photo``. How files are found and
merged is ``preset_file``'s business, how a mistake is said ``preset_mistakes``'s.
"""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    WithJsonSchema,
)
from pydantic import model_validator as whole

from photoprep.language import say
from photoprep.preset import (
    ADDRESSING_BYTES,
    FRAME_BYTES,
    REQUIRED_VIEWS,
    SCHEMA_NUMBER,
    LetterSpec,
    MailSpec,
    NamesSpec,
    Preset,
)
from photoprep.preset_photo import PhotoSection
from photoprep.preset_sheet import SheetSection
from photoprep.preset_values import Bytes, ContradictionError, Section, keys_in, keys_of
from photoprep.preset_watch import WatchSection
from photoprep.views import ViewKind

NAME_FIELDS = ("product", "model", "colour", "quantity", "view", "customer", "date")


def base64_wire_bytes(size_bytes: int) -> int:
    """A photo of ``size_bytes`` in a mail: base64 in lines of 76 with CRLF (RFC 2045, 6.8).

    The mail room reckons the same (``mail.wire_size``), but the ground floor cannot ask it.
    """
    characters = 4 * -(-size_bytes // 3)
    return characters + 2 * -(-characters // 76)


def _check_template(template: str) -> str:
    try:
        parsed = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise ValueError(
            say("expected a template of {{fields}}, received {template}", template=repr(template))
        ) from error
    # A width such as {product:>9999} makes names that no disk takes, so a field is a name alone.
    plain = all(field in NAME_FIELDS and not spec and not turn for field, spec, turn in parsed)
    if not plain or not parsed:
        known = ", ".join(f"{{{field}}}" for field in NAME_FIELDS)
        raise ValueError(
            say(
                "expected fields among {known}, received {template}",
                known=known,
                template=repr(template),
            )
        )
    return template


class MailSection(Section):
    """How large a mail may be on the wire: base64 makes 1.37 of a photo, and all else counts.

    docs/mails.md tells how pictures are divided over mails.
    """

    preferred_bytes: Annotated[
        Bytes,
        Field(
            description="The size a mail had better stay within. The number of mails comes first; "
            "among plans with as few, the one least above this is taken. Not above max_bytes. With "
            'prefer = "light" it is kept.'
        ),
    ]
    max_bytes: Annotated[
        Bytes, Field(description="The size at which the mailbox refuses: no mail reaches it.")
    ]
    reserve_bytes: Annotated[
        int,
        Field(
            ge=0,
            strict=True,
            description="Bytes of max_bytes left free for the headers that servers add on the way.",
        ),
    ] = 4096
    max_mails: Annotated[
        int,
        Field(
            ge=1,
            le=999,
            strict=True,
            description="More mails than these are not written without being asked for.",
        ),
    ] = 20
    count: Annotated[
        Literal["wire", "raw"],
        Field(
            description="What the sizes are of: whole messages on the wire, as mail servers count, "
            "or the attached files alone, for whoever is told a limit for those."
        ),
    ] = "wire"
    prefer: Annotated[
        Literal["fewest", "light"],
        Field(
            description="fewest: as few mails as can be; light: none above preferred_bytes but for "
            "a single product, or a single picture, that fits in no such mail. The option --mails "
            "goes before it."
        ),
    ] = "fewest"
    reorder: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether products may change places where that saves mails. The views of "
            "one stay together, and a sheet of all products stays ahead.",
        ),
    ] = False
    filenames: Annotated[
        Literal["ascii", "unicode"],
        Field(
            description="How attachments are named: in ASCII, which every mail program shows "
            "right, or as products are named, Chinese included."
        ),
    ] = "ascii"
    squeeze: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether mails may carry slightly smaller versions of photos where that "
            "saves a mail. The photos themselves keep all their bytes, and so do sheets.",
        ),
    ] = True
    least_share: Annotated[
        float,
        Field(
            ge=0.5,
            le=1.0,
            strict=True,
            description="The share of a photo's bytes that its version in a mail has at least. "
            "None comes below photo.good_quality by it.",
        ),
    ] = 0.8

    @whole(mode="after")
    def _agrees(self) -> MailSection:
        if self.preferred_bytes > self.max_bytes:
            raise ContradictionError(
                say(
                    "preferred_bytes ({preferred_bytes}) is above max_bytes ({max_bytes})",
                    preferred_bytes=self.preferred_bytes,
                    max_bytes=self.max_bytes,
                ),
                *keys_in("mail", "preferred_bytes", "max_bytes"),
            )
        if self.reserve_bytes + ADDRESSING_BYTES >= self.max_bytes:
            raise ContradictionError(
                say(
                    "reserve_bytes ({reserve_bytes}) leaves nothing of max_bytes ({max_bytes})",
                    reserve_bytes=self.reserve_bytes,
                    max_bytes=self.max_bytes,
                ),
                *keys_in("mail", "reserve_bytes", "max_bytes"),
            )
        return self

    def spec(self) -> MailSpec:
        """The section as the mail room takes it."""
        return MailSpec(
            preferred_bytes=self.preferred_bytes,
            max_bytes=self.max_bytes,
            reserve_bytes=self.reserve_bytes,
            max_mails=self.max_mails,
            count=self.count,
            prefer=self.prefer,
            reorder=self.reorder,
            filenames=self.filenames,
            squeeze=self.squeeze,
            least_share=self.least_share,
        )


class NamesSection(Section):
    """How files are named."""

    photo: Annotated[
        str,
        AfterValidator(_check_template),
        Field(
            description="The name of a photo, without its extension, made of the fields "
            + ", ".join(f"{{{field}}}" for field in NAME_FIELDS)
            + ". What is not known is left out.",
            examples=["{product}_{model}_{colour}_{view}_{date}"],
        ),
    ]


class LetterSection(Section):
    """The letter in each mail."""

    language: Annotated[
        Literal["en", "zh"], Field(description="The language it is written in.")
    ] = "en"
    template: Annotated[
        str,
        Field(
            description="Whose words it has: a folder of templates, by its path or by its name "
            "among your own; empty: your own if you have any, else the shipped ones. A relative "
            "path begins at the preset's own folder. docs/letter.md tells how to write one."
        ),
    ] = ""


class PresetDocument(Section):
    """A preset for photoprep: how large photos and mails may be, and how they are named."""

    schema_: Annotated[
        Literal[1],
        WithJsonSchema({"type": "integer", "const": SCHEMA_NUMBER}),
        Field(alias="schema", description="The number of this format, for later versions to know."),
    ]
    extends: Annotated[
        str,
        Field(
            min_length=1,
            description="The preset that this one changes: a name, or a .toml file beside this "
            "one. What is not named here is as it is there.",
            examples=["trade-email"],
        ),
    ] = ""
    name: Annotated[
        str,
        Field(
            min_length=1,
            description="The preset's name in reports. A file that extends another may leave it "
            "out and is called as the file is.",
        ),
    ]
    language: Annotated[
        Literal["auto", "en", "zh"],
        Field(
            description="The language in which photoprep speaks to you, its user: that of your "
            "system with auto. The option --lang goes before it. The customer's letter has its "
            "own, under [letter]."
        ),
    ] = "auto"
    photo: PhotoSection
    sheet: SheetSection = SheetSection()
    mail: MailSection
    names: NamesSection
    letter: LetterSection = LetterSection()
    watch: WatchSection = WatchSection()
    required_views: Annotated[
        dict[str, Annotated[list[ViewKind], Field(min_length=1)]],
        Field(
            description="The views without which a product is not shown whole, for each kind of "
            "product that the vocabulary knows (clothing, headwear, footwear, tableware) and for "
            "all other ones."
        ),
    ] = {kind: list(views) for kind, views in REQUIRED_VIEWS.items()}  # noqa: RUF012 (pydantic copies it)

    @whole(mode="after")
    def _photo_fits_mail(self) -> PresetDocument:
        if self.mail.count == "raw":
            if self.photo.max_bytes > self.mail.max_bytes:
                raise ContradictionError(
                    say(
                        "photo.max_bytes ({max_bytes}) is above mail.max_bytes ({mail_bytes}), "
                        "which counts files",
                        max_bytes=self.photo.max_bytes,
                        mail_bytes=self.mail.max_bytes,
                    ),
                    *keys_in("photo", "max_bytes"),
                    *keys_in("mail", "max_bytes"),
                )
            return self
        wire_bytes = base64_wire_bytes(self.photo.max_bytes) + FRAME_BYTES
        if wire_bytes > self.mail.spec().draft_bytes:
            raise ContradictionError(
                say(
                    "photo.max_bytes ({max_bytes}) does not fit into "
                    "mail.max_bytes ({mail_bytes}): with its letter one photo weighs up to "
                    "{wire_bytes} bytes on the wire, beside reserve_bytes ({reserve_bytes})",
                    max_bytes=self.photo.max_bytes,
                    mail_bytes=self.mail.max_bytes,
                    wire_bytes=wire_bytes,
                    reserve_bytes=self.mail.reserve_bytes,
                ),
                *keys_in("photo", "max_bytes"),
                *keys_in("mail", "max_bytes", "reserve_bytes"),
            )
        return self

    def preset(self) -> Preset:
        """The document as a run takes it."""
        return Preset(
            name=self.name,
            photo=self.photo.spec(),
            mail=self.mail.spec(),
            names=NamesSpec(photo=self.names.photo),
            letter=LetterSpec(language=self.letter.language, template=self.letter.template),
            duplicates=self.photo.duplicates,
            sheet=self.sheet.spec(),
            language=self.language,
            watch=self.watch.spec(),
            required_views={kind: tuple(views) for kind, views in self.required_views.items()},
        )


def known_keys(section: tuple[str, ...] = ()) -> list[str]:
    """The keys that may stand in a section of the file, or at its top, as the file spells them."""
    return keys_of(PresetDocument, section)
