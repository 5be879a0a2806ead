"""Results put in place by a thread: the same files and words in whichever order they come."""

from __future__ import annotations

import datetime
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from photoprep import prepare
from photoprep.catalogue.understanding import Told, Understood
from photoprep.errors import CannotWriteError, SourceUnreadableError
from photoprep.files import FileStamp, Spooled
from photoprep.outcome import Prepared, Subject
from photoprep.output_folder import OutputFolder, open_output_folder
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.remembered import WrittenOutput
from photoprep.sheet.task import PhotoAndCopiesTask
from photoprep.state import State
from photoprep.walk.intake import Candidate
from photoprep.walk.settling import Settling
from tests.support import Inline, outputs, small_photo

P = ParamSpec("P")
T = TypeVar("T")
DAY = datetime.date(2026, 11, 23)


class Noting(Inline):
    """Works at once, and notes how large the sources are that it is given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        (task,) = args
        if isinstance(task, PhotoTask | PhotoAndCopiesTask):  # else only its head is read
            photo = task if isinstance(task, PhotoTask) else task.photo
            self.sizes.append(photo.stamp.size_bytes)
        return super().submit(fn, *args, **kwargs)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    set_up_decoders()
    for number, side in enumerate((90, 400, 150, 300), start=1):
        small_photo(tmp_path / f"photos/IMG_{number}.png", number, (side, side))
    return tmp_path / "photos"


def test_the_largest_come_first_and_the_report_keeps_its_order(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = Noting()
    report = prepare(photos, out=tmp_path / "out", date=DAY, executor=noting)
    assert noting.sizes == sorted(noting.sizes, reverse=True)
    assert noting.sizes != [path.stat().st_size for path in sorted(photos.iterdir())]
    assert [photo.source for photo in report.photos] == [f"IMG_{n}.png" for n in range(1, 5)]

    as_found = Noting()
    monkeypatch.setattr(
        "photoprep.walk.making.sorted", lambda values, **_: list(values), raising=False
    )
    again = prepare(photos, out=tmp_path / "other", date=DAY, executor=as_found)
    assert as_found.sizes != noting.sizes
    assert again.photos == report.photos
    assert outputs(tmp_path / "out") == outputs(tmp_path / "other")


class Full(OutputFolder):
    """An output folder on a disk that takes nothing."""

    def put(self, path: str, data: bytes | Spooled) -> WrittenOutput:
        assert isinstance(data, bytes)
        raise CannotWriteError(f"No room for {len(data)} bytes.", hint="", path=Path(path))


def hand_over(folder: OutputFolder, made: MadePhoto, count: int, then: BaseException | None) -> int:
    handed = 0
    with Settling(folder, "recipe") as settling:
        for index in range(count):
            settling.settle(index, _candidate(folder.folder, f"{index}.jpg"), made)
            handed += 1
        if then is not None:
            raise then
    return handed


def test_what_cannot_be_written_is_raised_and_nobody_waits(tmp_path: Path) -> None:
    made = _made(tmp_path)
    with State(tmp_path / "state.db") as state:
        for count in (1, 100):  # the last one, and many more than may wait
            with pytest.raises(CannotWriteError, match="No room"):
                hand_over(Full(tmp_path, state), made, count, None)
        with pytest.raises(KeyboardInterrupt):  # no second trouble on top of the first
            hand_over(Full(tmp_path, state), made, 1, KeyboardInterrupt())


def test_what_was_handed_over_before_an_interrupt_is_finished(tmp_path: Path) -> None:
    made = _made(tmp_path)
    with (
        open_output_folder(tmp_path / "out") as folder,
        pytest.raises(KeyboardInterrupt),
    ):
        hand_over(folder, made, 3, KeyboardInterrupt())
    with open_output_folder(tmp_path / "out") as folder:
        assert all(folder.is_as_written(f"photos/{index}.jpg") for index in range(3))
        assert folder.state.source_names() == {"0.jpg", "1.jpg", "2.jpg"}


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs signal masks")
def test_the_thread_leaves_ctrl_c_to_the_main_one(tmp_path: Path) -> None:
    masks: list[set[int]] = []

    class Asking(OutputFolder):
        def record(self, *_: object) -> None:
            masks.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, ())))

    with State(tmp_path / "state.db") as state, Settling(Asking(tmp_path, state), "recipe"):
        pass
    assert masks == [{signal.SIGINT}]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


def test_a_passing_trouble_is_not_remembered(tmp_path: Path) -> None:
    with open_output_folder(tmp_path / "out") as folder:
        with Settling(folder, "recipe") as settling:
            error = SourceUnreadableError("The file cannot be read.", path=tmp_path)
            settling.settle(7, _candidate(tmp_path), error)
        assert settling.outcomes[7].status == "failed"
        assert folder.state.source_names() == set()


def test_a_file_is_synced_then_named_and_then_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace, record = os.fsync, Path.replace, State.record_outputs

    def noted(name: str, function: Callable[P, T]) -> Callable[P, T]:
        def both(*args: P.args, **kwargs: P.kwargs) -> T:
            done.append(name)
            return function(*args, **kwargs)

        return both

    made = _made(tmp_path)
    with open_output_folder(tmp_path / "out") as folder:
        folder.announce(["photos/0.jpg", "photos/1.jpg"])
        monkeypatch.setattr(os, "fsync", noted("sync", fsync))
        monkeypatch.setattr(Path, "replace", noted("name", replace))
        monkeypatch.setattr(State, "record_outputs", noted("record", record))
        with Settling(folder, "recipe") as settling:
            settling._recorded_s = float("inf")  # not before the end
            for index in range(2):
                settling.settle(index, _candidate(tmp_path, f"{index}.jpg"), made)
        monkeypatch.undo()
    # Each time the picture of the original after it, which nothing waits for.
    assert done == ["sync", "name", "name"] * 2 + ["sync"] * (os.name != "nt") + ["record"]


def test_what_a_killed_run_put_and_did_not_record_is_made_anew(
    photos: Path, tmp_path: Path
) -> None:
    prepare(photos, out=tmp_path / "fresh", date=DAY, executor=Inline())
    name = min(outputs(tmp_path / "fresh"))
    with open_output_folder(tmp_path / "out") as folder:
        folder.announce([name])
        folder.put(name, b"whole, but of a run that was killed")
    report = prepare(photos, out=tmp_path / "out", date=DAY, executor=Inline())
    assert all(isinstance(photo, Prepared) for photo in report.photos)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def _candidate(folder: Path, name: str = "a.jpg") -> Candidate:
    return Candidate(
        folder / name,
        name,
        FileStamp(1, 2, 3, 4),
        Understood(name, Subject("Box", "", "unknown"), Told()),
        f"photos/{name}",
    )


def _made(folder: Path) -> MadePhoto:
    from photoprep.photo.make import make_photo
    from photoprep.preset_file import load_preset

    path = small_photo(folder / "source.png", 1)
    return make_photo(PhotoTask(path, FileStamp.of(path), load_preset().photo))
