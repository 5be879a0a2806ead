"""The keys under [photo] in a preset: what one prepared photo must be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic import model_validator as whole

from photoprep.language import say
from photoprep.preset import ColourProfile, PhotoSpec, RenderingIntent
from photoprep.preset_values import Bytes, ContradictionError, LengthCm, Section, keys_in
from photoprep.units import longest_side_px

_JPEG_SIDE_LIMIT_PX = 65_500  # libjpeg's JPEG_MAX_DIMENSION

Dpi = Annotated[int, Field(ge=1, le=1200, strict=True)]
Quality = Annotated[int, Field(ge=0, le=95, strict=True)]


def _check_colour(name: str) -> str:
    from PIL import ImageColor

    try:
        ImageColor.getrgb(name)
    except ValueError as error:
        raise ValueError(
            say('expected a colour such as "white" or "#f4f4f4", received {name}', name=repr(name))
        ) from error
    return name


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
                say(
                    "dpi_min ({dpi_min}) is above dpi_max ({dpi_max})",
                    dpi_min=self.dpi_min,
                    dpi_max=self.dpi_max,
                ),
                dpi_min,
                dpi_max,
            )
        if self.min_quality > self.good_quality:
            raise ContradictionError(
                say(
                    "min_quality ({min_quality}) is above good_quality ({good_quality})",
                    min_quality=self.min_quality,
                    good_quality=self.good_quality,
                ),
                *keys_in("photo", "min_quality", "good_quality"),
            )
        if self.good_quality > self.enough_quality:
            raise ContradictionError(
                say(
                    "good_quality ({good_quality}) is above enough_quality ({enough_quality})",
                    good_quality=self.good_quality,
                    enough_quality=self.enough_quality,
                ),
                *keys_in("photo", "good_quality", "enough_quality"),
            )
        if longest_side_px(self.longest_side, self.dpi_min) < 1:
            raise ContradictionError(
                say("longest_side at dpi_min is less than one pixel"), side, dpi_min
            )
        if longest_side_px(self.longest_side, self.dpi_max) > _JPEG_SIDE_LIMIT_PX:
            raise ContradictionError(
                say(
                    "longest_side at dpi_max is more than the {most_px} pixels "
                    "that a JPEG can have",
                    most_px=_JPEG_SIDE_LIMIT_PX,
                ),
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
