"""What the parent process takes from the sheet room loads neither fonts nor decoders."""

from __future__ import annotations

import subprocess
import sys


def test_the_parents_modules_load_no_decoder() -> None:
    loads = (
        "import sys, photoprep.sheet.caption_text;"
        "import photoprep.sheet.heights, photoprep.sheet.missing;"
        "print(sorted({'PIL', 'numpy', 'pyvips', 'pydantic', 'rich'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_workers_set_type_without_the_command_lines_libraries() -> None:
    loads = (
        "import sys, photoprep.sheet.captions;"
        "print(sorted({'pydantic', 'rich', 'typer', 'numpy', 'pyvips'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
