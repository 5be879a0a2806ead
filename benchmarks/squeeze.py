"""How many mails smaller versions of photos save, and what they cost in quality.

    python -m benchmarks.squeeze [--out docs]

200 sets of 1 to 60 pictures from the curves of 51 real photos, as a run of the trade's preset
measured them (``photo_curves.json``: bytes in full, then the estimated quality, in thousandths of a
point, at 80, 82.5 … 100% of them): pairs, products of one to five views, and those with a sheet of
350 to 410 kB ahead of each product of three or more. All methods divide the same pictures in their
order by the same limit on the wire, letters included: a plain greedy split (its letters reckoned as
those of single mails, a few bytes shorter), the exact plan of the photos in full, and that with the
squeeze; the bound is what the pictures take at least in any order, in full and at their floors.
Losses are what the curves foretell, which is off by 0.3 points in the mean. Fewer mails
than with the squeeze are impossible in this order, as far as photos may shrink.

``--out`` draws squeeze.svg and squeeze.png there, which needs matplotlib. No pictures are needed,
and the figures are the same everywhere.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.plots import ACCENT, INK, LETTERS, OTHER, bare_axes, finish_bars, new_figure, save
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence
from photoprep.mail.series import Series, divide
from photoprep.mail.squeeze import Curve, Mail, squeeze
from photoprep.mail.wire_size import base64_bytes
from photoprep.preset import LetterSpec
from photoprep.preset_file import load_preset

SETS, MOST_PICTURES = 200, 60
SHEETS_KB = (350, 410)
ABOUT = Correspondence(LetterSpec("en"), None, "", datetime.date(2026, 11, 23))
SPEC = replace(load_preset().mail, max_mails=999)
_SHARES_PERMILLE = range(800, 1001, 25)


@dataclass(frozen=True)
class Outcome:
    """What became of one set: mails by method, and the loss of every photo in points.

    ``bounds`` are proven for any order of the pictures: in full, and as small as they may be.
    """

    kind: str
    greedy: int
    in_full: int
    squeezed: int
    bounds: tuple[int, int]
    losses: tuple[float, ...]
    lowest: tuple[float, float]


def photo_curves() -> list[Curve]:
    """The curves of real photos, from their floors on."""
    path = Path(__file__).with_name("photo_curves.json")
    good = 1000 * (load_preset().photo.good_quality + 1)
    curves = []
    for full, *qualities in json.loads(path.read_text(encoding="utf-8")):
        sizes = [-(-full * share // 1000) for share in _SHARES_PERMILLE]
        curves.append(Curve(tuple(zip(sizes, qualities, strict=True))).from_level(good))
    return curves


def make_sets() -> list[tuple[str, list[MailItem], list[Curve]]]:
    """Kind, items and their curves; the same ones each time."""
    numbers, known = random.Random(8), photo_curves()
    made = []
    for number in range(SETS):
        kind = ("pairs", "products", "with sheets")[number % 3]
        wanted = 1 + number * (MOST_PICTURES - 1) // (SETS - 1)
        items: list[MailItem] = []
        curves: list[Curve] = []
        while len(items) < wanted:
            model = f"X{len(items):02}"
            views = min(2 if kind == "pairs" else numbers.randint(1, 5), wanted - len(items))
            if kind == "with sheets" and views >= 3:
                curves.append(Curve(((round(numbers.uniform(*SHEETS_KB) * 1000), 90_000),)))
                items.append(_item(f"Box_{model}_sheet.jpg", curves[-1], model, "sheet"))
            for view in range(views):
                curves.append(numbers.choice(known))
                items.append(_item(f"Box_{model}_{view}.jpg", curves[-1], model, "open"))
        made.append((kind, items, curves))
    return made


def _item(filename: str, curve: Curve, model: str, view: str) -> MailItem:
    return MailItem(filename, curve.full_bytes, "Box", model, view)


def divided(items: Sequence[MailItem], sizes: Sequence[int]) -> Series:
    """The exact plan of the items with these sizes, and how many mails they take at least."""
    sized = [replace(item, size_bytes=size) for item, size in zip(items, sizes, strict=True)]
    return divide(sized, SPEC, ABOUT)


def packed(items: Sequence[MailItem], sizes: Sequence[int]) -> list[Mail]:
    """The exact plan as the squeeze asks for it."""
    plans = divided(items, sizes).plans
    places = {item.filename: at for at, item in enumerate(items)}
    mails = []
    for plan in plans:
        own = sum(base64_bytes(item.size_bytes) for item in plan.attachments)
        room = SPEC.bound_bytes - (plan.wire_bytes - own)
        mails.append(Mail(tuple(places[item.filename] for item in plan.attachments), room))
    return mails


def greedy(items: Sequence[MailItem]) -> int:
    """Mail after mail, each filled as far as the pictures go in their order."""
    mails, first = 1, 0
    for stop in range(2, len(items) + 1):
        if len(packed(items[first:stop], [item.size_bytes for item in items[first:stop]])) > 1:
            mails, first = mails + 1, stop - 1
    return mails


def outcome(kind: str, items: Sequence[MailItem], curves: Sequence[Curve]) -> Outcome:
    """What becomes of one set."""
    in_full = len(packed(items, [curve.full_bytes for curve in curves]))
    found = squeeze(curves, lambda sizes: packed(items, sizes), base64_bytes)
    qualities = [
        curve.quality_at(size)
        for curve, size in zip(curves, found.sizes if found else (), strict=found is not None)
    ]
    losses = [
        (curve.best - quality) / 1000
        for curve, quality in zip(curves, qualities, strict=False)
        if len(curve.points) > 1
    ]
    lowest = min(curve.best for curve in curves) / 1000
    squeezed = min(qualities, default=round(1000 * lowest)) / 1000
    mails = found.mails_after if found else in_full
    bounds = (
        divided(items, [curve.full_bytes for curve in curves]).at_least,
        divided(items, [curve.floor_bytes for curve in curves]).at_least,
    )
    return Outcome(kind, greedy(items), in_full, mails, bounds, tuple(losses), (lowest, squeezed))


def main() -> int:
    """Print the tables, and draw the figure if asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="the folder for squeeze.svg and squeeze.png")
    options = parser.parse_args()
    outcomes = [outcome(*each) for each in make_sets()]
    print_tables(outcomes)
    if options.out is not None:
        matplotlib: Any = importlib.import_module("matplotlib")
        options.out.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(LETTERS):
            save(figure(outcomes), options.out / "squeeze")
    return 0


