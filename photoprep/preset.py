"""What a run is told: one small frozen type a room, held by one ``Preset``.

These are the types that flow. How they are read from a TOML file is ``preset_file``'s business;
keeping pydantic out of here lets worker processes start without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from photoprep.language import Language
from photoprep.views import ViewKind

SCHEMA_NUMBER = 1  # of a preset's file
# Room for the headers, letter and boundaries of a mail with one photo: measured 2.1 kB without a
# sender's profile, 2.5 kB with a full one, and 3.2 kB in Chinese.
FRAME_BYTES = 4096
# What To, Cc, Message-ID and the like may add to a draft when it is sent.
ADDRESSING_BYTES = 512
RenderingIntent = Literal["relative", "perceptual", "saturation", "absolute"]  # ICC.1:2022, 6.2
ColourProfile = Literal["srgb", "none"]
SpokenLanguage = Language | Literal["auto"]
Duplicates = Literal["keep-first", "keep-all"]
MailCount = Literal["wire", "raw"]
MailPreference = Literal["fewest", "light"]
MailedNames = Literal["ascii", "unicode"]
SheetKind = Literal["overview", "per-product"]
SheetLayout = Literal["auto", "grid", "justified", "hero"]
# What a caption may say, by the names of a subject's parts.
CAPTION_FIELDS = ("product", "model", "colour", "size", "quantity", "view", "label", "number")


@dataclass(frozen=True, slots=True)
class PhotoSpec:
    """What one prepared photo must be.

    ``longest_side_cm`` at ``dpi_max`` bounds the pixels from above and at ``dpi_min`` says how
    far resolution may be lowered to save quality; ``max_bytes`` is never exceeded.
    Qualities are estimates (0–100, SSIMULACRA2's scale): the file stays smaller than its limit
    where ``enough_quality`` is reached before, resolution is lowered below ``good_quality``, and
    below ``min_quality`` a photo is refused rather than spoiled. Colours that sRGB cannot show are
    brought in by ``rendering_intent``; ``colour_profile`` says whether the file names its colours.
    ``accept_damaged``, which is for one run and no preset to say, takes what can be read of a
    broken picture.
    """

    longest_side_cm: Fraction
    dpi_max: int
    dpi_min: int
    max_bytes: int
    good_quality: int
    min_quality: int
    background: str
    enough_quality: int = 96
    rendering_intent: RenderingIntent = "relative"
    colour_profile: ColourProfile = "srgb"
    accept_damaged: bool = False


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """What one sheet of several pictures must be; the fields are those of ``preset_sheet``.

    ``max_bytes`` is never exceeded; a page that would come below ``good_quality`` (0–100, an
    estimate) is parted in two. ``font`` and ``logo`` are files, or empty.
    """

    longest_side_cm: Fraction = Fraction(24)
    dpi_max: int = 100
    dpi_min: int = 72
    max_bytes: int = 400_000
    good_quality: int = 70
    kinds: tuple[SheetKind, ...] = ("overview", "per-product")
    layout: SheetLayout = "auto"
    caption: str = "{product} {model}\n{view}, {label}, {colour}"
    trim: bool = True
    same_scale: bool = False
    smallest_picture_cm: Fraction = Fraction(4)
    font: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class MailSpec:
    """How large a mail may be, and how pictures are divided over mails.

    ``count`` says of what the sizes are: of the whole message on the wire, or of the attached
    files alone (``raw``). On the wire, ``max_bytes`` less ``reserve_bytes`` (for the headers that
    servers add on the way) is never exceeded. With ``prefer = "fewest"`` the plan with the fewest
    mails wins, among those the one least above ``preferred_bytes``; with ``light``
    ``preferred_bytes`` is kept by every mail but one that holds a single product or a single
    picture and nothing else. ``reorder`` lets products change places. More mails than
    ``max_mails`` are not written without being asked for. Attachments are named in ASCII unless
    ``filenames`` allows the script that a product is named in. With ``squeeze`` the mails may carry
    smaller versions of photos where that saves a mail, none of less than ``least_share`` of the
    photo's bytes.
    """

    preferred_bytes: int
    max_bytes: int
    reserve_bytes: int
    max_mails: int = 20
    count: MailCount = "wire"
    prefer: MailPreference = "fewest"
    reorder: bool = False
    filenames: MailedNames = "ascii"
    squeeze: bool = True
    least_share: float = 0.8

    @property
    def limit_bytes(self) -> int:
        """The most a finished message may weigh on the wire, as it is sent."""
        return self.max_bytes - self.reserve_bytes

    @property
    def draft_bytes(self) -> int:
        """The most a draft may weigh on the wire, before it is addressed."""
        return self.limit_bytes - ADDRESSING_BYTES

    @property
    def bound_bytes(self) -> int:
        """What no draft exceeds, counted as ``count`` says."""
        return self.max_bytes if self.count == "raw" else self.draft_bytes

    @property
    def preferred_bound_bytes(self) -> int:
        """What a draft had better not exceed, counted as ``count`` says."""
        left_bytes = 0 if self.count == "raw" else self.reserve_bytes + ADDRESSING_BYTES
        return max(0, self.preferred_bytes - left_bytes)


@dataclass(frozen=True, slots=True)
class NamesSpec:
    """How files are named: a template over product, model, view, customer and date."""

    photo: str


@dataclass(frozen=True, slots=True)
class LetterSpec:
    """In which language the letter is written, and by whose template.

    ``template`` is a folder of templates, by its path or its name among the user's own; empty for
    the user's own ones without a name, and the shipped ones where there are none.
    """

    language: Language
    template: str = ""


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """When what is dropped into a watched folder is taken to be there whole.

    Nothing in it has changed for ``quiet_s``, or ``quiet_on_shares_s`` where it lies on a network
    share or is synchronised. It is looked through every ``scan_s`` whatever events tell, and every
    ``scan_on_shares_s`` where none come.
    """

    quiet_s: float = 5
    quiet_on_shares_s: float = 20
    scan_s: float = 30
    scan_on_shares_s: float = 5


# What a product is shown with, by its kind: what opens is shown closed and open.
RequiredViews = Mapping[str, tuple[ViewKind, ...]]
REQUIRED_VIEWS: RequiredViews = MappingProxyType(
    {
        "other": ("closed", "open"),
        "clothing": ("front", "back"),
        "headwear": ("front",),
        "footwear": ("side",),
        "tableware": ("front",),
    }
)


@dataclass(frozen=True, slots=True)
class Preset:
    """One use of photoprep, whole.

    ``duplicates`` stands under [photo] in the file, but not in ``PhotoSpec``: it changes which
    photos are made and no photo's bytes. ``language`` is what a run says to its user, the sender;
    that of the letter, which the customer reads, is ``letter``'s.
    """

    name: str
    photo: PhotoSpec
    mail: MailSpec
    names: NamesSpec
    letter: LetterSpec
    duplicates: Duplicates = "keep-first"
    sheet: SheetSpec = SheetSpec()
    required_views: Mapping[str, tuple[ViewKind, ...]] = field(
        default_factory=lambda: REQUIRED_VIEWS
    )
    language: SpokenLanguage = "auto"
    watch: WatchSpec = WatchSpec()
