"""What is loaded when: a process that need not decode must not pay for decoders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.flat import two_products
from tests.support import photoprep

HEAVY = (
    "{'PIL', 'numpy', 'nanoarrow', 'pillow_heif', 'pydantic', 'rich', 'dask', 'distributed',"
    " 'photoprep.cluster'}"
)


def loaded_by(code: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(sorted({HEAVY} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_the_parent_process_loads_no_decoder() -> None:
    assert loaded_by("import photoprep.pipeline") == "[]"


def test_the_command_line_loads_no_room() -> None:
    code = "import photoprep.cli, sys; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = [name.split(".") for name in told.stdout.split()]
    loaded = {name[1] for name in modules if name[0] == "photoprep" and len(name) > 1}
    ground = {"errors", "language", "system_language", "units", "version"}
    assert {name for name in loaded if not name.startswith("cli")} <= ground


def test_the_command_line_loads_no_cluster() -> None:
    loaded = loaded_by("import photoprep.cli\nphotoprep.cli.run(['--version'])")
    assert loaded.splitlines()[-1] in ("[]", "['rich']")  # the oldest typer loads rich itself


def test_what_works_for_a_cluster_starts_without_it() -> None:
    loaded = loaded_by("import photoprep.cluster.bench\nphotoprep.cluster.bench.load_room()")
    assert loaded == "['PIL', 'nanoarrow', 'numpy', 'photoprep.cluster', 'pillow_heif']"


def test_a_sheet_is_planned_without_a_decoder() -> None:
    code = "import photoprep.sheet.task, photoprep.sheet.frame, photoprep.sheet.scale"
    assert loaded_by(code) == "[]"


def test_workers_load_what_decodes_and_nothing_of_the_command_line() -> None:
    loaded = loaded_by("from photoprep.photo.task import load_room\nload_room()")
    assert loaded == "['PIL', 'nanoarrow', 'numpy', 'pillow_heif']"


def test_a_run_whose_sheets_are_all_there_loads_no_decoder(tmp_path: Path) -> None:
    two_products(tmp_path / "photos")
    first = photoprep(tmp_path / "photos", "--out", tmp_path / "out")
    assert first.returncode == 0, first.stderr
    assert len(list((tmp_path / "out/sheets").iterdir())) == 2
    code = (
        "from photoprep.pipeline import prepare\n"
        f"report = prepare({str(tmp_path / 'photos')!r}, out={str(tmp_path / 'out')!r})\n"
        "assert len(report.sheets) == 2 and report.encodes == 0"
    )
    assert loaded_by(code) == "[]"
