"""A finished run goes to a plug-in's target: once, on request, and never by half."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep import PhotoprepError, UsageError, prepare
from photoprep.delivering import deliver, finished_run
from photoprep.errors import ExitCode
from photoprep.plugins import Delivered
from photoprep.watch.batch import Outcome
from photoprep.watch.config import HandOverConfig
from photoprep.watch.handover import HandOver, hand_over
from tests.plugin.distributions import by_hand, on_path
from tests.support import Inline, contents, photoprep, small_photo, written

DELIVERIES = """
from photoprep.plugins import *

def refuses(run, options, *, dry_run):
    yield Delivered("mail-01", "the moon")
    passes = options["again"] == "yes"
    raise DeliveryError("The moon is full.", hint="Wait for a new one.", passes=passes)

def breaks(run, options, *, dry_run):
    raise OSError(5, "it fell down")

def wrong(run, options, *, dry_run):
    return ["mail-01"]

MOON = Delivery(1, "to the moon.", "moon:refuses", (Option("again", "Whether it may wait.", "no"),))
BREAKS, WRONG = Delivery(1, "breaks.", "moon:breaks"), Delivery(1, "wrong.", "moon:wrong")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder of three photos, their sheet and their mail."""
    folder = tmp_path_factory.mktemp("dropped") / "Lamp L2 灯"
    small_photo(folder / "L2 closed.jpg", 3)
    small_photo(folder / "L2 open.jpg", 90)
    small_photo(folder / "L2 back.jpg", 200)
    return prepare(folder, executor=Inline(), customer="C0123").folder


@pytest.fixture(scope="module")
def plugins(qoi_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment with the documented plug-in and with faulty ones."""
    faulty = by_hand(
        tmp_path_factory.mktemp("faulty"),
        "moon",
        entries={
            "photoprep.delivery": "moon = moon:MOON\nbreaks = moon:BREAKS\nwrong = moon:WRONG\n"
            "gone = moon_gone:X"
        },
        modules={"moon.py": DELIVERIES},
    )
    return on_path(qoi_plugin, faulty)


def test_a_run_is_delivered_once(run: Path, plugins: dict[str, str], tmp_path: Path) -> None:
    into, before = tmp_path / "offers for 王", contents(run)
    asked: list[str | Path] = ["deliver", "zip", run, "--set", f"into={into}"]

    rehearsed = photoprep(*asked, "--dry-run", env=plugins)
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert rehearsed.stdout.endswith("would be delivered\n")
    assert not into.exists()

    first = photoprep(*asked, env=plugins)
    assert first.returncode == 0, first.stderr
    place = into / f"{run.name}.zip"
    assert first.stdout == f"5 files → {place}: delivered\n"
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert {name.partition("/")[0] for name in inside} == {"photos", "sheets", "mails"}
    assert all((run / name).read_bytes() == data for name, data in inside.items())

    second = photoprep(*asked, "--json", env=plugins)
    assert json.loads(second.stdout) == {
        "schema": 1,
        "target": "zip",
        "dry_run": False,
        "delivered": [{"what": "5 files", "where": str(place), "was_there": True}],
    }
    assert contents(run) == before


def test_what_goes_wrong_is_told_in_a_sentence(run: Path, plugins: dict[str, str]) -> None:
    for target, code, told in [
        ("zap", 2, "There is no target called 'zap'. There are: breaks, gone, moon, wrong, zip."),
        ("breaks", 70, "The plug-in moon 1.0 failed while it delivered (OSError: [Errno 5] it"),
    ]:
        ended = photoprep("deliver", target, run, env=plugins)
        said = " ".join(ended.stderr.split())
        assert told in said
        assert "Traceback" not in said
        assert ended.returncode == code
    ended = photoprep("deliver", "zip", run, "--set", "into", env=plugins)
    assert "--set reads NAME=VALUE, not 'into'." in ended.stderr
    assert ended.returncode == 2
    ended = photoprep("deliver", "zip", "-", "--set", "into=x", env=plugins)
    assert "Standard input tells of no batch of a watched folder." in ended.stderr
    assert ended.returncode == 2


