"""The main job through the real command, on the demo's photos: what a salesperson would get."""

from __future__ import annotations

import email
import email.policy
import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from photoprep.demo import make_demo_folder
from tests.support import contents, outputs, photoprep

WIRE_LIMIT_BYTES = 800_000 - 4_096


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of product photos as they come, prepared once."""
    folder = tmp_path_factory.mktemp("end to end") / "product photos 产品"
    make_demo_folder(folder, megapixels=3)
    return folder


@pytest.fixture(scope="module")
def originals(demo: Path) -> dict[str, str]:
    return contents(demo)


@pytest.fixture(scope="module")
def first_run(demo: Path, originals: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return photoprep(demo)


@pytest.fixture(scope="module")
def prepared(demo: Path, first_run: subprocess.CompletedProcess[str]) -> Path:
    return demo.with_name(f"{demo.name}-prepared")


@pytest.fixture(scope="module")
def report(prepared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((prepared / "report.json").read_text(encoding="utf-8"))
    return loaded


def rows(report: dict[str, Any], status: str) -> list[dict[str, Any]]:
    return [row for row in report["photos"] if row["status"] == status]


def test_originals_stay_as_they_are(demo: Path, originals: dict[str, str], prepared: Path) -> None:
    assert contents(demo) == originals


def test_the_broken_photo_costs_itself_alone_and_says_why(
    first_run: subprocess.CompletedProcess[str], report: dict[str, Any]
) -> None:
    assert first_run.returncode == 1
    (failed,) = rows(report, "failed")
    assert "damaged or ends too early" in failed["error"]
    assert failed["source"] in first_run.stdout
    assert "Copy it from the camera again" in first_run.stdout
    assert "Traceback" not in first_run.stdout + first_run.stderr


def test_every_file_has_its_row(demo: Path, report: dict[str, Any]) -> None:
    found = {path.relative_to(demo).as_posix() for path in demo.rglob("*") if path.is_file()}
    assert [row["source"] for row in report["photos"]] == list(
        dict.fromkeys(row["source"] for row in report["photos"])
    )
    assert {row["source"] for row in report["photos"]} == found
    assert {row["status"] for row in report["photos"]} == {"prepared", "skipped", "failed"}


def test_every_photo_is_what_the_contract_says(prepared: Path, report: dict[str, Any]) -> None:
    assert len(rows(report, "prepared")) >= 8
    for row in rows(report, "prepared"):
        path = prepared / row["output"]
        assert path.stat().st_size == row["bytes"] <= 200_000
        with Image.open(path) as image:
            image.load()
            assert image.format == "JPEG"
            assert image.mode == "RGB"
            assert image.info["progressive"]
            assert image.size == (row["width_px"], row["height_px"])
            assert max(image.size) <= 944
            density = max(72, min(100, -(-max(image.size) * 254 // 2400)))
            assert image.info["dpi"] == (density, density)
            assert row["dpi"] == density
            profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
            assert "sRGB" in ImageCms.getProfileDescription(profile)
            assert set(image.getexif()) <= {0x013B, 0x8298}
        assert path.name.isascii()
        assert 0 < row["quality"] <= 100


def test_drafts_carry_every_photo_once_and_none_is_too_large(
    prepared: Path, report: dict[str, Any]
) -> None:
    carried = []
    total = len(report["mails"])
    assert total >= 2
    for number, mail in enumerate(report["mails"], start=1):
        data = (prepared / mail["output"]).read_bytes()
        assert len(data) == mail["wire_bytes"] <= WIRE_LIMIT_BYTES
        message = email.message_from_bytes(data, policy=email.policy.SMTP)
        assert message["X-Unsent"] == "1"
        assert message["Subject"].endswith(f"({number}/{total})")
        assert message["Subject"] == mail["subject"]
        attached = [
            (part.get_filename(), part.get_content()) for part in message.iter_attachments()
        ]
        assert [name for name, _ in attached] == [item["filename"] for item in mail["attachments"]]
        for (name, content), item in zip(attached, mail["attachments"], strict=True):
            in_full = (prepared / item["photo"]).read_bytes()
            # Smaller versions save a mail here: what they have in common is the picture's size.
            assert content == in_full or len(content) < len(in_full)
            with Image.open(io.BytesIO(content)) as sent, Image.open(io.BytesIO(in_full)) as whole:
                sent.load()
                assert sent.size == whole.size
            assert len(content) == item["bytes"]
            carried.append(str(name))
        assert mail["raw_bytes"] == sum(item["bytes"] for item in mail["attachments"])
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        assert all(name in text for name, _ in attached)
        assert text.replace("\r\n", "\n") == mail["text"]
        assert not set("{}<>") & set(text)
    names = [row["output"].rpartition("/")[2] for row in rows(report, "prepared")]
    names += [sheet["output"].rpartition("/")[2] for sheet in report["sheets"]]
    assert sorted(carried) == sorted(names)
    # Each product together: its sheet first, and what goes with it behind it.
    torch = [name for name in carried if name.startswith("ShouDianTong_T7")]
    place = carried.index(torch[0])
    assert carried[place : place + len(torch)] == torch
    assert [name.split("_")[2] for name in torch] == ["sheet-1", "open", "front", "back", "part"]


def test_products_have_the_photos_that_are_ready_and_lack_what_findings_say(
    report: dict[str, Any],
) -> None:
    shown = [view["source"] for product in report["products"] for view in product["views"]]
    ready = rows(report, "prepared")
    assert sorted(shown) == sorted(row["source"] for row in ready)
    for product in report["products"]:
        for view in product["views"]:
            (row,) = [row for row in ready if row["source"] == view["source"]]
            for key in ("view", "label"):
                assert row[key] == view[key]
            assert row["product"] == product["name"]
    lacking = [product["name"] for product in report["products"] if product["missing"]]
    found = [row["product"] for row in report["findings"] if row["code"] == "view-missing"]
    assert lacking == found
    # As they are mailed: what opens is shown closed and open first.
    (box,) = [each for each in report["products"] if each["model"] == "X100"]
    assert [view["view"] for view in box["views"]] == ["closed", "open", "back"]


def test_every_photo_tells_what_it_came_from(demo: Path, report: dict[str, Any]) -> None:
    for row in rows(report, "prepared"):
        assert row["source_bytes"] == (demo / row["source"]).stat().st_size
        assert row["chroma_subsampling"] in {"4:4:4", "4:2:2", "4:2:0", "4:4:0"}
        assert row["source_width_px"] >= row["width_px"]
        assert row["source_height_px"] >= row["height_px"]
        assert isinstance(row["removed"], list)


def test_without_a_profile_a_finding_says_how_to_set_one(report: dict[str, Any]) -> None:
    (finding,) = [row for row in report["findings"] if row["code"] == "profile-missing"]
    assert "photoprep profile edit" in finding["remedy"]


def test_the_summary_says_what_is_where(
    first_run: subprocess.CompletedProcess[str], prepared: Path, report: dict[str, Any]
) -> None:
    for row in rows(report, "prepared"):
        assert row["output"].rpartition("/")[2] in first_run.stdout
    for mail in report["mails"]:
        assert mail["output"].rpartition("/")[2] in first_run.stdout
    assert str(prepared) in first_run.stdout
    assert first_run.stderr == ""


def test_nothing_in_the_output_tells_where_it_was_made(prepared: Path, demo: Path) -> None:
    for path in prepared.rglob("*"):
        if path.is_file() and ".photoprep" not in path.parts:
            assert str(demo.parent).encode() not in path.read_bytes()


def test_running_again_encodes_nothing_and_changes_no_byte(
    demo: Path, prepared: Path, report: dict[str, Any]
) -> None:
    before = outputs(prepared)
    times = {path: path.stat().st_mtime_ns for path in prepared.rglob("*.*") if path.is_file()}
    again = photoprep(demo)
    assert again.returncode == 1
    assert outputs(prepared) == before
    for path, time in times.items():
        if path.parent.name in {"photos", "mails"}:
            assert path.stat().st_mtime_ns == time
    second = json.loads((prepared / "report.json").read_text(encoding="utf-8"))
    assert {row["status"] for row in second["photos"]} == {"reused", "skipped", "failed"}
    assert second.keys() == report.keys()
    stable = second.keys() - {"photos"}
    assert {key: second[key] for key in stable} == {key: report[key] for key in stable}
    third = (prepared / "report.json").stat().st_mtime_ns
    photoprep(demo)
    assert (prepared / "report.json").stat().st_mtime_ns == third


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_bytes_do_not_depend_on_the_number_of_workers(
    demo: Path, prepared: Path, tmp_path: Path, jobs: int
) -> None:
    photoprep(demo, "--out", tmp_path / "out", "--jobs", str(jobs))
    assert outputs(tmp_path / "out") == outputs(prepared)


def test_one_changed_photo_is_redone_alone(demo: Path, prepared: Path, tmp_path: Path) -> None:
    folder = tmp_path / demo.name
    shutil.copytree(demo, folder)
    shutil.copytree(prepared, tmp_path / prepared.name)
    out = tmp_path / prepared.name
    before = outputs(out)
    changed = next(path for path in sorted(folder.rglob("*.jpg")) if "closed" in path.name)
    with Image.open(changed) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(changed, quality=80)
    photoprep(folder)
    now = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [row["source"] for row in rows(now, "prepared")] == [
        changed.relative_to(folder).as_posix()
    ]
    name = rows(now, "prepared")[0]["output"]
    after = outputs(out)
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key for key in differing if key.startswith("photos/")} == {name}

    changed.unlink()
    photoprep(folder)
    assert name not in outputs(out)
    assert (
        len([key for key in outputs(out) if key.startswith("photos/")])
        == len([key for key in before if key.startswith("photos/")]) - 1
    )


def test_json_on_standard_output_is_the_report(demo: Path, prepared: Path) -> None:
    told = photoprep(demo, "--json")
    assert json.loads(told.stdout) == json.loads(
        (prepared / "report.json").read_text(encoding="utf-8")
    )


def test_quiet_says_errors_alone(demo: Path, prepared: Path) -> None:
    told = photoprep(demo, "--quiet")
    assert told.stdout == ""
    assert "damaged" in told.stderr


def test_the_date_stays_that_of_the_first_run_unless_said_otherwise(
    demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    photos = demo / "Toolbox X100"
    photoprep(photos, "--out", out, "--date", "2024-02-29", "--customer", "C0123")
    photoprep(photos, "--out", out)
    assert all("20240229" in name for name in outputs(out) if name.startswith("photos/"))
    message = email.message_from_bytes(
        next((out / "mails").iterdir()).read_bytes(), policy=email.policy.SMTP
    )
    assert "29 Feb 2024" in message["Date"]
    photoprep(photos, "--out", out, "--date", "2024-03-01")
    moved = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert {row["status"] for row in moved["photos"]} == {"reused"}  # renamed, not encoded again
    assert all("20240301" in row["output"] for row in moved["photos"])


def test_the_customer_and_the_sender_stand_in_the_letter(
    demo: Path, tmp_path: Path, config_folder: Path
) -> None:
    saved = photoprep(
        "profile", "edit", "--name", "Li Na 李娜", "--company", "Sunrise Tools", "--email",
        "li.na@example.com", "--telephone", "+86 571 0000 0000",
    )  # fmt: skip
    assert saved.returncode == 0
    assert "Sunrise Tools" in photoprep("profile", "show").stdout
    out = tmp_path / "out"
    photoprep(demo / "Toolbox X100", "--out", out, "--customer", "C0123")
    message = email.message_from_bytes(
        min((out / "mails").iterdir()).read_bytes(), policy=email.policy.SMTP
    )
    body = message.get_body(("plain",))
    assert body is not None
    assert "C0123" in body.get_content()
    assert "Li Na 李娜" in body.get_content()
    assert "li.na@example.com" in message["From"]
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert "profile-missing" not in {row["code"] for row in report["findings"]}


def test_a_persons_own_files_in_the_output_are_left_alone(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    photos = demo / "Toolbox X100"
    photoprep(photos, "--out", out)
    (out / "photos/my notes.txt").write_text("mine", encoding="utf-8")
    edited = min((out / "photos").glob("*.jpg"))
    edited.write_bytes(b"edited by hand")
    photoprep(photos, "--out", out)
    assert (out / "photos/my notes.txt").read_text(encoding="utf-8") == "mine"
    assert edited.read_bytes() == b"edited by hand"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert edited.name not in {Path(row["output"]).name for row in report["photos"]}
    assert [row["message"] for row in report["findings"] if row["code"] == "output-changed"]


@pytest.mark.skipif(
    shutil.which("exiftool") is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="exiftool is not installed",
)
def test_another_program_finds_nothing_private(demo: Path, prepared: Path) -> None:
    tags = json.loads(
        subprocess.run(
            ["exiftool", "-j", "-G1", "-a", "-u", "-r", str(demo)],
            capture_output=True,
            check=False,
        ).stdout
    )
    private = ("GPS", "SerialNumber", "ThumbnailImage")
    assert all(any(word in key for row in tags for key in row) for word in private)
    cleaned = json.loads(
        subprocess.run(
            ["exiftool", "-j", "-G1", "-a", "-u", str(prepared / "photos")],
            capture_output=True,
            check=True,
        ).stdout
    )
    groups = {key.partition(":")[0] for row in cleaned for key in row if ":" in key}
    known = {"ExifTool", "System", "File", "JFIF", "IFD0", "Composite"}
    assert {group for group in groups if not group.startswith("ICC")} <= known
    for row in cleaned:
        assert not any(word in key for word in private for key in row)
        assert not {"IFD0:Make", "IFD0:Model", "IFD0:Software", "IFD0:HostComputer"} & set(row)
        assert row.get("IFD0:Orientation", "Horizontal (normal)") == "Horizontal (normal)"
    assert any("IFD0:Copyright" in row for row in cleaned)
