"""Programs that show pictures, each asked for the levels that it would give to a display.

Browsers are asked by a screenshot of a page; libraries by the conversion that a mail program or a
picture viewer built on them does. Each answers with one picture for every file.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms

_SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's own, which its bindings of Qt and GTK are for
_LONGEST_S = 120


class ViewerMissingError(Exception):
    """A program that is not installed, or showed nothing; the text says which and why."""


Show = Callable[[Sequence[Path], str, bytes], list[Image.Image]]


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the displays that it can be told of, and how it shows files on one."""

    name: str
    displays: tuple[str, ...]
    show: Show


def _run(command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    if shutil.which(str(command[0])) is None:
        raise ViewerMissingError(f"{command[0]} is not installed")
    try:
        subprocess.run(
            list(map(str, command)),
            check=True,
            capture_output=True,
            timeout=_LONGEST_S,
            env=os.environ | (env or {}),
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ViewerMissingError(f"{command[0]} failed: {' '.join(last)}") from error
    except subprocess.TimeoutExpired as error:
        raise ViewerMissingError(f"{command[0]} gave no answer in {_LONGEST_S} s") from error


# --- browsers -------------------------------------------------------------------------------------


def _on_a_page(
    files: Sequence[Path], screenshot: Callable[[Path, Path, tuple[int, int]], None]
) -> list[Image.Image]:
    """The files one below the other on a page, as a program's screenshot has them."""
    sizes = [_size(file) for file in files]
    height = sum(size[1] for size in sizes)
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder) / "page.html", Path(folder) / "shown.png"
        images = "".join(f'<img src="{file.as_uri()}">' for file in files)
        page.write_text(
            "<!doctype html><style>body{margin:0}img{display:block}</style>" + images,
            encoding="utf-8",
        )
        screenshot(page, picture, (500, height + 100))
        if not picture.exists():
            raise ViewerMissingError("no screenshot was made")
        with Image.open(picture) as shot:
            whole = shot.convert("RGB")
    tops = [sum(size[1] for size in sizes[:number]) for number in range(len(sizes))]
    return [
        whole.crop((0, top, width, top + tall))
        for top, (width, tall) in zip(tops, sizes, strict=True)
    ]


def _size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def chromium(files: Sequence[Path], display: str, _: bytes) -> list[Image.Image]:
    """Chromium without a window, told what its display is.

    It draws as on a graphics card (SwiftShader): what it draws without one is sRGB until the
    screenshot, so that colours beyond sRGB would be cut off.
    """
    told = {"sRGB": "srgb", "Display P3": "display-p3-d65"}[display]

    def screenshot(page: Path, picture: Path, size: tuple[int, int]) -> None:
        _run(
            [
                *("chromium", "--headless", "--no-sandbox", "--hide-scrollbars"),
                *("--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
                f"--user-data-dir={picture.parent / 'profile'}",
                f"--force-color-profile={told}",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={picture}",
                page.as_uri(),
            ]
        )

    return _on_a_page(files, screenshot)


def _firefox(mode: int, version_4: bool) -> Show:
    """Firefox without a window; 2 manages what has a profile and is its own choice, 1 all."""

    def show(files: Sequence[Path], _: str, display: bytes) -> list[Image.Image]:
        def screenshot(page: Path, picture: Path, size: tuple[int, int]) -> None:
            profile = picture.parent / "profile"
            profile.mkdir()
            settings = {
                "gfx.color_management.mode": str(mode),
                "gfx.color_management.enablev4": str(version_4).lower(),
            }
            if display:
                (profile / "display.icc").write_bytes(display)
                settings["gfx.color_management.display_profile"] = f'"{profile / "display.icc"}"'
            lines = [f'user_pref("{key}", {value});' for key, value in settings.items()]
            (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
            _run(
                [
                    *("firefox-esr", "--headless", "--no-remote", "--profile", profile),
                    *("--window-size", f"{size[0]},{size[1]}", "--screenshot", picture),
                    page.as_uri(),
                ]
            )

        return _on_a_page(files, screenshot)

    return show


_WEBKIT = """
import ctypes, sys, gi
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2
page, picture, width, height, display = sys.argv[1:]
# The screen's profile stands at the root window (ICC Profiles in X, 0.4): atom 6 is CARDINAL.
x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
screen = ctypes.c_void_p(x11.XOpenDisplay(None))
root = ctypes.c_void_p(x11.XDefaultRootWindow(screen))
profile = open(display, "rb").read()
atom = x11.XInternAtom(screen, b"_ICC_PROFILE", 0)
x11.XChangeProperty(screen, root, atom, 6, 8, 0, profile, len(profile))
x11.XSync(screen, 0)
window, view = Gtk.OffscreenWindow(), WebKit2.WebView()
window.set_default_size(int(width), int(height))
window.add(view)
window.show_all()
def snapshot():
    view.get_snapshot(WebKit2.SnapshotRegion.FULL_DOCUMENT, 0, None, finish)
def finish(view, result):
    view.get_snapshot_finish(result).write_to_png(picture)
    Gtk.main_quit()
def changed(view, event):
    if event == WebKit2.LoadEvent.FINISHED:
        GLib.timeout_add(500, snapshot)
view.connect("load-changed", changed)
view.load_uri(page)
GLib.timeout_add_seconds(60, Gtk.main_quit)
Gtk.main()
"""


def webkit(files: Sequence[Path], _: str, display: bytes) -> list[Image.Image]:
    """WebKitGTK, in which Evolution and Geary show mails, on a virtual screen with a profile."""

    def screenshot(page: Path, picture: Path, size: tuple[int, int]) -> None:
        profile = picture.parent / "display.icc"
        profile.write_bytes(display or _srgb())
        _run(
            [
                *("xvfb-run", "-a", _SYSTEM_PYTHON, "-c", _WEBKIT),
                *(page.as_uri(), picture, str(size[0]), str(size[1]), profile),
            ],
            env={"GDK_BACKEND": "x11", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"},
        )

    return _on_a_page(files, screenshot)


def wkhtmltoimage(files: Sequence[Path], _: str, __: bytes) -> list[Image.Image]:
    """The WebKit of Qt 5, ten years old: what knows no profiles at all."""

    def screenshot(page: Path, picture: Path, size: tuple[int, int]) -> None:
        _run(
            [
                *("xvfb-run", "-a", "wkhtmltoimage", "--enable-local-file-access"),
                *("--width", str(size[0]), page, picture),
            ]
        )

    return _on_a_page(files, screenshot)


# --- libraries ------------------------------------------------------------------------------------


def _each(convert: Callable[[Path, Path, Path], None]) -> Show:
    """A library that converts one file after the other to a display's profile."""

    def show(files: Sequence[Path], _: str, display: bytes) -> list[Image.Image]:
        shown = []
        with tempfile.TemporaryDirectory() as folder:
            profile, picture = Path(folder) / "display.icc", Path(folder) / "shown.png"
            profile.write_bytes(display or _srgb())
            for file in files:
                convert(file, profile, picture)
                with Image.open(picture) as image:
                    shown.append(image.convert("RGB"))
        return shown

    return show


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _pillow(file: Path, display: Path, picture: Path) -> None:
    with Image.open(file) as image:
        profile = image.info.get("icc_profile")
        shown: Image.Image | None = image
        if profile:
            shown = ImageCms.profileToProfile(image, io.BytesIO(profile), str(display))
        if shown is not None:
            shown.save(picture, icc_profile=b"")


def _vips(file: Path, display: Path, picture: Path) -> None:
    import pyvips

    image = pyvips.Image.new_from_file(str(file))
    if image.get_typeof("icc-profile-data"):
        image = image.icc_transform(str(display), embedded=True, intent="relative")
    image.write_to_file(str(picture), strip=True)


def _magick(file: Path, display: Path, picture: Path) -> None:
    program = next((each for each in ("magick", "convert") if shutil.which(each)), "magick")
    _run([program, file, "-intent", "Relative", "-profile", display, "-strip", picture])


_QT = """
import sys
from PyQt6.QtGui import QColorSpace, QImage
file, display, picture = sys.argv[1:]
image = QImage(file)
if image.colorSpace().isValid():
    image.convertToColorSpace(QColorSpace.fromIccProfile(open(display, "rb").read()))
image.setColorSpace(QColorSpace())
sys.exit(0 if image.save(picture) else "Qt wrote nothing")
"""
_GDK = """
import sys, gi
gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf
GdkPixbuf.Pixbuf.new_from_file(sys.argv[1]).savev(sys.argv[3], "png", [], [])
"""


def _qt(file: Path, display: Path, picture: Path) -> None:
    _run([_SYSTEM_PYTHON, "-c", _QT, file, display, picture])


def _gdk(file: Path, display: Path, picture: Path) -> None:
    _run([_SYSTEM_PYTHON, "-c", _GDK, file, display, picture])


_ALL = ("sRGB", "Display P3", "Adobe RGB")
PROGRAMS = (
    Program("Chromium", ("sRGB", "Display P3"), chromium),
    Program("Firefox ESR, its own settings", _ALL, _firefox(2, version_4=True)),
    Program("Firefox ESR, mode 2, version 4 off", _ALL, _firefox(2, version_4=False)),
    Program("Firefox ESR, mode 1", _ALL, _firefox(1, version_4=True)),
    Program("WebKitGTK", ("sRGB", "Display P3"), webkit),
    Program("wkhtmltoimage (Qt WebKit)", ("sRGB", "Display P3"), wkhtmltoimage),
    Program("Pillow with LittleCMS", _ALL, _each(_pillow)),
    Program("libvips", _ALL, _each(_vips)),
    Program("ImageMagick", _ALL, _each(_magick)),
    Program("Qt 6", _ALL, _each(_qt)),
    Program("gdk-pixbuf", _ALL, _each(_gdk)),
)
