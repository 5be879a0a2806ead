"""The figures of the documentation, drawn from what the benchmarks measured.

    python -m benchmarks.quality FOLDER... --out quality.json
    python -m benchmarks.speed FOLDER... --out speed.json
    python -m benchmarks.plots --quality quality.json --speed speed.json --out docs

Writes quality.svg, stages.svg and a PNG of each into the folder given. The same numbers make the
same bytes under the same matplotlib: no date, no random names, and letters as outlines of the font
that matplotlib brings, which look alike everywhere. Needs matplotlib.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

from PIL import Image

CEILING = 95.0  # as in quality.py, which needs more than numbers to be imported
OURS, WHOLE = "photoprep", "photoprep, from the file"
ALIKE = 0.005  # encoders that never differ by more share a line and its label
WIDTH_IN, PX_PER_IN = 8.0, 200  # twice what a page shows, for fine screens
PNG_COLOURS = 64
NARROW = 0.09  # of the longest bar: less has no room for a name above it

INK, SOFT, FAINT = "#1f2933", "#5f6b76", "#e3e7eb"
ACCENT, ACCENT_PALE, OTHER = "#c8501e", "#eba983", "#aab4be"
MUTED = ("#3f6f9f", "#5c8a5a", "#8a6aa8", "#94702f", "#3d8b91", "#a65a78", "#6b7680", "#7d7f3a")
STAGES = {"decode": "#274c6e", "scale": "#4f7fab", "colour": "#a3bfd8", "fit": ACCENT}
FINAL, REST = "one final encode", "looks"
LETTERS = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "svg.fonttype": "path",
    "svg.hashsalt": "photoprep",
}


@dataclass
class Line:
    """One or more encoders of equal quality: their mean scores, limit by limit."""

    names: list[str]
    scores: list[float]
    is_ours: bool
    colour: str = ACCENT


def main() -> int:
    """Draw what there are numbers for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quality", type=Path, help="what benchmarks.quality wrote with --out")
    parser.add_argument("--speed", type=Path, help="what benchmarks.speed wrote with --out")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the figures")
    options = parser.parse_args()
    matplotlib: Any = importlib.import_module("matplotlib")
    options.out.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(LETTERS):
        if options.quality:
            rows = json.loads(options.quality.read_text(encoding="utf-8"))
            save(quality_figure(rows), options.out / "quality")
        if options.speed:
            measured = json.loads(options.speed.read_text(encoding="utf-8"))
            save(stages_figure(measured), options.out / "stages")
    return 0


def save(figure: Any, path: Path) -> None:
    """An SVG, and a PNG of few colours, both without a date."""
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None}, facecolor="white")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=PX_PER_IN, facecolor="white")
    picture = Image.open(buffer).convert("RGB").quantize(PNG_COLOURS, dither=Image.Dither.NONE)
    picture.save(path.with_suffix(".png"), optimize=True)
    for file in (path.with_suffix(".svg"), path.with_suffix(".png")):
        print(f"{file}: {file.stat().st_size:,} bytes")


def new_figure(height_in: float, title: str, subtitle: str) -> Any:
    """An empty figure with its two lines of heading."""
    figure: Any = importlib.import_module("matplotlib.figure").Figure((WIDTH_IN, height_in))
    figure.text(0.03, 1 - 0.34 / height_in, title, size=13, weight="bold")
    figure.text(0.03, 1 - 0.58 / height_in, subtitle, size=9.5, color=SOFT)
    return figure


def bare_axes(figure: Any, left: float, bottom: float, width: float, height: float) -> Any:
    """Axes without a frame or tick marks."""
    axes = figure.add_axes((left, bottom, width, height))
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return axes


def quality_figure(rows: list[dict[str, Any]]) -> Any:
    """Quality against the limit, a line an encoder, named where the line ends."""
    limits = sorted({row["limit_bytes"] for row in rows})
    photos = len({row["photo"] for row in rows})
    figure = new_figure(
        4.6,
        "Picture quality within the same bytes",
        f"mean SSIMULACRA2 of {photos} photos, counted up to {CEILING:g}, against the limit",
    )
    axes = bare_axes(figure, 0.06, 0.09, 0.62, 0.74)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    kilobytes = [limit / 1000 for limit in limits]
    axes.set_xticks(kilobytes, [f"{each:g} kB" for each in kilobytes])
    lines = quality_lines(rows, limits)
    for line in lines:
        width, order = (2.8, 3) if line.is_ours else (1.3, 2)
        style = {"color": line.colour, "linewidth": width, "markersize": width * 2}
        axes.plot(kilobytes, line.scores, "o-", zorder=order, **style)
    reach = (kilobytes[-1] - kilobytes[0]) or 1.0
    axes.set_xlim(kilobytes[0] - reach * 0.03, kilobytes[-1] + reach * 0.02)
    label_ends(axes, lines)
    return figure


