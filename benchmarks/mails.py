"""How many mails a set of pictures takes: photoprep's plans against a plain greedy split.

    python -m benchmarks.mails [--out docs]

200 sets of 1 to 60 pictures, made of the sizes that photos and sheets of real folders have once
they are prepared (``PHOTOS_KB``): products with a closed and an open view, products of one to five
views, and those with a sheet of 350 to 410 kB ahead of each product of three or more. Every method
divides the same files by the same limit on the wire, letters included:

- greedy: the next picture goes into the last mail if it fits, else into a new one;
- in this order: what photoprep does by default;
- in any order: with ``mail.reorder``;
- light: within the preferred size, with ``mail.prefer``;
- the bound: fewer are impossible.

Then how long series of 1 to 2,000 attachments take. ``--out`` draws mails.svg and mails.png there,
which needs matplotlib. No pictures are needed, and the numbers of mails are the same everywhere.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.plots import (
    ACCENT,
    ACCENT_PALE,
    INK,
    LETTERS,
    OTHER,
    bare_axes,
    finish_bars,
    new_figure,
    save,
)
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence, write_letters
from photoprep.mail.series import Series, divide
from photoprep.mail.weights import RunWeights
from photoprep.preset import LetterSpec
from photoprep.preset_file import load_preset

# Photos of the preset trade-email: 36 of web shops and 45 of cameras and phones, in kB.
PHOTOS_KB = (
    *(100.7, 101.1, 103.1, 104.2, 105.7, 108.2, 109.9, 113.9, 122.6, 129.3, 137.4, 138.7, 146.1),
    *(149.0, 156.0, 156.1, 176.0, 179.5, 179.9, 182.4, 184.2, 192.0, 197.3, 197.6, 198.1, 198.4),
    *(198.6, 198.6, 198.8, 198.9, 199.0, 199.1, 199.1, 199.1, 199.2, 199.3),
    *(87.6, 179.9, 198.1, 198.4, 198.6, 199.1, 199.1, 199.2, 199.2, 199.3, 199.4, 199.4, 199.4),
    *(199.8, 199.9, 69.9, 141.6, 176.3, 189.2, 198.8, 199.0, 199.1, 199.2, 199.3, 180.3, 199.1),
    *(199.1, 199.2, 199.3, 199.3, 199.6, 199.7, 199.8, 199.8, 87.6, 130.8, 180.3, 187.4, 198.3),
    *(198.6, 198.6, 199.0, 199.1, 199.7, 199.8),
)
SHEETS_KB = (350, 410)
SETS = 200
MOST_PICTURES = 60
SPEC = load_preset().mail
ABOUT = Correspondence(LetterSpec("en"), None, "", datetime.date(2026, 11, 23))


@dataclass(frozen=True)
class Divided:
    """What a method made of a set: what each mail weighs, and how many products it parts."""

    wire_bytes: tuple[int, ...]
    parted: int

    @property
    def excess_bytes(self) -> int:
        """What the mails are above the preferred size, together."""
        return sum(max(0, size - SPEC.preferred_bound_bytes) for size in self.wire_bytes)


Method = Callable[[Sequence[MailItem]], Divided]


def greedy(items: Sequence[MailItem]) -> Divided:
    """Mail after mail, each filled as far as the pictures go in their order."""
    writer = write_letters(items, ABOUT)
    weigh = RunWeights(writer, writer.stem(items), items, 2).wire_bytes
    runs = [range(1)]
    for at in range(1, len(items)):
        if weigh(runs[-1].start, at + 1) <= SPEC.draft_bytes:
            runs[-1] = range(runs[-1].start, at + 1)
        else:
            runs.append(range(at, at + 1))
    mails = [{items[at].title for at in run} for run in runs]
    parted = sum(
        sum(title in titles for titles in mails) > 1
        for title in {item.title for item in items if item.title}
    )
    return Divided(tuple(weigh(run.start, run.stop) for run in runs), parted)


def divided(items: Sequence[MailItem], **keys: Any) -> Series:
    """The series that photoprep makes of a set, with these keys under [mail]."""
    return divide(items, replace(SPEC, **keys), ABOUT)


def ours(**keys: Any) -> Method:
    """photoprep, with these keys under [mail]."""

    def method(items: Sequence[MailItem]) -> Divided:
        series = divided(items, **keys)
        return Divided(tuple(plan.wire_bytes for plan in series.plans), len(series.parted))

    return method


# A method more, such as one with smaller versions of the pictures, has its line here.
METHODS: dict[str, Method] = {
    "greedy": greedy,
    "in this order": ours(),
    "in any order": ours(reorder=True),
    "light": ours(prefer="light"),
    "light, in any order": ours(prefer="light", reorder=True),
}


def make_sets() -> dict[str, list[list[MailItem]]]:
    """The sets, by kind; the same ones each time."""
    numbers = random.Random(8)

    def photo_bytes() -> int:
        return round(numbers.choice(PHOTOS_KB) * 1000)

    kinds: dict[str, list[list[MailItem]]] = {"pairs": [], "sets": [], "with sheets": []}
    for number in range(SETS):
        kind = ("pairs", "sets", "with sheets")[number % 3]
        pictures = 1 + number * (MOST_PICTURES - 1) // (SETS - 1)
        items: list[MailItem] = []
        while len(items) < pictures:
            model = f"X{len(items):02}"
            views = min(2 if kind == "pairs" else numbers.randint(1, 5), pictures - len(items))
            if kind == "with sheets" and views >= 3:
                sheet_bytes = round(numbers.uniform(*SHEETS_KB) * 1000)
                items.append(MailItem(f"Box_{model}_sheet.jpg", sheet_bytes, "Box", model, "sheet"))
            items += [
                MailItem(f"Box_{model}_{view}.jpg", photo_bytes(), "Box", model, "open")
                for view in range(views)
            ]
        kinds[kind].append(items)
    return kinds


def main() -> int:
    """Print the tables, and draw the figure if asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="the folder for mails.svg and mails.png")
    options = parser.parse_args()
    kinds = make_sets()
    rows: dict[str, dict[str, list[Divided]]] = {
        kind: {name: [method(items) for items in sets] for name, method in METHODS.items()}
        for kind, sets in kinds.items()
    }
    bounds = {kind: [divided(items).at_least for items in sets] for kind, sets in kinds.items()}
    print_tables(rows, bounds)
    print_times()
    if options.out is not None:
        matplotlib: Any = importlib.import_module("matplotlib")
        options.out.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(LETTERS):
            save(figure(rows, bounds), options.out / "mails")
    return 0


