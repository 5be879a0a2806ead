"""Sheets through the real command: which are made, what they show, and how runs after use them."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from photoprep.errors import ExitCode
from tests.flat import GREEN, RED, YELLOW, check_cells, codes, flat, sources, two_products
from tests.support import contents, outputs, photoprep, written

DAY = "2026-11-23"
OVERVIEW = "sheets/Overview_sheet-1_20261123.jpg"
TOOLBOX = "sheets/Toolbox_X100_sheet-1_20261123.jpg"
MOST_BYTES, MOST_PX = 400_000, 944


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two products, and the output folder beside it."""
    folder = tmp_path_factory.mktemp("sheets") / "photos"
    two_products(folder)
    assert photoprep(folder, "--date", DAY).returncode == ExitCode.DONE
    return folder


@pytest.fixture
def photos(once: Path, tmp_path: Path) -> Path:
    """The same, for a test to change; times stay, so that photos are known again."""
    shutil.copytree(once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "photos"


def report_of(photos: Path) -> dict[str, Any]:
    path = photos.with_name("photos-prepared") / "report.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def sheets_of(photos: Path) -> dict[str, dict[str, Any]]:
    return {row["output"]: row for row in report_of(photos)["sheets"]}


def run(photos: Path, *arguments: str | Path) -> dict[str, Any]:
    done = photoprep(photos, "--date", DAY, *arguments)
    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    return report_of(photos)


def test_an_overview_and_a_sheet_of_the_product_with_three_views(once: Path) -> None:
    sheets = sheets_of(once)
    assert list(sheets) == [OVERVIEW, TOOLBOX]
    assert sources(sheets[OVERVIEW]) == ["Lamp L2/closed.png", "Toolbox X100/closed.png"]
    assert sources(sheets[TOOLBOX]) == [
        "Toolbox X100/closed.png",
        "Toolbox X100/open.png",
        "Toolbox X100/back.png",
        "Toolbox X100/not included strap.png",
    ]
    captions = [cell["caption"] for cell in sheets[TOOLBOX]["cells"]]
    assert captions[:3] == ["Closed", "Open", "Rear view"]
    assert "Strap" in captions[3]
    assert [cell["caption"] for cell in sheets[OVERVIEW]["cells"]] == ["Lamp L2", "Toolbox X100"]


def test_every_sheet_is_what_the_contract_says(once: Path) -> None:
    colours = two_products(once)
    for output, row in sheets_of(once).items():
        path = once.with_name("photos-prepared") / output
        assert path.stat().st_size == row["bytes"] <= MOST_BYTES
        assert max(row["width_px"], row["height_px"]) <= MOST_PX
        assert (row["page"], row["pages"]) == (1, 1)
        check_cells(row, path, colours)


def test_accessories_that_are_not_included_stand_below_the_rest(once: Path) -> None:
    *own, apart = sheets_of(once)[TOOLBOX]["cells"]
    lowest = max(cell["y_px"] + cell["height_px"] for cell in own)
    assert apart["source"] == "Toolbox X100/not included strap.png"
    assert apart["y_px"] > lowest + 20  # their caption and a heading stand between


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        (("--sheet", "overview"), [OVERVIEW]),
        (("--sheet", "per-product"), [TOOLBOX]),
        (("--sheet", "none"), []),
        (("--no-sheets",), []),
    ],
)
def test_the_command_line_chooses(photos: Path, asked: tuple[str, ...], made: list[str]) -> None:
    report = run(photos, *asked)
    assert [row["output"] for row in report["sheets"]] == made
    out = photos.with_name("photos-prepared")
    assert sorted(name for name in outputs(out) if name.startswith("sheets/")) == made


def test_the_preset_chooses(photos: Path, tmp_path: Path) -> None:
    preset = Path(__file__).parents[2] / "presets/trade-email.toml"
    text = preset.read_text("utf-8").replace('["overview", "per-product"]', '["per-product"]')
    own = written(tmp_path / "own.toml", text)
    assert [row["output"] for row in run(photos, "--preset", own)["sheets"]] == [TOOLBOX]


def test_a_second_run_makes_nothing_and_changes_not_a_byte(photos: Path) -> None:
    out = photos.with_name("photos-prepared")
    run(photos)
    before, record = contents(out), (out / ".photoprep/state.db").read_bytes()
    sheets = run(photos)["sheets"]
    assert contents(out) == before
    assert (out / ".photoprep/state.db").read_bytes() == record
    assert [row["output"] for row in sheets] == [OVERVIEW, TOOLBOX]


