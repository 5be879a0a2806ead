"""The terminals in docs/start.svg and docs/summary.svg: ``python -m release.recording``.

Real commands are run on the demo's photos. In start.svg what they print goes up line by line as in
a terminal, by CSS alone: an SVG without script, which every browser and forge shows, and which
stands still at its end for whoever wants no motion. Its pace is for reading and not that of the
run. summary.svg is all that ``photoprep demo`` prints, as it stands there at its end.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURE, SUMMARY = DOCS / "start.svg", DOCS / "summary.svg"
COMMANDS = ("photoprep check Enquiry", "photoprep Enquiry")
ROWS, COLUMNS = 26, 118
SUMMARY_COLUMNS = 128
TYPED_S, LINE_S, READ_S, END_S = 1.2, 0.12, 4.0, 8.0
_PROFILE = "Li Hua\nSales Manager\nExample Ltd\n1 Example Road\n+86 574 1\n\nsales@example.com\n\n"

# Rich fills in the words in braces; those in % are ours.
_FORMAT = """\
<svg viewBox="0 0 {width} %HEIGHT%" xmlns="http://www.w3.org/2000/svg">
<!-- Made by release/recording.py of real runs; not to be edited. -->
<style>
.{unique_id}-matrix {{ font: 20px/{line_height}px ui-monospace, Menlo, Consolas, monospace; }}
.{unique_id}-lines {{ animation: {unique_id} %LASTS%s steps(1, end) infinite; }}
@media (prefers-reduced-motion: reduce) {{
  .{unique_id}-lines {{ animation: none; transform: translateY(%END%px); }}
}}
@keyframes {unique_id} {{
%FRAMES%
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-window"><rect width="{width}" height="%WINDOW%"/></clipPath>
{lines}
</defs>
<rect width="{width}" height="%HEIGHT%" rx="8" fill="#292929"/>
<g transform="translate(12, 12)" clip-path="url(#{unique_id}-window)">
<g class="{unique_id}-lines">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</g>
</svg>
"""
_LINE_PX = 24.4  # as rich sets lines of 20 px


@dataclass(frozen=True, slots=True)
class Run:
    """One command, as it was typed, and what it printed, with its colours as ANSI codes."""

    typed: str
    printed: str

    def lines(self) -> list[Text]:
        """The prompt with the command, and each line below it."""
        prompt = Text.assemble(("$ ", "bold green"), (self.typed, "bold"))
        return [prompt, *(Text.from_ansi(line) for line in self.printed.splitlines()), Text()]


def moving_picture(runs: Sequence[Run]) -> str:
    """The runs as an SVG that shows one after the other, again and again."""
    with _recording(COLUMNS) as console:
        heights = [[_printed_rows(console, line) for line in run.lines()] for run in runs]
        return _tidy(console.export_svg(code_format=_with_frames(heights), unique_id="start"))


def still_picture(run: Run) -> str:
    """What a command printed, in a window that is called as the command."""
    with _recording(SUMMARY_COLUMNS) as console:
        for line in run.lines()[1:-1]:
            console.print(line)
        drawn = console.export_svg(title=run.typed, unique_id="summary")
    # Rich names fonts on the web; whoever looks at a picture of ours asks no network.
    return _tidy(re.sub(r"\n *@font-face \{.*?\n *\}(?=\n)", "", drawn, flags=re.DOTALL))


@contextmanager
def _recording(columns: int) -> Iterator[Console]:
    """A console that keeps what is printed, which goes nowhere."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        yield Console(record=True, width=columns, file=nowhere, force_terminal=True)


def _tidy(drawn: str) -> str:
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def _printed_rows(console: Console, line: Text) -> int:
    """Print a line; returns over how many rows it is folded."""
    rows = line.wrap(console, COLUMNS)
    console.print(line)
    return max(1, len(rows))


def _with_frames(heights: Sequence[Sequence[int]]) -> str:
    """The template, with a frame for each line that comes: from when on it is seen, and where."""
    seconds, rows, frames = 0.0, 0, []
    for run in heights:
        for place, height in enumerate(run):
            rows += height
            frames.append((seconds, (ROWS - rows) * _LINE_PX))
            seconds += TYPED_S if place == 0 else LINE_S
        seconds += READ_S
    lasts = seconds - READ_S + END_S
    steps = [f"{100 * start / lasts:.2f}% {{{{ transform: translateY({y:.1f}px); }}}}"
             for start, y in frames]  # fmt: skip
    end = f"{frames[-1][1]:.1f}"
    steps.append(f"100% {{{{ transform: translateY({end}px); }}}}")
    window = ROWS * _LINE_PX
    told = {"FRAMES": "\n".join(steps), "LASTS": f"{lasts:.1f}", "END": end}
    told |= {"WINDOW": f"{window:.0f}", "HEIGHT": f"{window + 24:.0f}"}
    text = _FORMAT
    for name, value in told.items():
        text = text.replace(f"%{name}%", value)
    return text


def summary(folder: Path) -> Run:
    """What a newcomer sees: the demo, by somebody who has not said yet who they are."""
    typed = "photoprep demo"
    return Run(typed, _output(folder, typed, columns=SUMMARY_COLUMNS).replace("~/", ""))


def recorded(folder: Path) -> list[Run]:
    """What the commands print in a folder where the demo's photos are an enquiry."""
    _output(folder, "photoprep profile edit", _PROFILE)
    _output(folder, "photoprep demo made")
    shutil.rmtree(folder / "made-prepared")
    (folder / "made" / ".photoprep-demo").unlink()
    (folder / "made").rename(folder / "Enquiry")
    return [Run(typed, _output(folder, typed)) for typed in COMMANDS]


def _output(folder: Path, typed: str, answers: str = "", columns: int = COLUMNS) -> str:
    """What a command prints on a terminal, without its progress, which is on standard error."""
    environment = os.environ | {
        "PHOTOPREP_CONFIG_DIR": str(folder / "settings"),
        "FORCE_COLOR": "1",
        "COLUMNS": str(columns),
        "PYTHONIOENCODING": "utf-8",
    }
    ended = subprocess.run(
        [sys.executable, "-m", *shlex.split(typed)],
        cwd=folder,
        env=environment,
        input=answers,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=False,  # one of the demo's photos is broken
    )
    return ended.stdout.replace(str(folder), "~")


def main() -> None:
    """Run the commands and write the pictures."""
    with tempfile.TemporaryDirectory(prefix="photoprep-recording-") as name:
        SUMMARY.write_text(still_picture(summary(Path(name))), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="photoprep-recording-") as name:
        PICTURE.write_text(moving_picture(recorded(Path(name))), encoding="utf-8")
    print(f"Written: {SUMMARY}, {PICTURE}")


if __name__ == "__main__":
    main()
