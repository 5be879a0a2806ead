"""The keys under [sheet] in a preset: what one sheet of several pictures must be."""

from __future__ import annotations

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic import model_validator as whole

from photoprep.language import say
from photoprep.preset import CAPTION_FIELDS, SheetKind, SheetLayout, SheetSpec
from photoprep.preset_photo import Dpi, Quality
from photoprep.preset_values import Bytes, ContradictionError, LengthCm, Section, keys_in
from photoprep.units import parse_length_cm


def _check_caption(template: str) -> str:
    try:
        parsed = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise ValueError(
            say("expected a template of {{fields}}, received {template}", template=repr(template))
        ) from error
    if not all(field in CAPTION_FIELDS and not spec and not turn for field, spec, turn in parsed):
        known = ", ".join(f"{{{field}}}" for field in CAPTION_FIELDS)
        raise ValueError(
            say(
                "expected fields among {known}, received {template}",
                known=known,
                template=repr(template),
            )
        )
    return template


class SheetSection(Section):
    """What one sheet must be: several pictures on one page, each with its caption."""

    longest_side: Annotated[
        LengthCm, Field(description="The longest side of a sheet at its density.")
    ] = parse_length_cm("24 cm")
    dpi_max: Annotated[Dpi, Field(description="Dots per inch of a sheet at most.")] = 100
    dpi_min: Annotated[
        Dpi, Field(description="Dots per inch at least, as under [photo]. Not above dpi_max.")
    ] = 72
    max_bytes: Annotated[
        Bytes,
        Field(
            description="The size that no sheet exceeds. One must fit into a mail. Where a page of "
            "good_quality needs more, its pictures go over two pages."
        ),
    ] = 400_000
    good_quality: Annotated[
        Quality,
        Field(
            description="Estimated quality below which a page is parted in two rather than spoiled."
        ),
    ] = 70
    kinds: Annotated[
        list[SheetKind],
        Field(
            description="Which sheets a run makes: overview shows all products, each by one "
            "picture, where there are two or more; per-product shows all pictures of a product "
            "that has three or more. The option --sheet goes before it; an empty list makes none."
        ),
    ] = ["overview", "per-product"]  # noqa: RUF012 (pydantic copies it)
    layout: Annotated[
        SheetLayout,
        Field(
            description="grid: equal cells; justified: rows of one height, filled from edge to "
            "edge; hero: one large picture and the others around it; auto: the one that shows the "
            "products largest. No picture is ever cropped."
        ),
    ] = "auto"
    caption: Annotated[
        str,
        AfterValidator(_check_caption),
        Field(
            description="What stands below each picture, made of the fields "
            + ", ".join(f"{{{field}}}" for field in CAPTION_FIELDS)
            + "; \\n begins a new line. What is not known is left out; an empty text makes no "
            "captions.",
            examples=["{product} {model}\\n{view}"],
        ),
    ] = "{product} {model}\n{view}, {label}, {colour}"
    trim: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether even borders around a product are cut away before it is shown, so "
            "that products look alike in size. Never into the product; shadows stay.",
        ),
    ] = True
    same_scale: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether the products of one sheet are brought to about one size.",
        ),
    ] = False
    smallest_picture: Annotated[
        LengthCm,
        Field(
            description="The longest side that a picture on a sheet has at least; more pictures "
            "than fit so go over several pages."
        ),
    ] = parse_length_cm("4 cm")
    font: Annotated[
        str,
        Field(
            description="A font's file (.ttf, .otf, .ttc) for all words on a sheet; empty: a good "
            "one of the system for each script, or the one that comes with photoprep. A relative "
            "path begins at the preset's own folder."
        ),
    ] = ""
    logo: Annotated[
        str,
        Field(
            description="A picture's file that is shown at the top right of each sheet. A relative "
            "path begins at the preset's own folder."
        ),
    ] = ""

    @whole(mode="after")
    def _agrees(self) -> SheetSection:
        if self.dpi_min > self.dpi_max:
            raise ContradictionError(
                say(
                    "dpi_min ({dpi_min}) is above dpi_max ({dpi_max})",
                    dpi_min=self.dpi_min,
                    dpi_max=self.dpi_max,
                ),
                *keys_in("sheet", "dpi_min", "dpi_max"),
            )
        if self.smallest_picture > self.longest_side:
            raise ContradictionError(
                say("smallest_picture is longer than longest_side"),
                *keys_in("sheet", "smallest_picture", "longest_side"),
            )
        return self

    def spec(self) -> SheetSpec:
        """The section as the sheet room takes it."""
        return SheetSpec(
            longest_side_cm=self.longest_side,
            dpi_max=self.dpi_max,
            dpi_min=self.dpi_min,
            max_bytes=self.max_bytes,
            good_quality=self.good_quality,
            kinds=tuple(self.kinds),
            layout=self.layout,
            caption=self.caption,
            trim=self.trim,
            same_scale=self.same_scale,
            smallest_picture_cm=self.smallest_picture,
            font=self.font,
            logo=self.logo,
        )
