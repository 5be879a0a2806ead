"""Tries the single file as its user would: ``python single_file.py SINGLE_FILE PHOTOPREP``.

PHOTOPREP is the installation of which SINGLE_FILE was made (``release/single_file``): what the file
makes has to be the same to the byte. It runs from a folder with blanks and Chinese in its name,
with an empty home and no other program to be found. Only Python's own library is used here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PHOTOS = Path(__file__).resolve().parent / "fixtures" / "formats"
# What each needs: Pillow, libheif, libvips with LittleCMS, libavif, OpenJPEG, LibRaw, libjxl.
MIXED = {
    "工具箱 X100/X100 打开.jpg": "jpg-ycck.jpg",
    "工具箱 X100/X100 合起.heic": "heic-10bit.heic",
    "工具箱 X100/X100 背面.tif": "tif-cmyk16.tif",
    "Lamp L2/L2 front.avif": "avif-10bit.avif",
    "Lamp L2/L2 side.jp2": "jp2-rgb16.jp2",
    "Lamp L2/L2 back.dng": "raw-preview.dng",
    "strap.jxl": "jxl-lossy.jxl",
}
_BROKEN = "broken.jpg"
_OURS = "/own libraries"
_LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """A photoprep that runs in ``here``, with nothing else of this computer's to be found."""

    command: Path
    here: Path

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """What it says and ends with."""
        (self.here / "temporary").mkdir(exist_ok=True)
        environment = {
            "HOME": str(self.here / "an empty home"),
            "PATH": str(self.here / "no programs"),
            "TMPDIR": str(self.here / "temporary"),
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": _OURS,
        }
        return subprocess.run(
            [self.command, *words],
            cwd=self.here,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_LIMIT_S,
            check=False,
        )

    def outputs(self, folder: str) -> dict[str, str]:
        """The hashes of the pictures and mails that it has made."""
        out = self.here / folder
        return {
            path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.glob("*/*.*"))
            if path.parent.name in {"photos", "sheets", "mails"}
        }


def main(arguments: list[str]) -> int:
    """Try it; returns 0 when all is as it has to be, and says what is not."""
    file, installed = (Path(argument).absolute() for argument in arguments)
    with tempfile.TemporaryDirectory(prefix="photoprep 单个文件 ") as name:
        folders = [Path(name) / part for part in ("the file's", "the other's")]
        for folder in folders:
            _furnish(folder)
        here = shutil.copy(file, folders[0] / "photoprep 出口")
        single, other = Trial(Path(here), folders[0]), Trial(installed, folders[1])
        with ThreadPoolExecutor(1) as beside:  # each start has much to unpack
            told = beside.submit(_tells, single, other)
            wrong = [*_makes(single, other), *_lives_with_others(single), *told.result()]
        wrong += [f"left behind: {path}" for path in (single.here / "temporary").iterdir()]
    for each in wrong:
        print(f"The single file: {each}")
    print(f"single file: {file.stat().st_size / 1e6:.0f} MB; things that are wrong: {len(wrong)}")
    return 1 if wrong else 0


def _furnish(folder: Path) -> None:
    for name, source in MIXED.items():
        target = folder / "询盘 of it's" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PHOTOS / source, target)
    whole = (PHOTOS / "jpg-baseline.jpg").read_bytes()
    (folder / "询盘 of it's" / _BROKEN).write_bytes(whole[: len(whole) // 2])
    (folder / "INBOX" / "Lamp L2").mkdir(parents=True)
    shutil.copy(PHOTOS / "heic-420.heic", folder / "INBOX" / "Lamp L2" / "L2 open.heic")


def _tells(single: Trial, other: Trial) -> list[str]:
    """What it says of itself, and where it cannot do what an installation can."""
    wrong = []
    if single.run("--version").stdout != other.run("--version").stdout:
        wrong.append("tells another version")
    if "产品照片" not in single.run("--lang", "zh", "--help").stdout:
        wrong.append("does not speak Chinese")
    told = json.loads(single.run("doctor", "--json").stdout)
    states = {row["key"]: row["state"] for row in told["rows"]}
    bad = [key for key, state in states.items() if key.startswith("photos.") and state != "works"]
    if bad or not told["is_well"] or states["beyond.cluster"] != "missing":
        wrong.append(f"its doctor finds: {states}")
    folder = "询盘 of it's"
    for words in (
        (folder, "--out", "x", "--cluster", "tcp://localhost:8786"),
        ("s3://shop/catalogue",),
        (folder, "--out", "gs://shop/catalogue"),
    ):
        said = single.run(*words)
        lines = said.stderr.splitlines()
        if said.returncode != 65 or len(lines) != 2 or "single file" not in lines[1]:
            wrong.append(f"{words}: {said.returncode}, {said.stderr}")
    return wrong


def _makes(single: Trial, other: Trial) -> list[str]:
    """Whether pictures and mails are those of the installation, now and at the second run."""
    wrong = []
    words = ("询盘 of it's", "--date", "2026-11-23")
    for trial in (single, other):
        run = trial.run(*words)
        if run.returncode != 1 or _BROKEN not in run.stderr + run.stdout:
            wrong.append(f"{trial.command}: {run.returncode}, {run.stdout}, {run.stderr}")
    made = single.outputs("询盘 of it's-prepared")
    if made != other.outputs("询盘 of it's-prepared") or len(made) < len(MIXED) + 2:
        differ = set(made.items()) ^ set(other.outputs("询盘 of it's-prepared").items())
        wrong.append(f"makes other files than the installation: {sorted(differ)}")
    # What is new in a folder that is known is made by workers that are begun in another way.
    shutil.copy(PHOTOS / "jpg-cmyk.jpg", single.here / "询盘 of it's" / "Lamp L2" / "L2 open.jpg")
    again = json.loads(single.run(*words, "--json").stdout)
    statuses = [photo["status"] for photo in again["photos"]]
    if sorted(statuses) != ["failed", "prepared", *["reused"] * len(MIXED)]:
        wrong.append(f"at the second run: {statuses}")
    return wrong


def _lives_with_others(single: Trial) -> list[str]:
    """Whether it watches a folder, and what it tells other programs to run."""
    wrong = []
    watched = single.run("watch", "INBOX", "--once")
    if watched.returncode or not list(single.here.glob("INBOX-prepared/*/photos/*.jpg")):
        wrong.append(f"watch: {watched.returncode}, {watched.stderr}")
    if str(single.command) not in single.run("service", "show", "INBOX").stdout:
        wrong.append("its service would run another program")
    single.run("shortcut", "install")
    launchers = list(single.here.glob("an empty home/.local/share/applications/*.desktop"))
    lines = "".join(each.read_text(encoding="utf-8") for each in launchers).splitlines()
    icons = [line.removeprefix("Icon=") for line in lines if line.startswith("Icon=")]
    if not icons or not all(Path(icon).is_file() for icon in icons):
        wrong.append(f"its icon has no picture that stays: {icons}")
    single.run("shortcut", "remove")
    browser = single.here / "browser"
    browser.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH" >browsed\n', encoding="utf-8")
    browser.chmod(0o755)
    opened = single.run("询盘 of it's", "--open", BROWSER=str(browser))
    told = single.here / "browsed"
    if not told.exists() or told.read_text(encoding="utf-8").strip() != _OURS:
        wrong.append(f"gives its libraries to other programs: {opened.stderr}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