def test_one_worker_makes_the_bytes_of_two(once: Path, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = photoprep(once, "--date", DAY, "--jobs", jobs, "--out", tmp_path / jobs)
        assert done.returncode == ExitCode.DONE, done.stderr
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert outputs(tmp_path / "1") == outputs(once.with_name("photos-prepared"))


def test_a_rehearsal_tells_the_same_and_writes_nothing(once: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = json.loads(photoprep(once, "--date", DAY, "--out", out, "--dry-run", "--json").stdout)
    assert not out.exists()
    assert told["sheets"] == report_of(once)["sheets"]


def test_a_rehearsal_of_a_change_leaves_the_sheets_as_they_are(photos: Path) -> None:
    out = photos.with_name("photos-prepared")
    flat(photos / "Toolbox X100/back.png", YELLOW)
    shutil.rmtree(photos / "Lamp L2")
    before = contents(out)
    told = json.loads(photoprep(photos, "--date", DAY, "--dry-run", "--json").stdout)
    assert contents(out) == before
    assert OVERVIEW in told["taken_away"]
    assert told["sheets"] == run(photos)["sheets"]


def mails_of(photos: Path) -> list[tuple[list[str], str]]:
    """The names of the attachments of each mail, and its letter."""
    out = photos.with_name("photos-prepared")
    mails = []
    for row in report_of(photos)["mails"]:
        data = (out / row["output"]).read_bytes()
        assert len(data) == row["wire_bytes"]
        message = email.message_from_bytes(data, policy=email.policy.SMTP)
        names = []
        for part, item in zip(message.iter_attachments(), row["attachments"], strict=True):
            assert part.get_content() == (out / item["photo"]).read_bytes()
            names.append(str(part.get_filename()))
        body = message.get_body(("plain",))
        assert body is not None
        mails.append((names, body.get_content()))
    return mails


def test_a_sheet_is_mailed_once_ahead_of_what_it_shows(once: Path) -> None:
    names = [name for attached, _ in mails_of(once) for name in attached]
    sheets = [OVERVIEW.removeprefix("sheets/"), TOOLBOX.removeprefix("sheets/")]
    assert len(names) == len(set(names)) == 8
    assert names[0] == sheets[0]
    toolbox = [name for name in names if name.startswith("Toolbox")]
    assert toolbox[0] == sheets[1]
    letter = mails_of(once)[0][1]
    assert f"All products\n- overview: {sheets[0]}\n" in letter.replace("\r\n", "\n")
    assert f"Toolbox X100\n- overview: {sheets[1]}\n" in letter.replace("\r\n", "\n")


def noisy(folder: Path) -> None:
    """Products whose photos and sheets need all the bytes they may have."""
    from PIL import Image  # the pictures of noise are this test's alone

    for product in ("Box B1", "Can C2"):
        for view in ("closed", "open", "back"):
            path = folder / product / f"{view}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            mixed = Image.effect_noise((1000, 750), 60)
            Image.merge("RGB", (mixed, mixed.rotate(180), mixed)).save(path, quality=90)


def test_mails_keep_their_limit_where_mails_are_small(tmp_path: Path) -> None:
    noisy(tmp_path / "photos")
    photoprep(tmp_path / "photos", "--date", DAY, "--preset", "trade-email-light")
    report = report_of(tmp_path / "photos")
    assert len(report["sheets"]) >= 3
    assert all(mail["wire_bytes"] <= 600_000 - 4096 for mail in report["mails"])
    mailed = [name for names, _ in mails_of(tmp_path / "photos") for name in names]
    ready = [row["output"] for row in (*report["sheets"], *report["photos"]) if row["output"]]
    assert sorted(mailed) == sorted(name.rpartition("/")[2] for name in ready)


def test_a_sheet_is_never_larger_than_a_mail_carries(tmp_path: Path) -> None:
    """The preset's sheets may have more bytes than its mails: they are made to fit."""
    noisy(tmp_path / "photos")
    preset = Path(__file__).parents[2] / "presets/trade-email-light.toml"
    text = preset.read_text("utf-8").replace("600 kB", "300 kB").replace("500 kB", "300 kB")
    own = written(tmp_path / "own.toml", text + '\n[sheet]\nmax_bytes = "2 MB"\n')
    photoprep(tmp_path / "photos", "--date", DAY, "--preset", own)
    report = report_of(tmp_path / "photos")
    assert report["mails"], report["findings"]
    assert all(mail["wire_bytes"] <= 300_000 - 4096 for mail in report["mails"])
    assert {"mail-too-large", "sheet-failed"}.isdisjoint(codes(report["findings"]))
    carried = {name for names, _ in mails_of(tmp_path / "photos") for name in names}
    assert {row["output"].rpartition("/")[2] for row in report["sheets"]} <= carried
    assert max(row["bytes"] for row in report["sheets"]) > 100_000


def test_letters_that_no_font_has_are_said_at_every_run(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    rows = ["file,product,model,view"]
    for view, colour in (("closed", RED), ("open", YELLOW), ("back", GREEN)):
        flat(photos / f"{view}.png", colour)
        rows.append(f"{view}.png,Trap \U0001faa4,L2,{view}")
    written(photos / "products.csv", "\n".join(rows))
    for _ in range(2):
        done = photoprep(photos, "--date", DAY)
        assert done.returncode == ExitCode.SOME_FAILED
        (finding,) = [
            row for row in report_of(photos)["findings"] if row["code"] == "sheet-letters-missing"
        ]
        assert finding["severity"] == "error"
        assert "U+1FAA4 MOUSE TRAP" in finding["message"]
        assert "U+1FAA4 MOUSE TRAP" in done.stdout + done.stderr
