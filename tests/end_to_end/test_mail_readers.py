"""Every mail of whole series, taken apart by readers of other makers: names, order, bytes."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mail.noisy_photos import noisy_photos
from tests.support import photoprep

_LIMIT_BYTES = 795_904
Attached = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Prepared:
    """An output folder and its report."""

    out: Path
    report: dict[str, Any]

    @classmethod
    def of(cls, photos: Path, out: Path) -> Prepared:
        told = photoprep(photos, "--out", out, "--date", "2026-11-23", "--customer", "C0123")
        assert told.returncode in {0, 1}, told.stderr
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
        assert len(report["mails"]) > 1
        return cls(out, report)


@pytest.fixture(scope="module", params=["generated", "real"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp(f"readers {request.param}")
    if request.param == "real":
        photos = request.getfixturevalue("real_photos") / "products"
    else:
        photos = noisy_photos(folder / "photos")
    return Prepared.of(photos, folder / "out")


def expected(prepared: Prepared, mail: dict[str, Any]) -> list[tuple[str, int]]:
    return [(item["filename"], item["bytes"]) for item in mail["attachments"]]


def mail_path(prepared: Prepared, mail: dict[str, Any]) -> Path:
    path = prepared.out / str(mail["output"])
    assert path.stat().st_size == mail["wire_bytes"] <= _LIMIT_BYTES
    return path


def by_python(path: Path) -> Attached:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert not message.defects
    assert not any(part.defects for part in message.walk())
    return [(str(part.get_filename()), part.get_content()) for part in message.iter_attachments()]


def test_python_reads_what_the_report_says(prepared: Prepared) -> None:
    carried = []
    for mail in prepared.report["mails"]:
        attached = by_python(mail_path(prepared, mail))
        assert [(name, len(data)) for name, data in attached] == expected(prepared, mail)
        for (name, data), item in zip(attached, mail["attachments"], strict=True):
            carried.append(name)
            photo = (prepared.out / item["photo"]).read_bytes()
            assert data == photo or len(data) < len(photo)  # a smaller version, where that saves
    assert len(set(carried)) == len(carried)
    assert len(carried) == len(list(prepared.out.glob("*s/*.jpg")))


@pytest.mark.parametrize("reader", ["munpack", "ripmime"])
def test_another_program_takes_the_same_files_out_in_the_same_order(
    prepared: Prepared, tmp_path: Path, reader: str
) -> None:
    if shutil.which(reader) is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ:
        pytest.skip(f"{reader} is not installed (Debian packages mpack and ripmime)")
    take_apart = {"munpack": by_munpack, "ripmime": by_ripmime}[reader]
    for number, mail in enumerate(prepared.report["mails"]):
        path = mail_path(prepared, mail)
        folder = tmp_path / str(number)
        folder.mkdir()
        assert take_apart(path, folder) == by_python(path)


def by_munpack(path: Path, folder: Path) -> Attached:
    """What it writes, in the order in which it says so: ``name (image/jpeg)``."""
    told = run("munpack", "-C", str(folder), str(path))
    names = [line.rpartition(" (")[0] for line in told if line.endswith("(image/jpeg)")]
    assert {each.name for each in folder.glob("*.jpg")} == set(names)
    return [(name, (folder / name).read_bytes()) for name in names]


def by_ripmime(path: Path, folder: Path) -> Attached:
    """What it writes, in the order in which it says so: ``Decoding filename=name``."""
    told = run("ripmime", "-v", "--no-nameless", "-i", str(path), "-d", str(folder))
    said = "Decoding filename="
    names = [line.removeprefix(said) for line in told if line.startswith(said)]
    assert {each.name for each in folder.iterdir()} == set(names)
    return [(name, (folder / name).read_bytes()) for name in names]


def run(*command: str) -> list[str]:
    told = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, timeout=60
    )
    # munpack lets a CR of the message's through.
    return told.stdout.decode("utf-8").replace("\r", "").split("\n")
