"""``photoprep doctor`` on this computer as it is, and with parts of it really broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from photoprep.doctor.looking import SAMPLES, look_at_place
from photoprep.doctor.worker import SCRIPT_SAMPLES, draw_scripts
from photoprep.errors import ExitCode
from tests.support import contents, photoprep, small_photo, written

FIXTURES = Path(__file__).parents[1] / "fixtures"


def diagnosed(
    folder: Path, *, code: int = 0, env: dict[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """The rows by their keys."""
    told = photoprep("doctor", folder, "--json", env=env)
    assert told.stderr == ""
    assert told.returncode == code, told.stdout
    rows = json.loads(told.stdout)
    assert rows["is_well"] is (code == 0)
    return {row["key"]: row for row in rows["rows"]}


def sabotaged(tmp_path: Path, code: str) -> dict[str, str]:
    """An environment in which every process of Python runs this first."""
    written(tmp_path / "sabotage/sitecustomize.py", code)
    paths = [str(tmp_path / "sabotage"), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def test_samples_are_the_fixtures_whose_origin_is_told() -> None:
    origins = (FIXTURES / "formats.tsv").read_text(encoding="utf-8")
    shipped = Path(sys.modules["photoprep"].__file__ or "").parent / "doctor/samples"
    assert {path.name for path in shipped.iterdir()} == {*SAMPLES.values(), "README.md"}
    for name in SAMPLES.values():
        assert f"{name}\t" in origins
        assert (shipped / name).read_bytes() == (FIXTURES / "formats" / name).read_bytes()


def test_a_sound_computer_reads_every_sample_and_is_left_as_it_was(
    tmp_path: Path, config_folder: Path
) -> None:
    (tmp_path / "询价 'A'").mkdir()
    account = '[work]\naddress = "a@example.com"\n[work.smtp]\nhost = "192.0.2.1"\n'
    written(config_folder / "accounts.toml", account)
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    rows = diagnosed(tmp_path / "询价 'A'", env=env)
    assert {rows[f"photos.{key}"]["state"] for key in SAMPLES} == {"works"}
    assert rows["fonts.latin"]["state"] == "works"
    assert rows["watching.events"]["state"] == "works"
    assert rows["disk.outputs"]["title"] == str(tmp_path)
    assert rows["mail.accounts"]["said"] == "work (not contacted)"
    assert "Keyring" in rows["mail.keyring"]["said"]
    assert contents(tmp_path) == {}
    assert [path.name for path in tmp_path.iterdir()] == ["询价 'A'"]


def test_decoders_that_raise_or_die_or_show_something_else_are_told(tmp_path: Path) -> None:
    env = sabotaged(
        tmp_path,
        "import os\n"
        "import PIL.GifImagePlugin as gif\n"
        "import PIL.PngImagePlugin as png\n"
        "import PIL.WebPImagePlugin as webp\n"
        "loaded = png.PngImageFile.load_end\n"
        "def turned(self):\n"
        "    loaded(self)\n"
        "    self.im = self.im.transpose(3)\n"
        "def raising(self): raise RuntimeError('no such codec')\n"
        "png.PngImageFile.load_end = turned\n"
        "webp.WebPImageFile._open = raising\n"
        "gif.GifImageFile._open = lambda self: os.kill(os.getpid(), 9)\n",
    )
    rows = diagnosed(tmp_path, code=1, env=env)
    broken = {key: row["said"] for key, row in rows.items() if row["state"] == "broken"}
    assert broken.keys() == {"photos.webp", "photos.gif", "photos.png"}
    assert "no such codec" in broken["photos.webp"]
    assert "crashed or was killed" in broken["photos.gif"]
    assert "wrong colours" in broken["photos.png"]


def test_extras_that_are_not_there_are_missing_and_one_that_cannot_be_loaded_is_broken(
    tmp_path: Path,
) -> None:
    env = sabotaged(
        tmp_path,
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('rawpy', 'keyring', 'watchfiles'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "        if name == 'pillow_jxl':\n"
        "            raise ImportError('undefined symbol: JxlDecoderCreate')\n"
        "sys.meta_path.insert(0, Absent())\n",
    )
    rows = diagnosed(tmp_path, env=env)
    assert {key for key, row in rows.items() if row["state"] == "broken"} == {"photos.jpeg-xl"}
    assert "JxlDecoderCreate" in rows["photos.jpeg-xl"]["said"]
    assert rows["photos.raw"]["state"] == rows["mail.keyring"]["state"] == "missing"
    assert rows["watching.events"]["state"] == "notice"
    assert "watchfiles" in rows["watching.events"]["said"]
    for key, requirement in (("photos.raw", "rawpy"), ("mail.keyring", "keyring")):
        assert requirement in rows[key]["command"]


def test_a_library_that_cannot_be_loaded_at_all_is_told_without_a_trace(tmp_path: Path) -> None:
    env = sabotaged(tmp_path, "import sys\nsys.modules['pillow_heif'] = None\n")
    rows = diagnosed(tmp_path, code=1, env=env)
    assert rows["photos.workers"]["state"] == "broken"
    assert "pillow_heif" in rows["photos.workers"]["said"]
    assert rows["photos.jpeg"]["state"] == "broken"  # as no run could read one
    small_photo(tmp_path / "photos/a.png")
    ran = photoprep(tmp_path / "photos", env=env)
    assert ran.returncode == ExitCode.NOTHING_PREPARED
    assert "What prepares photos cannot be loaded here" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_broken_accounts_and_a_broken_keyring_are_told_and_fail_nothing(
    tmp_path: Path, config_folder: Path
) -> None:
    written(config_folder / "accounts.toml", "[work\n")
    env = sabotaged(tmp_path, "") | {"PYTHON_KEYRING_BACKEND": "nonsense.Keyring"}
    rows = diagnosed(tmp_path, env=env)
    assert rows["mail.accounts"]["state"] == rows["mail.keyring"]["state"] == "broken"


def test_without_a_system_font_the_shipped_one_draws_latin_alone() -> None:
    drawn = {each.script: each for each in draw_scripts(())}
    assert set(drawn) == set(SCRIPT_SAMPLES)
    assert drawn["latin"].is_shipped
    assert {each.family for script, each in drawn.items() if script != "latin"} == {""}


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's here")
def test_a_read_only_disk_fails_where_results_would_go(tmp_path: Path) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    wanted = ["mount", "-t", "tmpfs", "-o", "size=1m", "photoprep-test", str(place)]
    if subprocess.run(wanted, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root's rights")
    try:
        (place / "photos").mkdir()
        rows = diagnosed(place / "photos")
        assert "tmpfs" in rows["watching.events"]["title"]
        assert rows["disk.outputs"]["state"] == "notice"  # a megabyte
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        rows = diagnosed(place / "photos", code=1)
        assert "Read-only file system" in rows["disk.outputs"]["said"]
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_place_is_told_by_what_the_system_says(tmp_path: Path) -> None:
    assert look_at_place(tmp_path).why == ""
    assert "No such file" in look_at_place(tmp_path / "not there").why


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    told = photoprep("doctor", tmp_path / "nowhere")
    assert told.returncode == 2
    assert "There is no folder" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets no current folder go")
def test_a_current_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    leaving = f'cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && "$1" -m photoprep doctor'
    told = subprocess.run(
        ["sh", "-c", leaving, "sh", sys.executable],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(FIXTURES.parents[1])},
        check=False,
    )
    assert told.returncode == 2
    assert "no longer there" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_person_reads_one_screen(tmp_path: Path) -> None:
    told = photoprep("doctor", tmp_path)
    assert told.returncode == 0
    assert "✓ JPEG, PNG, TIFF" in told.stdout
    assert "All that photoprep needs works." in told.stdout
    assert len(told.stdout.splitlines()) <= 24
