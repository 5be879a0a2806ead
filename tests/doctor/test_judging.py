"""Facts become rows: what is missing has its command, and only what is required fails."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console

from photoprep.doctor.facts import (
    Facts,
    Installation,
    Installer,
    Library,
    Mail,
    Place,
    SampleRead,
    ScriptDrawn,
    Watching,
    Workers,
)
from photoprep.doctor.judging import Row, is_well, judged
from photoprep.doctor.looking import SAMPLES
from photoprep.doctor.page import print_rows, rows_json
from photoprep.doctor.remedies import extra_command, font_command
from photoprep.doctor.worker import SCRIPT_SAMPLES

HERE = Installation(
    version="1.0",
    python_version="3.11.7",
    system="Debian GNU/Linux 12 (bookworm) x86_64",
    python="/home/li hua/venv/bin/python",
    installer="pip",
    requirements=(
        ("raw", ("rawpy>=0.24",)),
        ("jxl", ("pillow-jxl-plugin>=1.3",)),
        ("mail", ("keyring>=25.0",)),
        ("cluster", ("dask>=2025.1", "s3fs>=2025.3")),
    ),
    font_installer="apt",
)
WELL = Facts(
    installation=HERE,
    language="en",
    samples=tuple(SampleRead(key, "read") for key in SAMPLES),
    workers=Workers(8, 4_000_000_000, (("Pillow", "13.0.0"), ("libheif", "1.23.6"))),
    scripts=tuple(ScriptDrawn(script, f"Noto Sans {script}") for script in SCRIPT_SAMPLES),
    fonts_why="",
    mail=Mail(True, "macOS Keyring", accounts=("work", "home")),
    beyond=(Library("Dask", "2026.9.0"), Library("s3fs", "2026.9.0")),
    watching=Watching("/home/li hua/询价", "ext4", True, True),
    outputs=Place("/home/li hua", 120_000_000_000),
    temporary=Place("/home/li hua/tmp", 9_000_000_000),
    is_folder_given=True,
)


def row(facts: Facts, key: str) -> Row:
    (found,) = (each for each in judged(facts) if each.key == key)
    return found


def sampled(key: str, read: str, why: str = "") -> Facts:
    changed = SampleRead(key, read, why)  # type: ignore[arg-type]
    samples = [changed if each.key == key else each for each in WELL.samples]
    return replace(WELL, samples=tuple(samples))


def test_where_all_is_well_every_row_works_and_keys_are_unique() -> None:
    rows = judged(WELL)
    assert {each.state for each in rows} == {"works"}
    assert len({each.key for each in rows}) == len(rows)
    assert is_well(rows)


def test_the_keys_are_those_that_are_promised() -> None:
    page = (Path(__file__).parents[2] / "docs/install.md").read_text(encoding="utf-8")
    for each in judged(WELL):
        assert f"`{each.key}`" in page


def test_where_all_is_well_it_fits_on_one_screen() -> None:
    written = io.StringIO()
    terminal = Console(file=written, force_terminal=True, width=80, height=24, no_color=True)
    print_rows(WELL, judged(WELL), terminal, "en")
    lines = written.getvalue().splitlines()
    assert len(lines) < 24
    plain = Console(file=io.StringIO(), width=80)
    assert all(plain.measure(line).maximum <= 90 for line in lines)  # with styles


@pytest.mark.parametrize("key", SAMPLES)
def test_a_broken_format_is_told_and_fails_only_where_it_is_no_extra(key: str) -> None:
    facts = sampled(key, "broken", "it fell apart")
    found = row(facts, f"photos.{key}")
    assert (found.state, "it fell apart" in found.said) == ("broken", True)
    assert is_well(judged(facts)) is (key in {"raw", "jpeg-xl"})


@pytest.mark.parametrize(("key", "command"), [("raw", "rawpy"), ("jpeg-xl", "pillow-jxl-plugin")])
def test_a_missing_extra_is_no_failure_and_has_its_command(key: str, command: str) -> None:
    facts = sampled(key, "missing")
    found = row(facts, f"photos.{key}")
    assert (found.state, found.is_required) == ("missing", False)
    assert command in found.command
    assert is_well(judged(facts))


def test_workers_that_do_not_start_fail() -> None:
    facts = replace(WELL, workers=Workers(8, why="no such library"))
    assert row(facts, "photos.workers").state == "broken"
    assert not is_well(judged(facts))


def test_a_little_memory_is_a_notice() -> None:
    facts = replace(WELL, workers=Workers(1, 750_000_000))
    assert row(facts, "photos.workers").state == "notice"
    assert is_well(judged(facts))


def test_a_script_without_a_font_is_no_failure_but_latin_is() -> None:
    without = tuple(
        replace(each, family="") if each.script in {"korean", "thai"} else each
        for each in WELL.scripts
    )
    facts = replace(WELL, scripts=without)
    assert row(facts, "fonts.thai").command == "sudo apt install fonts-noto-cjk fonts-noto-core"
    assert is_well(judged(facts))
    none = tuple(replace(each, family="") for each in WELL.scripts)
    assert not is_well(judged(replace(WELL, scripts=none)))
    assert not is_well(judged(replace(WELL, scripts=(), fonts_why="it crashed")))


@pytest.mark.parametrize(
    ("mail", "key", "state"),
    [
        (Mail(False), "mail.keyring", "missing"),
        (Mail(True), "mail.keyring", "missing"),
        (Mail(True, keyring_why="RuntimeError: no"), "mail.keyring", "broken"),
        (Mail(True, "macOS Keyring"), "mail.accounts", "missing"),
        (Mail(True, accounts_why="This is not valid TOML"), "mail.accounts", "broken"),
    ],
)
def test_mail_never_fails(mail: Mail, key: str, state: str) -> None:
    facts = replace(WELL, mail=mail)
    assert row(facts, key).state == state
    assert is_well(judged(facts))


@pytest.mark.parametrize(
    ("watching", "state"),
    [
        (Watching("/nas", "cifs", False, True), "notice"),
        (Watching("/nas", "", True, True), "works"),
        (Watching("/nas", "ext4", True, False), "notice"),
        (Watching("/nas", "ext4", True, True, "OS file watch limit reached"), "notice"),
    ],
)
def test_a_folder_without_events_is_a_notice(watching: Watching, state: str) -> None:
    facts = replace(WELL, watching=watching)
    assert row(facts, "watching.events").state == state
    assert is_well(judged(facts))


def test_a_place_that_cannot_be_written_fails_where_somebody_named_it() -> None:
    read_only = Place("/media/cdrom", 0, "Read-only file system")
    assert not is_well(judged(replace(WELL, outputs=read_only)))
    assert is_well(judged(replace(WELL, outputs=read_only, is_folder_given=False)))
    scarce = replace(WELL, outputs=Place("/", 1_000_000))
    assert row(scarce, "disk.outputs").state == "notice"
    full = replace(WELL, temporary=Place("/home/li hua/tmp", 0, "No space left on device"))
    assert row(full, "disk.temporary").state == "notice"
    assert is_well(judged(full))


COMMANDS = {
    "pip": "'/home/li hua/venv/bin/python' -m pip install 'rawpy>=0.24'",
    "outer pip": "python3 -m pip --python '/home/li hua/venv/bin/python' install 'rawpy>=0.24'",
    "uv": "uv pip install --python '/home/li hua/venv/bin/python' 'rawpy>=0.24'",
    "uv tool": "uv tool install 'photoprep[raw]'",
    "pipx": "pipx inject photoprep 'rawpy>=0.24'",
    "single file": "",
}


@pytest.mark.parametrize("installer", get_args(Installer))
def test_the_command_is_that_of_whatever_installed_photoprep(installer: Installer) -> None:
    assert extra_command("raw", replace(HERE, installer=installer)) == COMMANDS[installer]


def test_uv_installs_from_where_it_did_with_the_extras_that_there_were() -> None:
    here = replace(HERE, installer="uv tool", source="/home/李 华/photoprep.whl", extras=("raw",))
    assert extra_command("jxl", here) == (
        "uv tool install 'photoprep[jxl,raw] @ file:///home/%E6%9D%8E%20%E5%8D%8E/photoprep.whl'"
    )


def test_windows_has_quotes_of_its_own() -> None:
    here = replace(HERE, system="Windows 11 AMD64", python=r"C:\Program Files\py\python.exe")
    assert extra_command("raw", here) == (
        r'"C:\Program Files\py\python.exe" -m pip install "rawpy>=0.24"'
    )
    away = replace(here, installer="uv tool", source=r"C:\my files\photoprep.whl")
    assert extra_command("raw", away).endswith('@ file:///C:/my%20files/photoprep.whl"')


@pytest.mark.parametrize(
    ("installer", "words"),
    [
        ("apt", "fonts-noto-cjk"),
        ("dnf", "google-noto-sans-thai-fonts"),
        ("pacman", "noto-fonts-cjk"),
        ("brew", "--cask font-noto-sans-cjk"),
        ("windows", "Language.Fonts.Thai~~~und-THAI~0.0.1.0"),
    ],
)
def test_fonts_come_by_the_systems_own_command(installer: str, words: str) -> None:
    here = replace(HERE, font_installer=installer)
    assert words in font_command(["korean", "thai"], here)
    assert font_command([], here) == ""
    assert font_command(["thai"], replace(HERE, font_installer="")) == ""


def test_rows_that_are_alike_are_one_line_for_a_person_and_stay_apart_for_programs() -> None:
    facts = replace(sampled("raw", "missing"), mail=Mail(True))
    written = io.StringIO()
    print_rows(facts, judged(facts), Console(file=written, width=200), "en")
    said = written.getvalue()
    assert "✓ JPEG, PNG, TIFF, WebP, BMP, GIF, JPEG 2000, Photoshop, AVIF: Pillow 13.0.0" in said
    assert f"Install what reads it: {COMMANDS['pip']}" in said.replace(os.linesep, "\n")
    told = rows_json(facts, judged(facts), "en")
    assert set(told) == {"schema", "is_well", "rows", "facts"}
    rows = told["rows"]
    assert isinstance(rows, list)
    assert [each["key"] for each in rows] == [each.key for each in judged(facts)]


@pytest.mark.parametrize(
    ("libraries", "state", "said"),
    [
        ((Library("Dask", "1.2"), Library("s3fs", "3.4")), "works", "Dask 1.2, s3fs 3.4"),
        ((Library("Dask", "1.2"), Library("s3fs")), "missing", "not installed"),
        ((Library("Dask"), Library("s3fs")), "missing", "not installed"),
        ((Library("Dask", "1.2", "no tornado"), Library("s3fs")), "broken", "Dask: no tornado"),
    ],
)
def test_what_clusters_and_stores_need_is_told_and_never_required(
    libraries: tuple[Library, ...], state: str, said: str
) -> None:
    facts = replace(WELL, beyond=libraries)
    told = row(facts, "beyond.cluster")
    assert told.state == state
    assert said in told.said
    assert (told.command != "") == (state != "works")
    assert "s3fs>=2025.3" in told.command or state == "works"
    assert is_well(judged(facts))