def total(divided: Sequence[Divided]) -> int:
    """How many mails these are."""
    return sum(len(each.wire_bytes) for each in divided)


def print_tables(rows: dict[str, dict[str, list[Divided]]], bounds: dict[str, list[int]]) -> None:
    """Mails by kind and method, and what else tells plans apart."""
    print("| sets | pictures at most | " + " | ".join([*METHODS, "the bound"]) + " |")
    print("| --- " * (len(METHODS) + 3) + "|")
    for kind, methods in rows.items():
        base = total(methods["greedy"])
        cells = [f"{total(made)} ({total(made) / base:.3f})" for made in methods.values()]
        least = sum(bounds[kind])
        cells.append(f"{least} ({least / base:.3f})")
        print(f"| {len(bounds[kind])} {kind} | {MOST_PICTURES} | " + " | ".join(cells) + " |")
    print()
    print("| method | products parted | MB above 600 kB | sets at the bound | one above | more |")
    print("| --- | --- | --- | --- | --- | --- |")
    every_bound = [bound for kind in rows for bound in bounds[kind]]
    for name in METHODS:
        made = [each for kind in rows for each in rows[kind][name]]
        counts = ["", "", ""]
        if not name.startswith("light"):  # the bound is that of the larger limit
            above = [
                len(each.wire_bytes) - bound for each, bound in zip(made, every_bound, strict=True)
            ]
            counts = [str(above.count(0)), str(above.count(1)), str(sum(n > 1 for n in above))]
        excess = sum(each.excess_bytes for each in made) / 1e6
        parted = sum(each.parted for each in made)
        print(f"| {name} | {parted} | {excess:.1f} | " + " | ".join(counts) + " |")
    print()


def print_times() -> None:
    """How long a whole plan takes, letters included, for one to two thousand attachments."""
    numbers = random.Random(9)
    print("| attachments | both plans, ms | both in any order, ms |")
    print("| --- | --- | --- |")
    for count in (1, 10, 100, 500, 1000, 2000):
        items = [
            MailItem(f"Box_{at}.jpg", round(numbers.choice(PHOTOS_KB) * 1000), f"Box X{at // 3}")
            for at in range(count)
        ]
        cells = []
        for reorder in (False, True):
            taken = []
            for _ in range(3):
                started = time.process_time()
                for prefer in ("fewest", "light"):
                    ours(prefer=prefer, reorder=reorder)(items)
                taken.append(time.process_time() - started)
            cells.append(f"{statistics.median(taken) * 1000:.0f}")
        print(f"| {count} | " + " | ".join(cells) + " |")


def figure(rows: dict[str, dict[str, list[Divided]]], bounds: dict[str, list[int]]) -> Any:
    """Mails over greedy's, and products parted, a bar a method."""
    names = ["greedy", "in this order", "in any order"]
    made = {name: [each for kind in rows for each in rows[kind][name]] for name in names}
    drawn = new_figure(
        4.4,
        "How many mails",
        f"{SETS} sets of 1 to {MOST_PICTURES} real sizes, no mail above 800 kB on the wire; "
        "fewer than the bound are impossible",
    )
    mails = {name: float(total(each)) for name, each in made.items()}
    mails["the bound"] = float(sum(map(sum, bounds.values())))
    bars(bare_axes(drawn, 0.17, 0.5, 0.76, 0.34), mails)
    drawn.text(0.03, 0.43, "Products whose pictures are in several mails", size=13, weight="bold")
    parted = {name: float(sum(each.parted for each in made[name])) for name in names}
    bars(bare_axes(drawn, 0.17, 0.04, 0.76, 0.34), parted)
    return drawn


def bars(axes: Any, values: dict[str, float]) -> None:
    """A bar a method, photoprep's in the colour that means us."""
    most = max(values.values())
    colours = {"in this order": ACCENT, "in any order": ACCENT_PALE}
    for row, (name, value) in enumerate(values.items()):
        axes.barh(row, value, color=colours.get(name, OTHER), height=0.62)
        said = f"{value:,.0f}" if name == "greedy" else f"{value:,.0f}  ({value / most:.0%})"
        axes.text(value + most * 0.01, row, said, va="center_baseline", color=INK)
    finish_bars(axes, list(values), most * 1.08)


if __name__ == "__main__":
    raise SystemExit(main())
