"""The command that installs what is missing. Pure: by how photoprep itself was installed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath
from subprocess import list2cmdline

from photoprep.doctor.facts import Installation
from photoprep.sheet.font_table import Script

_CJK: tuple[Script, ...] = ("chinese", "taiwanese", "japanese", "korean")
_NOTO: dict[Script, str] = {
    "arabic": "arabic",
    "hebrew": "hebrew",
    "thai": "thai",
    "devanagari": "devanagari",
}
# "Available language packs for Windows" and "Features on demand" (Microsoft): names of fonts.
_CAPABILITIES: dict[Script, str] = {
    "chinese": "Hans~~~und-HANS",
    "taiwanese": "Hant~~~und-HANT",
    "japanese": "Jpan~~~und-JPAN",
    "korean": "Kore~~~und-KORE",
    "arabic": "Arab~~~und-ARAB",
    "hebrew": "Hebr~~~und-HEBR",
    "thai": "Thai~~~und-THAI",
    "devanagari": "Deva~~~und-DEVA",
}


def extra_command(extra: str, here: Installation) -> str:
    """What to type so that an extra is installed beside photoprep; empty where it cannot be."""
    is_windows = here.system.startswith("Windows")
    wanted = dict(here.requirements).get(extra, ())
    if not wanted or here.installer == "single file":
        return ""
    match here.installer:
        case "pipx":
            words = ["pipx", "inject", "photoprep", *wanted]
        case "uv tool":
            words = ["uv", "tool", "install", _with_extra(extra, here, is_windows=is_windows)]
        case "uv":
            words = ["uv", "pip", "install", "--python", here.python, *wanted]
        case "outer pip":
            outer = "py" if is_windows else "python3"
            words = [outer, "-m", "pip", "--python", here.python, "install", *wanted]
        case _:
            words = [here.python, "-m", "pip", "install", *wanted]
    return _typed(words, is_windows=is_windows)


def _with_extra(extra: str, here: Installation, *, is_windows: bool) -> str:
    """What ``uv tool`` is to install: the same as before, and one extra more.

    PEP 508 has an address behind the name, and no path; those that there are already are kept.
    """
    extras = ",".join(sorted({*here.extras, extra}))
    if not here.source:
        return f"photoprep[{extras}]"
    source = here.source
    if "://" not in source:
        path = PureWindowsPath(source) if is_windows else PurePosixPath(source)
        source = path.as_uri()
    return f"photoprep[{extras}] @ {source}"


def _typed(words: Sequence[str], *, is_windows: bool) -> str:
    """Words as they are typed into a shell of the system: bash and its like, or cmd.

    ``>`` and ``[`` are signs of the shell's own, so that a requirement stands in quotes; those of
    cmd are double ones.
    """
    if not is_windows:
        return shlex.join(words)
    return " ".join(
        f'"{word}"' if any(sign in word for sign in "<>&|^[") else list2cmdline([word])
        for word in words
    )


def font_command(scripts: Sequence[Script], here: Installation) -> str:
    """What to type so that these scripts have a font; empty where no command is known."""
    east_asian = [script for script in scripts if script in _CJK]
    others = [_NOTO[script] for script in scripts if script in _NOTO]
    match here.font_installer:
        case "apt":
            return _install(
                "sudo apt install",
                "fonts-noto-cjk" if east_asian else "",
                "fonts-noto-core" if others else "",
            )
        case "dnf" | "zypper" as installer:
            return _install(
                f"sudo {installer} install",
                "google-noto-sans-cjk-fonts" if east_asian else "",
                *(f"google-noto-sans-{name}-fonts" for name in others),
            )
        case "pacman":
            return _install(
                "sudo pacman -S",
                "noto-fonts-cjk" if east_asian else "",
                "noto-fonts" if others else "",
            )
        case "apk":
            return _install(
                "sudo apk add",
                "font-noto-cjk" if east_asian else "",
                *(f"font-noto-{name}" for name in others),
            )
        case "brew":
            return _install(
                "brew install --cask",
                "font-noto-sans-cjk" if east_asian else "",
                *(f"font-noto-sans-{name}" for name in others),
            )
        case "windows":
            names = [_CAPABILITIES[script] for script in scripts if script in _CAPABILITIES]
            return "; ".join(
                f"Add-WindowsCapability -Online -Name Language.Fonts.{name}~0.0.1.0"
                for name in names
            )
    return ""


def _install(command: str, *packages: str) -> str:
    wanted = " ".join(filter(None, packages))
    return f"{command} {wanted}" if wanted else ""
