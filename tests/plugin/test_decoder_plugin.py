"""A real plug-in reads a format that photoprep does not; faulty ones cost what they touch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photoprep import prepare
from photoprep.catalogue.gathering import gather
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.errors import PhotoTimeoutError
from photoprep.walk import crew
from photoprep.walk.crashed import with_plugin
from photoprep.walk.intake import take_in
from tests.plugin.distributions import by_hand, on_path
from tests.plugin.qoi import qoi_bytes
from tests.support import Inline, contents, photoprep, small_photo, written

SIZE = (240, 160)


def picture(seed: int, mode: str = "RGB") -> Image.Image:
    """Gradients with a hard edge and a flat part: every operation of QOI is met."""
    target = BytesIO()
    gradient = Image.linear_gradient("L").resize(SIZE)
    image = Image.merge("RGB", (gradient, gradient.rotate(90), Image.new("L", SIZE, seed)))
    image.paste((seed, 10, 200), (20, 20, 90, 90))
    if mode == "RGBA":
        image.putalpha(gradient.rotate(180))
    image.save(target, "PNG")
    return Image.open(target)


def run(folder: Path, *plugins: Path, out: Path) -> tuple[int, dict[str, Any]]:
    """Prepare a folder with these plug-ins; returns the exit code and the report."""
    quick = ["--quiet", "--no-sheets", "--no-mails", "--jobs", "1"]
    ended = photoprep(folder, "--out", out, *quick, env=on_path(*plugins))
    assert ended.returncode in {0, 1}, ended.stderr
    assert "Traceback" not in ended.stderr
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return ended.returncode, report


def rows(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {row["source"]: (row["status"], row["error"] or "") for row in report["photos"]}


def test_our_qoi_files_are_what_pillow_reads_as_such() -> None:
    for mode in ("RGB", "RGBA"):
        with Image.open(BytesIO(qoi_bytes(picture(3, mode)))) as read:
            assert read.format == "QOI"
            assert read.convert("RGBA").tobytes() == picture(3, mode).convert("RGBA").tobytes()


def test_a_plugin_reads_its_format_wherever_it_lies(qoi_plugin: Path, tmp_path: Path) -> None:
    folder, twin = tmp_path / "Lamp L2", tmp_path / "twin" / "Lamp L2"
    folder.mkdir()
    twin.mkdir(parents=True)
    for name, seed, mode in [("L2 front", 1, "RGB"), ("L2 打开", 90, "RGBA")]:
        (folder / f"{name}.qoi").write_bytes(qoi_bytes(picture(seed, mode)))
        picture(seed, mode).save(twin / f"{name}.png")
    (folder / "L2 back.jpg").write_bytes(qoi_bytes(picture(150)))  # its name is wrong
    picture(150).save(twin / "L2 back.png")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("L2 side.qoi", qoi_bytes(picture(220)))
    cut = qoi_bytes(picture(30))
    (folder / "L2 detail.qoi").write_bytes(cut[: len(cut) // 2])
    written(folder / "L2 top.qoi", "a text")
    written(folder / "notes.txt", "a text")

    code, report = run(folder, qoi_plugin, out=tmp_path / "out")

    found = rows(report)
    assert {name for name, (status, _) in found.items() if status == "prepared"} == {
        "L2 front.qoi", "L2 打开.qoi", "L2 back.jpg", "more.zip/L2 side.qoi",
    }  # fmt: skip
    status, reason = found["L2 detail.qoi"]
    assert (status, code) == ("failed", 1)
    assert "The QOI is damaged or ends too early:" in reason
    assert f"of its {SIZE[0] * SIZE[1]} pixels are there" in reason
    assert "named .qoi, but its content is no picture" in found["L2 top.qoi"][1]
    assert found["notes.txt"][0] == "skipped"
    # The same pixels as PNG make the same photos, to the byte.
    run(twin, out=tmp_path / "out of png")
    of_png = contents(tmp_path / "out of png" / "photos")
    assert len(of_png) == 3
    assert of_png.items() <= contents(tmp_path / "out" / "photos").items()


def test_what_it_has_read_is_known_again_until_its_version_changes(
    qoi_plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out, path = tmp_path / "Lamp L2", tmp_path / "out", sys.path
    small_photo(folder / "L2 front.jpg", 3, SIZE)
    (folder / "L2 back.qoi").write_bytes(qoi_bytes(picture(1)))
    (folder / "L2 side.qoi").write_bytes(qoi_bytes(picture(99))[:200])

    def statuses(*plugins: Path) -> list[str]:
        monkeypatch.setattr(sys, "path", [*map(str, plugins), *path])
        report = prepare(folder, out=out, executor=Inline(), sheets=(), mails=False)
        return [photo.status for photo in sorted(report.photos, key=lambda photo: photo.source)]

    assert statuses() == ["skipped", "prepared", "skipped"]
    assert statuses(qoi_plugin) == ["prepared", "reused", "failed"]
    before = contents(out / "photos")
    assert statuses(qoi_plugin) == ["reused", "reused", "failed"]
    assert contents(out / "photos") == before
    newer = shutil.copytree(qoi_plugin, tmp_path / "newer")
    (newer / "photoprep_qoi-1.0.dist-info").rename(newer / "photoprep_qoi-1.1.dist-info")
    assert statuses(newer) == ["prepared", "reused", "failed"]
    assert statuses() == ["skipped", "reused", "skipped"]


PSB = """
from photoprep.plugins import *
DECODER = Decoder(1, "PSB", "psb_plugin.reading:decode", ("psb",), (Signature(b"8BPS\\0\\2"),))
"""
READING = """
from PIL import Image
from photoprep.plugins import DecodedPicture
def decode(path):
    return DecodedPicture(Image.new("RGB", (120, 80), "teal"))
