"""What may stand in a preset's file: each key with its meaning, range and what it must agree with.

From this model come the checks, the JSON Schema for editors and the reference page
(``preset_reference``). How files are found and merged is ``preset_file``'s business, how a mistake
is said ``preset_mistakes``'s.
"""

from __future__ import annotations

from fractions import Fraction
from string import Formatter
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    WithJsonSchema,
)
from pydantic import model_validator as whole

from photoprep.preset import (
    SCHEMA_NUMBER,
    ColourProfile,
    LetterSpec,
    MailSpec,
    NamesSpec,
    PhotoSpec,
    Preset,
    RenderingIntent,
)
from photoprep.units import longest_side_px, parse_bytes, parse_length_cm

NAME_FIELDS = ("product", "model", "colour", "quantity", "view", "customer", "date")
# Room for the headers, letter and boundaries of a mail with one photo: measured 0.9 kB without a
# sender's profile and 1.2 kB with a full one.
FRAME_BYTES = 2048
_JPEG_SIDE_LIMIT_PX = 65_500  # libjpeg's JPEG_MAX_DIMENSION


class ContradictionError(ValueError):
    """Two values that cannot both hold; ``keys`` are their full paths, the likelier culprit first.

    The paths let the line be found, in whichever of the merged files a value stands.
    """

    def __init__(self, message: str, *keys: tuple[str, ...]) -> None:
        super().__init__(message)
        self.keys = keys


def _keys(section: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((section, name) for name in names)


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
        raise ValueError(f"expected a template of {{fields}}, received {template!r}") from error
    # A width such as {product:>9999} makes names that no disk takes, so a field is a name alone.
    plain = all(field in NAME_FIELDS and not spec and not turn for field, spec, turn in parsed)
    if not plain or not parsed:
        known = ", ".join(f"{{{field}}}" for field in NAME_FIELDS)
        raise ValueError(f"expected fields among {known}, received {template!r}")
    return template


def _check_colour(name: str) -> str:
    from PIL import ImageColor

    try:
        ImageColor.getrgb(name)
    except ValueError as error:
        raise ValueError(
            f'expected a colour such as "white" or "#f4f4f4", received {name!r}'
        ) from error
    return name


# The patterns say what ``units`` reads; JSON Schema's have no flag for capitals.
_SIZE_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {
            "type": "string",
            "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([Bb]([Yy][Tt][Ee][Ss]?)?|[KkMm][Ii]?[Bb])?\s*$",
        },
    ],
    "examples": ["200 kB", "195 KiB", 200000],
}
_LENGTH_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([Cc][Mm]|[Mm][Mm]|[Ii][Nn]([Cc][Hh]([Ee][Ss])?)?)\s*$",
    "examples": ["24 cm", "240 mm", "9.4 in"],
}

Bytes = Annotated[int, BeforeValidator(parse_bytes), WithJsonSchema(_SIZE_SCHEMA)]
LengthCm = Annotated[
    InstanceOf[Fraction], BeforeValidator(parse_length_cm), WithJsonSchema(_LENGTH_SCHEMA)
]
Dpi = Annotated[int, Field(ge=1, le=1200, strict=True)]
Quality = Annotated[int, Field(ge=0, le=95, strict=True)]


