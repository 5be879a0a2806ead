"""Where the single file begins, run by Python; the file itself takes minutes to make."""

from __future__ import annotations

import subprocess
import sys

import pytest

from photoprep.cluster.connecting import connected
from photoprep.errors import MissingExtraError
from photoprep.remote_listing import objects_below
from photoprep.version import __version__
from photoprep.watch.running import COMMAND
from release.single_file import ENTRY


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ENTRY), *arguments],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("before", [(), ("-m", "photoprep"), ("-P", "-m", "photoprep")])
def test_it_is_photoprep_whether_it_is_called_by_name_or_as_a_service(
    before: tuple[str, ...],
) -> None:
    told = run(*before, "--version")
    assert (told.returncode, told.stdout.strip()) == (0, f"photoprep {__version__}")


def test_the_errand_of_a_watched_folder_begins_and_ends_with_its_input() -> None:
    told = run(*COMMAND[1:])
    assert (told.returncode, told.stderr) == (0, "")
    assert "photoprep" not in told.stdout


def test_no_other_module_is_run() -> None:
    told = run("-m", "http.server")
    assert told.returncode == 2


@pytest.mark.parametrize("is_single_file", [True, False])
def test_what_it_cannot_have_is_not_advised(
    is_single_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dask", "fsspec"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sys, "frozen", is_single_file, raising=False)
    with pytest.raises(MissingExtraError) as cluster, connected("tcp://localhost"):
        pass
    with pytest.raises(MissingExtraError) as store:
        objects_below("s3://shop/catalogue")
    assert cluster.value.hint == store.value.hint
    assert ("single file" in cluster.value.hint) is is_single_file
    assert 'pip install "photoprep[cluster]"' in cluster.value.hint