@pytest.mark.parametrize(
    ("target", "options", "code", "told", "hint"),
    [
        ("zip", {}, 2, "The target zip wants --set into=…", "The folder for the ZIP file."),
        ("zip", {"onto": "x"}, 2, "The target zip has no option 'onto'.", "It has: into, mails."),
        ("moon", {}, 69, "The moon is full.", "Wait for a new one."),
        ("moon", {"again": "yes"}, 75, "The moon is full.", "Wait for a new one."),
        ("wrong", {}, 70, "(it gave no Delivered but str)", "tell its author"),
        ("gone", {}, 70, "The plug-in moon 1.0 cannot be used: ModuleNotFoundError", "pip unin"),
    ],
)
def test_every_refusal_has_its_words_and_its_code(
    run: Path,
    plugins: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    options: dict[str, str],
    code: int,
    told: str,
    hint: str,
) -> None:
    monkeypatch.setattr(sys, "path", [*plugins["PYTHONPATH"].split(os.pathsep), *sys.path])
    done: list[Delivered] = []
    with pytest.raises(PhotoprepError) as refused:
        deliver(target, run, options, on_delivered=done.append)
    assert told in refused.value.message
    assert hint in refused.value.hint
    assert refused.value.exit_code == code
    assert done == [Delivered("mail-01", "the moon")] * (target == "moon")


def test_the_daemon_of_a_watched_folder_lets_it_deliver(
    run: Path, plugins: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", plugins["PYTHONPATH"])
    command = (sys.executable, "-m", "photoprep", "deliver", "zip", "-", "--set")
    config = HandOverConfig(command=(*command, f"into={tmp_path / 'offers'}"))
    outcome = Outcome(ExitCode.DONE, prepared=3, failed=0, mails=1, findings=0, page="report.html")
    batch = HandOver(run.name, run, "failed", outcome, customer="", preset="trade-email")
    [failed] = hand_over(config, batch, ["command"])
    assert (failed.state, failed.output) == (
        "done",
        "The batch failed, so nothing of it is delivered.\n",
    )
    assert not (tmp_path / "offers").exists()
    [done] = hand_over(config, replace(batch, state="done"), ["command"])
    assert done.state == "done", done.output
    assert (tmp_path / "offers" / f"{run.name}.zip").is_file()


def test_an_error_of_who_hears_is_not_the_plugins(
    run: Path, plugins: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*plugins["PYTHONPATH"].split(os.pathsep), *sys.path])

    def closed(_each: Delivered) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        deliver("zip", run, {"into": str(tmp_path)}, on_delivered=closed)


def test_only_a_finished_run_is_delivered(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no report"):
        finished_run(tmp_path)
    for text in ("{", "[]", "{}", '{"photos": [{"output": "../../etc/passwd"}], "sheets": []}'):
        written(tmp_path / "report.json", text)
        with pytest.raises(UsageError, match="no report of a run"):
            finished_run(tmp_path)
    written(tmp_path / "report.json", '{"photos": [{"output": "photos/a.jpg"}], "sheets": []}')
    with pytest.raises(UsageError, match="is gone: photos"):
        finished_run(tmp_path)


def test_a_finished_run_is_what_lies_there(run: Path) -> None:
    found = finished_run(run)
    assert sorted(path.name for path in (run / "photos").iterdir()) == sorted(
        path.name for path in found.photos
    )
    assert [path.name for path in (run / "mails").iterdir()] == [
        mail.path.name for mail in found.mails
    ]
    [mail] = found.mails
    assert mail.wire_bytes == mail.path.stat().st_size
    assert mail.subject
    assert (found.customer, found.report["schema"], len(found.sheets)) == ("C0123", 1, 1)


def test_without_plugins_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        deliver("zip", tmp_path, {}, on_delivered=print)
    assert "none is installed" in refused.value.hint