"""


def test_what_was_refused_is_tried_again_when_a_plugin_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out, path = tmp_path / "Lamp L2", tmp_path / "out", sys.path
    small_photo(folder / "L2 front.jpg", 3, SIZE)
    (folder / "L2 back.psb").write_bytes(b"8BPS\0\2" + bytes(60))
    modules = {"psb_plugin/__init__.py": PSB, "psb_plugin/reading.py": READING}
    entries = {"photoprep.decoders": "psb = psb_plugin:DECODER"}
    plugin = by_hand(tmp_path / "plugin", "psb-plugin", entries=entries, modules=modules)

    def statuses(*plugins: Path) -> list[str]:
        monkeypatch.setattr(sys, "path", [*map(str, plugins), *path])
        report = prepare(folder, out=out, executor=Inline(), sheets=(), mails=False)
        return [photo.status for photo in report.photos]

    assert statuses() == ["failed", "prepared"]
    assert statuses(plugin) == ["prepared", "reused"]
    assert statuses(plugin) == ["reused", "reused"]
    assert statuses() == ["failed", "reused"]


def test_the_parent_loads_nothing_that_decodes(qoi_plugin: Path, tmp_path: Path) -> None:
    (tmp_path / "L2 back.qoi").write_bytes(qoi_bytes(picture(1)))
    program = written(
        tmp_path / "program.py",
        "import sys\n"
        "from photoprep import prepare\n"
        "if __name__ == '__main__':\n"
        f"    report = prepare({str(tmp_path / 'L2 back.qoi')!r}, mails=False, sheets=())\n"
        "    assert len(report.ready) == 1\n"
        "    loaded = {'photoprep_qoi', 'photoprep_qoi.decoding', 'numpy', 'importlib.metadata'}\n"
        "    print(sorted(loaded & set(sys.modules)))\n",
    )
    told = subprocess.run(
        [sys.executable, program],
        env=os.environ | on_path(qoi_plugin),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['photoprep_qoi']"


FAULTY = """
import os
from photoprep.plugins import *

def decode(path):
    doings = {"wrong": lambda: "no picture",
            "raises": lambda: 1 / 0,
            "exits": lambda: exit("bye"),
            "leaves": lambda: os._exit(0),
            "greedy": lambda: bytearray(1 << 62),
            "hangs": lambda: os.read(os.pipe()[0], 1),
            "huge": lambda: check_size_px(20_000, 20_000, path),
            "other": lambda: bad("its colours are imaginary")}
    # What comes out of an archive has a name of its own.
    return doings.get(path.stem.split()[-1], os.abort)()

def bad(words):
    raise UnsupportedFileError(words)

