"""How photoprep was installed on this computer, by what its installer has left beside it."""

from __future__ import annotations

import platform
import shutil
import sys
import tomllib
from dataclasses import replace
from importlib import util
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from photoprep.doctor.facts import Installation
from photoprep.installed import is_single_file
from photoprep.version import __version__

EXTRAS = ("raw", "jxl", "mail", "cluster")
_FONT_INSTALLERS = ("apt", "dnf", "zypper", "pacman", "apk")


def look_at_installation(prefix: Path | None = None) -> Installation:
    """How photoprep was installed into the environment at ``prefix``, by default this one."""
    prefix = Path(sys.prefix) if prefix is None else prefix
    bare = Installation(
        version=__version__,
        python_version=platform.python_version(),
        system=f"{_system()} {platform.machine()}",
        python=sys.executable,
        installer="pip",
        requirements=_requirements(),
        font_installer=_font_installer(),
    )
    if is_single_file():
        return replace(bare, installer="single file")
    if (prefix / "pipx_metadata.json").is_file():
        return replace(bare, installer="pipx")
    receipt = prefix / "uv-receipt.toml"
    if receipt.is_file():
        source, extras = _by_receipt(receipt)
        return replace(bare, installer="uv tool", source=source, extras=extras)
    if _said_by_installer() == "uv":
        return replace(bare, installer="uv")
    return bare if util.find_spec("pip") else replace(bare, installer="outer pip")


def _system() -> str:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    if sys.platform == "win32":
        return f"Windows {platform.release()}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _said_by_installer() -> str:
    """What stands in INSTALLER beside the package ("Recording installed projects", PyPA)."""
    try:
        return (distribution("photoprep").read_text("INSTALLER") or "").strip()
    except PackageNotFoundError:
        return ""


def _requirements() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each extra installs, without the condition that it is asked for."""
    try:
        lines = distribution("photoprep").requires or []
    except PackageNotFoundError:
        lines = []
    wanted = [line.replace("'", '"').partition(";") for line in lines]
    return tuple(
        (
            extra,
            tuple(
                what.strip().replace(" ", "")
                for what, _, condition in wanted
                if condition.strip() == f'extra == "{extra}"'
            ),
        )
        for extra in EXTRAS
    )


def _by_receipt(receipt: Path) -> tuple[str, tuple[str, ...]]:
    """What ``uv tool`` was told to install as photoprep, and with which extras.

    The source is an address or a path, and empty where the package came by its name.
    """
    try:
        told: Any = tomllib.loads(receipt.read_text(encoding="utf-8"))
        (ours,) = (each for each in told["tool"]["requirements"] if each["name"] == "photoprep")
        kinds = ("path", "directory", "editable", "url", "git")
        source = next((str(ours[kind]) for kind in kinds if kind in ours), "")
        extras = tuple(str(extra) for extra in ours.get("extras", ()))
    except (OSError, ValueError, KeyError, TypeError):
        return "", ()
    return ("git+" + source if "git" in ours else source), extras


def _font_installer() -> str:
    if sys.platform in {"win32", "darwin"}:
        return "windows" if sys.platform == "win32" else ("brew" if shutil.which("brew") else "")
    return next((name for name in _FONT_INSTALLERS if shutil.which(name)), "")
