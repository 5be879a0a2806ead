"""What is thrown at a watched folder under torture: batches, and the many ways in which they come.

Each batch is written by a thread of its own as people, cameras and copying programs do, with pauses
that a settling time must outlast, and some that it cannot.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from photoprep.files import sha256_of_file
from tests.support import small_photo, written

Kind = Literal["photos", "words", "broken", "loose"]
Way = Literal["slowly", "moved in", "parts", "by two", "backwards"]
Later = Literal["", "extended", "changed", "shrunk", "renamed"]

WAYS: tuple[Way, ...] = ("slowly", "moved in", "parts", "by two", "backwards")
LATER: tuple[Later, ...] = ("", "", "extended", "changed", "shrunk", "renamed")
REMOVED = "removed"
"""Where what is taken away from a batch lies, in a folder of the batch's name."""
_FORMATS = ("png", "jpg", "jpg", "webp", "tif", "bmp")
_BROKEN = b"\xff\xd8\xff\xe0 and not much more"


@dataclass(frozen=True, slots=True)
class Plan:
    """One batch to come; ``customer`` is empty for none of its own."""

    name: str
    kind: Kind
    seed: int
    photos: int
    way: Way
    later: Later
    customer: str = ""
    has_list: bool = False
    has_broken: bool = False


@dataclass(slots=True)
class Arrival:
    """A batch as it came in.

    ``names`` are all that its folder had, the last one its own now. ``versions`` is how many states
    of it stood still long enough that a daemon could rightly have taken it for whole, or were gone
    from under one that was at work. ``files`` are the hashes of all that lies there in the end, by
    their paths in the watched folder.
    """

    plan: Plan
    names: list[str]
    versions: int = 0
    files: dict[str, str] = field(default_factory=dict)
    wrote_s: float = 0.0


def plans(count: int, seed: int) -> list[Plan]:
    """So many batches: nearly all of photos, some of words, broken pictures or loose ones."""
    dice = random.Random(seed)
    return [_plan(number, dice) for number in range(count)]


def _plan(number: int, dice: random.Random) -> Plan:
    kind: Kind = "photos"
    if number % 23 == 11:
        kind = "words"
    elif number % 23 == 17:
        kind = "broken"
    elif number % 12 == 5:
        kind = "loose"
    is_plain = kind != "photos"
    return Plan(
        name=f"Enquiry {number:03}",
        kind=kind,
        seed=number * 10,
        photos=dice.randint(1, 5),
        way="slowly" if kind == "loose" else dice.choice(WAYS),
        later="" if is_plain else dice.choice(LATER),
        customer=f"C{number:04}" if not is_plain and dice.random() < 0.2 else "",
        has_list=not is_plain and dice.random() < 0.15,
        has_broken=not is_plain and dice.random() < 0.1,
    )