DECODER = Decoder(1, "Toy", "toy_plugin:decode", endings=("toy",), signatures=(Signature(b"toy!"),))
LATER = Decoder(2, "Toy 2", "toy_plugin:decode", endings=("toy2",))
NOTHING = 42
"""


def test_faulty_plugins_cost_what_they_touch_and_are_told_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "Lamp L2"
    small_photo(folder / "L2 front.jpg", 3, SIZE)
    for name in ("wrong", "raises", "exits", "crashes", "leaves", "greedy", "huge", "other"):
        (folder / f"L2 {name}.toy").write_bytes(b"toy!" + name.encode())
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("L2 crashes.toy", b"toy!in an archive")
    plugins = tmp_path / "plugins"
    by_hand(
        plugins,
        "toy-plugin",
        entries={"photoprep.decoders": "toy = toy_plugin:DECODER\n# none = no:where\n"},
        modules={"toy_plugin.py": FAULTY},
    )
    for name, entry in [
        ("toy-later", "toy_plugin:LATER"), ("toy-nothing", "toy_plugin:NOTHING"),
        ("toy-gone", "toy_gone:DECODER"), ("toy-ends", "toy_ends:DECODER"),
    ]:  # fmt: skip
        modules = {"toy_ends.py": "raise SystemExit('I end you')"}
        by_hand(plugins, name, entries={"photoprep.decoders": f"x = {entry}"}, modules=modules)

    code, report = run(folder, plugins, out=tmp_path / "out")

    found = rows(report)
    assert (code, found.pop("L2 front.jpg")[0]) == (1, "prepared")
    assert all(status == "failed" for status, _ in found.values())
    archived = next(name for name in found if "more.zip" in name)
    _, crashed = found.pop(archived)
    reasons = {name.split()[1].removesuffix(".toy"): reason for name, (_, reason) in found.items()}
    for name in ("wrong", "raises", "exits"):
        assert "The plug-in toy-plugin 1.0, which reads Toy files, failed on it" in reasons[name]
    assert "division by zero" in reasons["raises"]
    assert "it gave no DecodedPicture but str" in reasons["wrong"]
    for reason in (crashed, reasons["crashes"], reasons["leaves"]):
        assert "crashed or was killed" in reason
        assert "or by the plug-in toy-plugin 1.0, which reads Toy files. Update the" in reason
    checked = photoprep("check", folder, "--json", env=on_path(plugins))
    assert checked.stdout.count("or by the plug-in toy-plugin 1.0, which reads Toy files.") == 3
    assert reasons["greedy"].startswith("There is not enough memory for this picture. Toy files ")
    assert "are read by the plug-in toy-plugin 1.0. Save a smaller version" in reasons["greedy"]
    assert "400 megapixels" in reasons["huge"]
    assert "its colours are imaginary" in reasons["other"]
    broken = {
        row["message"].split()[2]: row
        for row in report["findings"]
        if row["code"] == "plugin-broken"
    }
    assert set(broken) == {"toy-later", "toy-nothing", "toy-gone", "toy-ends"}
    assert "No module named 'toy_gone'" in broken["toy-gone"]["message"]
    assert "pip uninstall toy-gone" in broken["toy-gone"]["remedy"]
    assert "version 2 of the interface" in broken["toy-later"]["message"]
    # Once the plug-in is mended its pictures are made, though nobody touched them.
    mended = FAULTY.replace(
        '"no picture"', 'DecodedPicture(__import__("numpy").zeros((9, 9, 3), "u1"))'
    )
    written(plugins / "toy_plugin.py", mended)
    shutil.rmtree(plugins / "__pycache__", ignore_errors=True)
    assert rows(run(folder, plugins, out=tmp_path / "out")[1])["L2 wrong.toy"][0] == "prepared"


def test_a_plugin_that_is_late_is_named_though_its_file_is_not_touched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = written(tmp_path / "Lamp L2/L2 hangs.toy", "toy!")
    plugins = tmp_path / "plugins"
    entries = {"photoprep.decoders": "toy = toy_plugin:DECODER"}
    by_hand(plugins, "toy-plugin", entries=entries, modules={"toy_plugin.py": FAULTY})
    monkeypatch.setattr(sys, "path", [str(plugins), *sys.path])
    monkeypatch.setattr(crew, "LEAST_LIMIT_S", 1.0)

    (late,) = prepare(toy, out=tmp_path / "out", jobs=1, sheets=(), mails=False).failed

    named = "Toy files are read by the plug-in toy-plugin 1.0."
    assert late.reason == f"The picture was not done after 1 seconds, and was given up. {named}"
    assert late.hint.endswith("If that does not help, update the plug-in or tell its author.")
    assert late.is_passing
    # On a share that hangs, whoever read it to learn more would hang as well.
    (file,) = take_in(gather(toy), load_vocabulary(None)).candidates
    error = PhotoTimeoutError("It was late.", path=toy)
    assert with_plugin(error, replace(file, plugged=None)) is error
    toy.unlink()
    assert with_plugin(error, file).message == f"It was late. {named}"


@pytest.mark.parametrize("as_json", [False, True])
def test_plugins_are_listed(qoi_plugin: Path, tmp_path: Path, *, as_json: bool) -> None:
    by_hand(tmp_path, "toy-gone", entries={"photoprep.delivery": "x = toy_gone:X"}, modules={})
    told = photoprep("plugins", *["--json"] * as_json, env=on_path(qoi_plugin, tmp_path))
    assert told.returncode == 0, told.stderr
    if as_json:
        listed = json.loads(told.stdout)
        assert [(row["plugin"], row["name"]) for row in listed] == [
            ("photoprep-qoi", "qoi"), ("photoprep-qoi", "zip"), ("toy-gone", "x"),
        ]  # fmt: skip
        assert "toy_gone" in listed[2]["error"]
        return
    first, second, *options, last = told.stdout.splitlines()
    assert first == "photoprep-qoi 1.0 reads QOI files"
    assert second.startswith("photoprep-qoi 1.0 delivers to zip: puts all results")
    assert options[0].split()[:2] == ["--set", "into=…"]
    assert last.startswith("The plug-in toy-gone 1.0 cannot be used: ModuleNotFoundError")