def print_tables(outcomes: Sequence[Outcome]) -> None:
    """Mails by kind and method, and what the squeeze costs where it is used."""
    print("| sets | greedy | in full | its bound | squeezed | its bound | sets that save a mail |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    kinds = dict.fromkeys(each.kind for each in outcomes)
    for kind in (*kinds, "all"):
        own = [each for each in outcomes if kind in (each.kind, "all")]
        base = sum(each.greedy for each in own)
        cells = [
            f"{mails} ({mails / base:.3f})"
            for mails in (
                sum(each.in_full for each in own),
                sum(each.bounds[0] for each in own),
                sum(each.squeezed for each in own),
                sum(each.bounds[1] for each in own),
            )
        ]
        saving = sum(each.squeezed < each.in_full for each in own)
        print(f"| {len(own)} {kind} | {base} | " + " | ".join(cells) + f" | {saving} |")
    print()
    used = [each for each in outcomes if each.squeezed < each.in_full]
    losses = [loss for each in used for loss in each.losses]
    worst = [max(each.losses) for each in used]
    lower = [in_full - squeezed for in_full, squeezed in (each.lowest for each in used)]
    print("| in the sets that save a mail, points | mean | median | largest |")
    print("| --- | --- | --- | --- |")
    rows = {
        "loss of a photo": losses,
        "largest loss of a set": worst,
        "what the lowest quality loses": lower,
    }
    for name, values in rows.items():
        figures = statistics.mean(values), statistics.median(values), max(values)
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in figures) + " |")


def figure(outcomes: Sequence[Outcome]) -> Any:
    """Mails over greedy's, a bar a method, and the losses of photos."""
    drawn = new_figure(
        4.4,
        "How many mails",
        f"{SETS} sets of 1 to {MOST_PICTURES} real sizes, no mail above 800 kB on the wire",
    )
    mails = {
        "greedy": sum(each.greedy for each in outcomes),
        "in full": sum(each.in_full for each in outcomes),
        "squeezed": sum(each.squeezed for each in outcomes),
        "the bound": sum(each.bounds[1] for each in outcomes),
    }
    axes = bare_axes(drawn, 0.17, 0.55, 0.76, 0.27)
    for row, (name, value) in enumerate(mails.items()):
        axes.barh(row, value, color=ACCENT if name == "squeezed" else OTHER, height=0.62)
        said = f"{value:,}  ({value / mails['greedy']:.0%})"
        axes.text(value + 8, row, said, va="center_baseline", color=INK)
    finish_bars(axes, list(mails), mails["greedy"] * 1.15)
    drawn.text(0.03, 0.46, "What photos lose, in points of quality", size=13, weight="bold")
    losses = [loss for each in outcomes for loss in each.losses]
    steps = [at / 2 for at in range(7)]
    shares = {
        f"{low:g} to {low + 0.5:g}": sum(low <= loss < low + 0.5 for loss in losses) / len(losses)
        for low in steps
    }
    axes = bare_axes(drawn, 0.17, 0.03, 0.76, 0.4)
    for row, share in enumerate(shares.values()):
        axes.barh(row, share, color=ACCENT, height=0.62)
        axes.text(share + 0.005, row, f"{share:.0%}", va="center_baseline", color=INK)
    finish_bars(axes, list(shares), max(shares.values()) * 1.1)
    return drawn


if __name__ == "__main__":
    raise SystemExit(main())
