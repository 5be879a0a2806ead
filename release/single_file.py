"""photoprep as one file that needs no Python: ``python -m release.single_file [FOLDER]``.

Run it with a Python into which ``photoprep[release]`` is installed; what that one has is what the
file can do, and ``tests/single_file.py`` tries it. It is written into FOLDER, by default ``dist``,
and runs on the kind of system and processor that it was made on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib import util
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ENTRY = Path(__file__).with_name("single_file_entry.py")

# What is loaded by a name that no ``import`` tells, and what brings libraries or data of its own.
_WHOLE = (
    *("photoprep", "anyascii", "nanoarrow", "pyvips", "pyvips_binary"),
    *("keyring", "pillow_jxl", "rawpy"),
)
_RECORDED = ("photoprep", "pillow-jxl-plugin", "rawpy", "keyring")
_SUBMODULES = ("rich._unicode_data", "shellingham", "watchfiles")
_HIDDEN = ("_libvips", "pillow_heif", "backports.zstd")
# Found by way of libraries that can do more than photoprep asks of them; tens of megabytes.
_LEFT_OUT = ("tkinter", "pytest", "setuptools", "pip", "IPython", "matplotlib", "pygments")


def main(arguments: list[str]) -> int:
    """Make the file; returns PyInstaller's exit code."""
    folder = Path(arguments[0] if arguments else "dist").absolute()
    with tempfile.TemporaryDirectory(prefix="photoprep-single-file-") as work:
        command = [sys.executable, "-m", "PyInstaller", "--onefile", "--clean", "--noconfirm"]
        command += ["--log-level", "ERROR", "--name", "photoprep", "--distpath", str(folder)]
        command += ["--workpath", work, "--specpath", work]
        command += _options("--collect-all", tuple(filter(util.find_spec, _WHOLE)))
        command += _options("--collect-submodules", _SUBMODULES)
        command += _options("--hidden-import", _HIDDEN)
        command += _options("--exclude-module", _LEFT_OUT)
        # Records of libraries' versions are part of what makes a picture what it is.
        command += _options("--recursive-copy-metadata", tuple(filter(_is_installed, _RECORDED)))
        command += _options("--add-data", _presets())
        # Elsewhere than in the repository, whose ``photoprep`` is not the one that is installed.
        return subprocess.call([*command, str(ENTRY)], cwd=work)


def _presets() -> tuple[str, ...]:
    """The presets of the repository, which an editable installation has not in its package.

    How it was installed stands in direct_url.json ("Recording the Direct URL Origin", PyPA).
    """
    origin = json.loads(distribution("photoprep").read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return ()
    return (f"{ENTRY.parents[1] / 'presets'}:photoprep/presets",)


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _options(option: str, values: tuple[str, ...]) -> list[str]:
    return [word for value in values for word in (option, value)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
