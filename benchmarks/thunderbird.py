"""Thunderbird with a real mail open, its pictures in the letter, on a virtual screen.

It is asked as it comes, for mails opened from a file need no account. Its settings are Firefox's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.viewers import Program, ViewerMissingError

_SCREEN_PX = (1200, 1100)
_MARK = (255, 0, 255)  # a bar above the first picture, by which the letter is found in the window
_MARK_PX = 16
_LONGEST_S = 90
_SETTLED_S = 3.0
_QUIET = (
    '"mail.provider.suppress_dialog_on_startup", true',
    '"mail.spotlight.firstRunDone", true',
    '"mail.shell.checkDefaultClient", false',
    '"mailnews.start_page.enabled", false',
    '"datareporting.policy.dataSubmissionEnabled", false',
    '"app.donation.eoy.version.viewed", 999',
)


def show(files: Sequence[Path], _: str, display: bytes) -> list[Image.Image]:
    """Each file as it stands in a letter that Thunderbird has open."""
    for program in ("thunderbird", "Xvfb", "import"):
        if shutil.which(program) is None:
            raise ViewerMissingError(f"{program} is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, _screen() as screen:
        folder = Path(name)
        (folder / "letter.eml").write_bytes(_letter(files))
        _settings(folder, display)
        window = subprocess.Popen(
            [
                *("thunderbird", "--no-remote", "--profile", folder / "profile"),
                *("-file", folder / "letter.eml"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"DISPLAY": screen},
        )
        try:
            return _cut_out(files, folder / "screen.png", screen)
        finally:
            window.terminate()
            window.wait()


def _settings(folder: Path, display: bytes) -> None:
    (folder / "profile").mkdir()
    settings = list(_QUIET)
    if display:
        (folder / "display.icc").write_bytes(display)
        settings.append(f'"gfx.color_management.display_profile", "{folder / "display.icc"}"')
    lines = "\n".join(f"user_pref({each});" for each in settings)
    (folder / "profile" / "user.js").write_text(lines, encoding="utf-8")


def _letter(files: Sequence[Path]) -> bytes:
    red, green, blue = _MARK
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "Colours"
    letter["Date"], letter["Message-ID"] = "Wed, 25 Nov 2026 06:00:00 +0000", "<1@example.org>"
    letter.set_content("Colours")
    letter.add_alternative(
        f'<body style="margin:0"><div style="width:{_MARK_PX * 4}px;height:{_MARK_PX}px;'
        f'background:rgb({red},{green},{blue})"></div>'
        + "".join(
            f'<img style="display:block" src="cid:{number}@example.org">'
            for number in range(len(files))
        ),
        subtype="html",
    )
    html = letter.get_body(("html",))
    if not isinstance(html, EmailMessage):
        raise TypeError("the letter has no HTML")
    for number, file in enumerate(files):
        html.add_related(
            file.read_bytes(), "image", "jpeg", cid=f"<{number}@example.org>", disposition="inline"
        )
    return letter.as_bytes()


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual screen of its own; its name."""
    size = f"{_SCREEN_PX[0]}x{_SCREEN_PX[1]}x24"
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _cut_out(files: Sequence[Path], picture: Path, screen: str) -> list[Image.Image]:
    """The pictures below the mark, once it is there and what is below has come to rest."""
    deadline, before = time.monotonic() + _LONGEST_S, b""
    while time.monotonic() < deadline:
        subprocess.run(["import", "-display", screen, "-window", "root", picture], check=True)
        with Image.open(picture) as shot:
            whole = shot.convert("RGB")
        marked = np.argwhere((np.asarray(whole) == _MARK).all(-1))
        if len(marked) and whole.tobytes() == before:
            left, top = int(marked[:, 1].min()), int(marked[:, 0].max()) + 1
            shown = []
            for file in files:
                with Image.open(file) as image:
                    width, height = image.size
                shown.append(whole.crop((left, top, left + width, top + height)))
                top += height
            return shown
        before = whole.tobytes()
        time.sleep(_SETTLED_S)
    raise ViewerMissingError(f"Thunderbird showed no letter in {_LONGEST_S} s")


THUNDERBIRD = Program("Thunderbird", ("sRGB", "Display P3", "Adobe RGB"), show)