class Writer:
    """Brings one batch into the watched folder, and what happens to it later.

    ``elsewhere`` is a folder on the same disk. ``wait`` is called before it is touched again, and
    returns when that is due. Two states that stand ``quiet_s`` apart count as two versions.
    """

    def __init__(
        self, plan: Plan, inbox: Path, elsewhere: Path, quiet_s: float, wait: Callable[[], None]
    ) -> None:
        self.arrival = Arrival(plan, [plan.name])
        self._plan, self._inbox, self._elsewhere = plan, inbox, elsewhere
        self._quiet_s, self._wait = quiet_s, wait
        self._dice = random.Random(plan.seed)

    def write(self) -> Arrival:
        """All of it; returns what has come."""
        if self._plan.kind == "loose":
            self._write_loose()
        else:
            self._write_folder()
        if self._plan.later:
            self._wait()
            self._touch_again()
        self._take_stock()
        return self.arrival

    def _take_stock(self) -> None:
        if self._plan.kind == "loose":
            paths = list(self._inbox.glob(f"{self._plan.name} *"))
        else:
            paths = [p for p in (self._inbox / self.arrival.names[-1]).rglob("*") if p.is_file()]
        self.arrival.files = {
            path.relative_to(self._inbox).as_posix(): sha256_of_file(path) for path in paths
        }

    def _write_loose(self) -> None:
        for name, source in self._made():
            self._slowly(source, self._inbox / f"{self._plan.name} {name}")

    def _write_folder(self) -> None:
        folder = self._inbox / self._plan.name
        files = self._made()
        match self._plan.way:
            case "moved in":
                (self._elsewhere / self._plan.name).rename(folder)
                self._wrote()
            case "backwards":
                self._write_all(reversed(files), folder, self._slowly)
            case "parts":
                self._write_all(files, folder, self._as_part)
            case "by two":
                second = threading.Thread(
                    target=self._write_all, args=(files[::2], folder, self._slowly)
                )
                second.start()
                self._write_all(files[1::2], folder, self._at_once)
                second.join()
            case "slowly":
                self._write_all(files, folder, self._slowly)

    def _write_all(
        self,
        files: Iterable[tuple[str, Path]],
        folder: Path,
        way: Callable[[Path, Path], None],
    ) -> None:
        for name, source in files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            way(source, target)
            self._pause(0.1)

    def _touch_again(self) -> None:
        plan, folder = self._plan, self._inbox / self._plan.name
        if plan.later == "extended":
            small_photo(folder / "More/IMG_90.png", plan.seed + 7)
        elif plan.later == "changed":
            small_photo(self._first(folder), plan.seed + 8, (90, 60))
        elif plan.later == "shrunk" and plan.photos > 1:
            removed = self._elsewhere / REMOVED / plan.name
            removed.mkdir(parents=True)
            first = self._first(folder)
            first.rename(removed / first.name)
        elif plan.later == "renamed":
            new = f"{plan.name} for Smith"
            folder.rename(self._inbox / new)
            self.arrival.names.append(new)
        self._wrote()
        self.arrival.versions += 1

    def _first(self, folder: Path) -> Path:
        return min(folder.glob("IMG_0.*"))

    def _made(self) -> list[tuple[str, Path]]:
        """The files, whole, in a place of their own."""
        plan, folder = self._plan, self._elsewhere / self._plan.name
        if plan.kind == "words":
            written(folder / "notes.txt", f"no picture, {plan.seed}\n")
            return [("notes.txt", folder / "notes.txt")]
        if plan.kind == "broken":
            (folder).mkdir(parents=True)
            (folder / "IMG_0.jpg").write_bytes(_BROKEN + bytes([plan.seed % 250]))
            return [("IMG_0.jpg", folder / "IMG_0.jpg")]
        names = []
        for number in range(plan.photos):
            name = f"IMG_{number}.{self._dice.choice(_FORMATS)}"
            small_photo(
                folder / name, plan.seed + number, self._dice.choice([(90, 60), (640, 480)])
            )
            names.append(name)
        if plan.has_broken:
            (folder / "IMG_8.jpg").write_bytes(_BROKEN)
            names.append("IMG_8.jpg")
        if plan.has_list:
            written(folder / "list.csv", f"file,product,model\n{names[0]},Toolbox,X{plan.seed}\n")
            names.append("list.csv")
        if plan.customer:
            written(folder / "photoprep.toml", f'customer = "{plan.customer}"\n')
            names.append("photoprep.toml")
        return [(name, folder / name) for name in names]

    def _slowly(self, source: Path, target: Path) -> None:
        """In pieces, as over a bad line."""
        data = source.read_bytes()
        third = max(1, len(data) // 3)
        with target.open("wb", buffering=0) as file:
            for begin in range(0, len(data), third):
                file.write(data[begin : begin + third])
                self._wrote()
                self._pause(0.15)

    def _as_part(self, source: Path, target: Path) -> None:
        part = target.with_name(f"{target.name}.part")
        self._slowly(source, part)
        part.rename(target)
        self._wrote()

    def _at_once(self, source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())
        self._wrote()

    def _pause(self, most_s: float) -> None:
        time.sleep(self._dice.uniform(0, most_s))

    def _wrote(self) -> None:
        """Something has just been written."""
        now_s = time.monotonic()
        # A scan may see the state before a write that came a little later than the quiet time.
        if not self.arrival.versions or now_s - self.arrival.wrote_s > 0.9 * self._quiet_s:
            self.arrival.versions += 1
        self.arrival.wrote_s = now_s
