"""What the doctor asks of a worker process: reading samples, naming fonts, telling its own bounds.

All of it runs libraries in C, which may crash where they are broken; so it costs a worker.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.doctor.facts import SampleRead, ScriptDrawn, Workers
from photoprep.errors import MissingExtraError, PhotoError
from photoprep.files import FileStamp
from photoprep.language import say
from photoprep.photo.task import PhotoTask, load_room, prepare_photo
from photoprep.preset import PhotoSpec
from photoprep.sheet.font_table import Script

# Of each script a few letters, and the language that says whose shapes Chinese characters take.
SCRIPT_SAMPLES: dict[Script, tuple[str, str]] = {
    "latin": ("Größe ½ Łódź Размер Μέγεθος", ""),
    "chinese": ("产品工具箱", "zh"),
    "taiwanese": ("產品工具箱", "zh-TW"),
    "japanese": ("せいひん工具箱カタログ", "ja"),
    "korean": ("제품공구상자", "ko"),
    "arabic": ("منتج", ""),
    "hebrew": ("מוצר", ""),
    "thai": ("ผลิตภัณฑ์", ""),
    "devanagari": ("उत्पाद", ""),
}

# The samples' quadrants, reddish and greenish above, bluish and yellowish below
# (tests/fixtures/make_formats.py).
_QUADRANTS = ((200, 60, 50), (60, 160, 80), (50, 80, 180), (220, 200, 90))
_SIDES_PX = (48, 32)


@dataclass(frozen=True, slots=True)
class SampleTask:
    """A sample to be prepared as a run would."""

    key: str
    path: Path
    spec: PhotoSpec


@dataclass(frozen=True, slots=True)
class FontsTask:
    """The scripts' samples to be drawn with the fonts of these folders; None is the system's."""

    folders: tuple[Path, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkersTask:
    """The worker to tell of itself."""

    jobs: int


Task = SampleTask | FontsTask | WorkersTask
Result = SampleRead | tuple[ScriptDrawn, ...] | Workers

# Why what prepares photos could not be loaded, in this process.
_load_failures: list[str] = []


def set_up() -> None:
    """Load what prepares photos, as a run's workers do; a failure is told by every task."""
    try:
        load_room()
    except Exception as error:  # noqa: BLE001 (whatever a broken library raises as it is loaded)
        _load_failures.append(_in_words(error))


def work_on(task: Task) -> Result:
    """Do what a task asks for.

    Raises:
        PhotoError: it cannot be done for a reason that is no sample's own.

    """
    if _load_failures:
        raise PhotoError(_load_failures[0])
    match task:
        case SampleTask():
            return _read_sample(task)
        case FontsTask():
            return draw_scripts(task.folders)
        case WorkersTask():
            return Workers(task.jobs, _bound_bytes(), _libraries())


def _read_sample(task: SampleTask) -> SampleRead:
    from PIL import Image

    from photoprep.photo.likeness import RENDITIONS, Looks
    from photoprep.photo.looks import looks_of

    try:
        made = prepare_photo(PhotoTask(task.path, FileStamp.of(task.path), task.spec))
    except MissingExtraError as error:
        if _is_not_installed(error.__cause__):
            return SampleRead(task.key, "missing")
        return SampleRead(task.key, "broken", _in_words(error.__cause__ or error))
    except PhotoError as error:
        return SampleRead(task.key, "broken", error.message)
    except Exception as error:  # noqa: BLE001 (what a broken library raises may be anything)
        return SampleRead(task.key, "broken", _in_words(error))
    width_px, height_px = _SIDES_PX
    expected = Image.new("RGB", _SIDES_PX)
    for place, colour in enumerate(_QUADRANTS):
        corner = (place % 2 * width_px // 2, place // 2 * height_px // 2)
        expected.paste(Image.new("RGB", (width_px // 2, height_px // 2), colour), corner)
    if not made.looks or not Looks(made.looks).is_like(Looks(looks_of(expected)), RENDITIONS):
        return SampleRead(task.key, "broken", say("it is read, with the wrong colours"))
    return SampleRead(task.key, "read")


def _is_not_installed(cause: BaseException | None) -> bool:
    """Whether an extra's library is not there; else it is, and cannot be loaded."""
    return isinstance(cause, ModuleNotFoundError) and cause.name in {"rawpy", "pillow_jxl"}


def draw_scripts(folders: tuple[Path, ...] | None) -> tuple[ScriptDrawn, ...]:
    """The font of each script, as a sheet would choose it."""
    from photoprep.sheet.fonts import Fonts, shipped_font

    drawn = []
    for script, (text, language) in SCRIPT_SAMPLES.items():
        fonts = Fonts(language=language, folders=folders)
        pieces = [piece for piece in fonts.pieces(text) if piece.text.strip()]
        if fonts.missing(text) or not pieces:
            drawn.append(ScriptDrawn(script, ""))
            continue
        font = pieces[0].font
        drawn.append(ScriptDrawn(script, font.regular.family, font == shipped_font()))
    return tuple(drawn)


def _bound_bytes() -> int:
    """The most memory that this process may take, as the system has it; 0 where it has no such."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    bound, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return 0 if bound == resource.RLIM_INFINITY else bound


def _libraries() -> tuple[tuple[str, str], ...]:
    """The versions of what decodes; of what cannot be loaded none, which its sample tells."""
    found = []
    for name, version in _VERSIONS.items():
        with suppress(Exception):  # whatever a broken library raises
            found.append((name, version()))
    return tuple(found)


def _pillow() -> str:
    import PIL

    return PIL.__version__


def _libheif() -> str:
    import pillow_heif

    return str(pillow_heif.libheif_version())


def _libvips() -> str:
    from photoprep.photo.libvips import vips

    return ".".join(str(vips().version(place)) for place in range(3))


def _libraw() -> str:
    import rawpy

    return ".".join(map(str, rawpy.libraw_version))


_VERSIONS = {"Pillow": _pillow, "libheif": _libheif, "libvips": _libvips, "LibRaw": _libraw}


def _in_words(error: BaseException) -> str:
    said = " ".join(str(error).split())[:200]
    return say("{kind}: {detail}", kind=type(error).__name__, detail=said)
