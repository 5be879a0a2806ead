"""Drafts as prepare leaves them, made of bytes at hand: an output folder with its report."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from pathlib import Path

CRLF = "\r\n"


@dataclass(frozen=True)
class Drawn:
    """One draft: its place in the series, what it has attached, and what becomes of its head."""

    number: int
    total: int
    pictures: tuple[bytes, ...]
    series: str = "<root.0001@example.com>"
    version: str = "a"

    @property
    def message_id(self) -> str:
        return f"<part-{self.number}.{self.version}@example.com>"

    @property
    def subject(self) -> str:
        return f"Pictures: 工具箱 Toolbox ({self.number}/{self.total})"

    @property
    def filename(self) -> str:
        return f"mail-{self.number}-of-{self.total}.eml"


def draft_bytes(drawn: Drawn, *, more_headers: str = "", without: tuple[str, ...] = ()) -> bytes:
    """The message in the form that lies in an output folder."""
    subject = base64.b64encode(drawn.subject.encode()).decode()
    headers = {
        "From": "Li Na <li.na@example.com>",
        "Subject": f"=?utf-8?b?{subject}?=",
        "Date": "Mon, 23 Nov 2026 12:00:00 +0000",
        "Message-ID": drawn.message_id,
        "References": drawn.series,
        "MIME-Version": "1.0",
        "X-Unsent": "1",
        "Content-Type": 'multipart/mixed; boundary="=_b"',
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if name not in without]
    lines += [*more_headers.splitlines(), "", "--=_b", "Content-Type: text/plain", ""]
    lines += ["Dear Sir or Madam,", ""]
    for number, picture in enumerate(drawn.pictures):
        coded = base64.encodebytes(picture).decode().splitlines()
        lines += ["--=_b", "Content-Type: image/jpeg", "Content-Transfer-Encoding: base64"]
        lines += [f'Content-Disposition: attachment; filename="Toolbox_{number}.jpg"', ""]
        lines += coded
    return CRLF.join([*lines, "--=_b--", ""]).encode("ascii")


def series(
    total: int, *, version: str = "a", seed: int = 0, size_bytes: int = 3_000
) -> list[Drawn]:
    """The drafts of one series; ``seed`` decides the content of the pictures."""
    rng = random.Random(seed)
    return [
        Drawn(number, total, (rng.randbytes(size_bytes), rng.randbytes(50)), version=version)
        for number in range(1, total + 1)
    ]


def output_folder(folder: Path, drafts: list[Drawn]) -> Path:
    """A folder with these drafts in it, as prepare leaves it."""
    (folder / "mails").mkdir(parents=True, exist_ok=True)
    (folder / ".photoprep").mkdir(exist_ok=True)
    for drawn in drafts:
        (folder / "mails" / drawn.filename).write_bytes(draft_bytes(drawn))
    rows = [{"output": f"mails/{drawn.filename}"} for drawn in drafts]
    (folder / "report.json").write_text(json.dumps({"schema": 1, "mails": rows}))
    return folder