class Section(BaseModel):
    """A table of the file: keys that are not named here are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhotoSection(Section):
    """What one prepared photo must be."""

    longest_side: Annotated[
        LengthCm,
        Field(
            description="The longest side when the photo is shown at its density. With dpi_max it "
            "bounds the pixels: 24 cm at 100 DPI are 944. A photo is never enlarged."
        ),
    ]
    dpi_max: Annotated[
        Dpi, Field(description="Dots per inch at most; the photo starts out at these.")
    ]
    dpi_min: Annotated[
        Dpi,
        Field(
            description="Dots per inch at least: so far resolution may fall where the bytes do "
            "not suffice for good quality. Not above dpi_max."
        ),
    ]
    max_bytes: Annotated[
        Bytes,
        Field(description="The size that no photo's file exceeds. One must fit into a mail."),
    ]
    enough_quality: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            strict=True,
            description="The ceiling: estimated quality on SSIMULACRA2's scale above which more "
            "bytes show nothing, so that the file stays smaller than max_bytes. 90 looks like the "
            "original, 70 is high; estimates are off by a point or so, hence 96 where 95 is meant. "
            "100 spends every byte. Not below good_quality.",
        ),
    ] = 96
    good_quality: Annotated[
        Quality,
        Field(
            description="Estimated quality below which a lower resolution is tried, where "
            "bytes are so few (about half a bit for a pixel) that it can look better."
        ),
    ]
    min_quality: Annotated[
        Quality,
        Field(
            description="The floor: estimated quality below which a photo is refused rather than "
            "spoiled. Not above good_quality."
        ),
    ]
    background: Annotated[
        str,
        AfterValidator(_check_colour),
        Field(
            description="What shows through where a picture is transparent: a colour by its CSS "
            "name or as #rrggbb.",
            examples=["white", "#f4f4f4"],
        ),
    ] = "white"
    rendering_intent: Annotated[
        RenderingIntent,
        Field(
            description="How colours that sRGB cannot show are brought in, by ICC's names. "
            "relative keeps all others exactly and draws those in where they show; perceptual "
            "takes the source's own table for it, where its profile has one; saturation is for "
            "charts; absolute keeps the tint of the paper."
        ),
    ] = "relative"
    colour_profile: Annotated[
        ColourProfile,
        Field(
            description="Whether a photo says that its colours are sRGB. With srgb (480 bytes) "
            "browsers and mail programs need not guess; none leaves the bytes to the picture."
        ),
    ] = "srgb"
    duplicates: Annotated[
        Literal["keep-first", "keep-all"],
        Field(
            description="Of files that are the same to the last byte, whether only the first is "
            "prepared or every one. A picture in another size or format is always prepared."
        ),
    ] = "keep-first"

    @whole(mode="after")
    def _agrees(self) -> PhotoSection:
        side, dpi_max, dpi_min = (
            ("photo", "longest_side"),
            ("photo", "dpi_max"),
            ("photo", "dpi_min"),
        )
        if self.dpi_min > self.dpi_max:
            raise ContradictionError(
                f"dpi_min ({self.dpi_min}) is above dpi_max ({self.dpi_max})", dpi_min, dpi_max
            )
        if self.min_quality > self.good_quality:
            raise ContradictionError(
                f"min_quality ({self.min_quality}) is above good_quality ({self.good_quality})",
                *_keys("photo", "min_quality", "good_quality"),
            )
        if self.good_quality > self.enough_quality:
            raise ContradictionError(
                f"good_quality ({self.good_quality}) is above enough_quality "
                f"({self.enough_quality})",
                *_keys("photo", "good_quality", "enough_quality"),
            )
        if longest_side_px(self.longest_side, self.dpi_min) < 1:
            raise ContradictionError(
                "longest_side at dpi_min is less than one pixel", side, dpi_min
            )
        if longest_side_px(self.longest_side, self.dpi_max) > _JPEG_SIDE_LIMIT_PX:
            raise ContradictionError(
                f"longest_side at dpi_max is more than the {_JPEG_SIDE_LIMIT_PX} pixels "
                "that a JPEG can have",
                side,
                dpi_max,
            )
        return self

    def spec(self) -> PhotoSpec:
        """The section as the photo room takes it."""
        return PhotoSpec(
            longest_side_cm=self.longest_side,
            dpi_max=self.dpi_max,
            dpi_min=self.dpi_min,
            max_bytes=self.max_bytes,
            good_quality=self.good_quality,
            min_quality=self.min_quality,
            background=self.background,
            enough_quality=self.enough_quality,
            rendering_intent=self.rendering_intent,
            colour_profile=self.colour_profile,
        )


class MailSection(Section):
    """How large a mail may be on the wire: base64 makes 1.37 of a photo, and all else counts."""

    preferred_bytes: Annotated[
        Bytes,
        Field(
            description="The size a mail had better stay within. The number of mails comes first; "
            "among plans with as few, the one least above this is taken. Not above max_bytes."
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

    @whole(mode="after")
    def _agrees(self) -> MailSection:
        if self.preferred_bytes > self.max_bytes:
            raise ContradictionError(
                f"preferred_bytes ({self.preferred_bytes}) is above max_bytes ({self.max_bytes})",
                *_keys("mail", "preferred_bytes", "max_bytes"),
            )
        if self.reserve_bytes >= self.max_bytes:
            raise ContradictionError(
                f"reserve_bytes ({self.reserve_bytes}) leaves nothing of "
                f"max_bytes ({self.max_bytes})",
                *_keys("mail", "reserve_bytes", "max_bytes"),
            )
        return self

    def spec(self) -> MailSpec:
        """The section as the mail room takes it."""
        return MailSpec(
            preferred_bytes=self.preferred_bytes,
            max_bytes=self.max_bytes,
            reserve_bytes=self.reserve_bytes,
            max_mails=self.max_mails,
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
            examples=["{product}_{model}_{view}_{date}"],
        ),
    ]


class LetterSection(Section):
    """The letter in each mail."""

    language: Annotated[
        Literal["en", "zh"], Field(description="The language it is written in.")
    ] = "en"


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
    photo: PhotoSection
    mail: MailSection
    names: NamesSection
    letter: LetterSection = LetterSection()

    @whole(mode="after")
    def _photo_fits_mail(self) -> PresetDocument:
        wire_bytes = base64_wire_bytes(self.photo.max_bytes) + FRAME_BYTES
        if wire_bytes > self.mail.max_bytes - self.mail.reserve_bytes:
            raise ContradictionError(
                f"photo.max_bytes ({self.photo.max_bytes}) does not fit into "
                f"mail.max_bytes ({self.mail.max_bytes}): with its letter one photo weighs up to "
                f"{wire_bytes} bytes on the wire, beside a reserve of {self.mail.reserve_bytes}",
                *_keys("photo", "max_bytes"),
                *_keys("mail", "max_bytes", "reserve_bytes"),
            )
        return self

    def preset(self) -> Preset:
        """The document as a run takes it."""
        return Preset(
            name=self.name,
            photo=self.photo.spec(),
            mail=self.mail.spec(),
            names=NamesSpec(photo=self.names.photo),
            letter=LetterSpec(language=self.letter.language),
            duplicates=self.photo.duplicates,
        )


def known_keys(section: tuple[str, ...] = ()) -> list[str]:
    """The keys that may stand in a section of the file, or at its top, as the file spells them."""
    model: type[BaseModel] = PresetDocument
    for part in section:
        annotation = model.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