def label_ends(axes: Any, lines: list[Line]) -> None:
    """Every line's name to the right of its end, with a thin line to it."""
    low, high = axes.get_ylim()
    edge = axes.get_yaxis_transform()  # across in parts of the axes, up in scores
    heights = moved_apart([line.scores[-1] for line in lines], (high - low) * 0.055)
    for line, height in zip(lines, heights, strict=True):
        ends = [line.scores[-1], height]
        style = {"color": line.colour, "linewidth": 0.7, "clip_on": False}
        axes.plot([1.0, 1.035], ends, transform=edge, **style)
        said = f"{line.scores[-1]:.1f}  {', '.join(line.names)}"
        size, weight = (10.5, "bold") if line.is_ours else (9, "normal")
        letters = {"color": line.colour, "size": size, "weight": weight}
        axes.text(1.045, height, said, transform=edge, va="center_baseline", **letters)
    axes.set_ylim(low, high)


def quality_lines(rows: list[dict[str, Any]], limits: list[int]) -> list[Line]:
    """The lines, the best at the end first; an encoder that failed on a photo has none."""
    lines: list[Line] = []
    for encoder in dict.fromkeys(row["encoder"] for row in rows if row["encoder"] != WHOLE):
        mine = [row for row in rows if row["encoder"] == encoder]
        if not all(row["size_bytes"] for row in mine):
            print(f"left out, for it made no JPEG of some photo: {encoder}")
            continue
        scores = [
            mean_score(row for row in mine if row["limit_bytes"] == limit) for limit in limits
        ]
        for line in lines:
            apart = max(abs(a - b) for a, b in zip(line.scores, scores, strict=True))
            if apart <= ALIKE and not line.is_ours:
                line.names.append(encoder)
                break
        else:
            lines.append(Line([encoder], scores, encoder == OURS))
    lines.sort(key=lambda line: -line.scores[-1])
    for line, colour in zip((line for line in lines if not line.is_ours), cycle(MUTED)):
        line.colour = colour
    return lines


def mean_score(rows: Iterable[dict[str, Any]]) -> float:
    """The mean, each score counted up to the ceiling."""
    return statistics.mean(min(float(row["score"]), CEILING) for row in rows)


def moved_apart(wanted: Sequence[float], gap: float) -> list[float]:
    """Descending heights, each lowered as far as keeps it a gap below the one before."""
    placed: list[float] = []
    for height in wanted:
        placed.append(min(height, placed[-1] - gap) if placed else height)
    return placed


def stages_figure(measured: dict[str, Any]) -> Any:
    """The time of a photo by stages beside the least, and photos a second beside others."""
    photos, seconds = measured["photos"], measured["seconds"]
    figure = new_figure(
        4.7,
        "Where a photo’s time goes",
        f"one core, means of {photos} photos; the minimum is what nobody can do without",
    )
    rows = measured["stages"]
    # Means, whose sums are as the photos' own.
    times = {name: statistics.mean(row[name] for row in rows) for name in (*STAGES, "final")}
    least = {"decode": times["decode"], "scale": times["scale"], FINAL: times["final"]}
    pieces = {name: times[name] for name in STAGES}
    # What is done besides: the hash, what doubts are judged by, the pictures of the page.
    pieces[REST] = statistics.mean(row["whole"] for row in rows) - sum(pieces.values())
    stacked_bars(bare_axes(figure, 0.19, 0.48, 0.74, 0.37), {OURS: pieces, "bare minimum": least})
    said = f"whole processes, the same {photos} photos, all cores"
    figure.text(0.03, 0.405, "Photos a second", size=13, weight="bold")
    figure.text(0.03, 0.353, said, size=9.5, color=SOFT)
    # "sharp, bisection" is sharp; photoprep on one core is another question.
    rates = {
        name.replace(",", " ").split()[0]: photos / taken
        for name, taken in seconds.items()
        if not name.endswith("one core")
    }
    rate_bars(bare_axes(figure, 0.19, 0.03, 0.74, 0.285), rates)
    return figure


def stacked_bars(axes: Any, bars: dict[str, dict[str, float]]) -> None:
    """A bar a row, every piece named above it, or below where it is narrow; the sum at the end."""
    longest = max(sum(pieces.values()) for pieces in bars.values())
    for row, pieces in enumerate(bars.values()):
        left = 0.0
        for name, value in pieces.items():
            colour = OTHER if name == REST else STAGES.get(name, ACCENT_PALE)
            axes.barh(row, value, left=left, color=colour, height=0.36, edgecolor="white")
            side, place = (-0.22, "bottom") if value / longest > NARROW else (0.22, "top")
            axes.text(left, row + side, f"{name} {value:.0f}", size=9, color=SOFT, va=place)
            left += value
        axes.text(left + longest * 0.01, row, f"{left:.0f} ms", va="center_baseline", weight="bold")
    finish_bars(axes, list(bars), longest)


def rate_bars(axes: Any, rates: dict[str, float]) -> None:
    """A bar a program, ours in the colour that means us."""
    most = max(rates.values())
    for row, (name, rate) in enumerate(rates.items()):
        axes.barh(row, rate, color=ACCENT if name == OURS else OTHER, height=0.6)
        said = f"{rate:.1f}"
        axes.text(rate + most * 0.01, row, said, va="center_baseline", weight="bold")
    finish_bars(axes, list(rates), most)


def finish_bars(axes: Any, names: list[str], longest: float) -> None:
    """Names to the left, no scale, for every bar says its number."""
    axes.set_yticks(range(len(names)), names, color=INK)
    axes.set_xticks([])
    axes.set_xlim(0, longest * 1.1)
    axes.set_ylim(len(names) - 0.4, -0.6)


if __name__ == "__main__":
    raise SystemExit(main())
