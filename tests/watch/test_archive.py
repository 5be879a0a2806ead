"""Sources go into the archive without loss: on one disk, to another, and killed at every step."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from photoprep.errors import CannotWriteError, PresetError
from photoprep.watch import archive as archive_module
from photoprep.watch import archive_plan, archive_tree
from photoprep.watch.archive import (
    Archived,
    archive_batch,
    check_archive,
    finish_interrupted,
)
from photoprep.watch.archive_plan import UNFINISHED
from tests.faults.support import mounts_refused, small_disk
from tests.support import written

ANOTHER_DISK = Path("/dev/shm")  # noqa: S108 (a second file system, which is what is wanted)
# Of the steps of an archiving, at most so many are tried as the last one.
MOST_KILLS = 30


# Archives in a process of its own, killed before the change of a number; its exit code and changes.
Archiver = Callable[[int, Path, Path, Path, list[Path]], tuple[int, int]]


@pytest.fixture(scope="module")
def archiver() -> Iterator[Archiver]:
    """What starts such processes."""
    command = [sys.executable, "-m", "tests.watch.killed_archiver"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as starting:
        asked, told = starting.stdin, starting.stdout
        assert asked is not None
        assert told is not None

        def archive(
            fatal: int, inbox: Path, archive: Path, plan: Path, sources: list[Path]
        ) -> tuple[int, int]:
            order = [fatal, str(inbox), str(archive), "x", str(plan), [*map(str, sources)]]
            asked.write(json.dumps(order) + "\n")
            asked.flush()
            code, changes = json.loads(told.readline())
            return int(code), int(changes)

        yield archive


def is_another_disk(folder: Path) -> bool:
    return ANOTHER_DISK.is_dir() and ANOTHER_DISK.stat().st_dev != folder.stat().st_dev


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture(params=["same disk", "another disk"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "same disk":
        yield tmp_path / "archive"
        return
    if not is_another_disk(tmp_path):
        pytest.skip("needs a second file system at /dev/shm")
    with tempfile.TemporaryDirectory(dir=ANOTHER_DISK) as folder:
        yield Path(folder) / "archive"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(inbox: Path, *sources: Path) -> dict[str, str]:
    """What the ledger has of the sources: every regular file and what a link to one leads to."""
    files = [
        path
        for source in sources
        for path in ([source] if source.is_file() else source.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name != "Thumbs.db"
    ]
    return {path.relative_to(inbox).as_posix(): sha256(path) for path in files}


def tree(folder: Path) -> dict[str, str]:
    """All that lies in a folder: a file by its hash, a link by what it says, a folder as such."""
    found = {}
    for path in folder.rglob("*"):
        kind = "folder"
        if path.is_symlink():
            kind = f"-> {path.readlink()}"
        elif path.is_file():
            kind = sha256(path)
        found[path.relative_to(folder).as_posix()] = kind
    return found


def a_batch(inbox: Path, name: str = "Müller order 3.2") -> Path:
    batch = inbox / name
    written(batch / "open.jpg", "one")
    written(batch / "sub" / "closed.jpg", "two")
    written(batch / "sub" / ".hidden", "clutter")
    written(batch / "Thumbs.db", "clutter")
    written(batch / "photoprep.toml", 'customer = "C1"')
    (batch / "empty").mkdir()
    (batch / "link.jpg").symlink_to("sub/closed.jpg")
    (batch / "led out").symlink_to("/nowhere/at/all")
    return batch


def test_a_folder_goes_whole_with_its_clutter_and_its_links_as_links(
    inbox: Path, archive: Path
) -> None:
    batch = a_batch(inbox)
    os.utime(batch / "open.jpg", ns=(10**18, 10**18))
    before, expected = tree(batch), hashes(inbox, batch)
    done = archive_batch([batch], inbox, archive, batch.name, expected)
    assert done == Archived("archived", batch.name, archive / batch.name)
    assert tree(archive / batch.name) == before
    assert (archive / batch.name / "open.jpg").stat().st_mtime_ns == 10**18
    assert list(inbox.iterdir()) == []
    assert [path.name for path in archive.iterdir()] == [batch.name]
    assert finish_interrupted(archive, inbox) == ()


def test_loose_pictures_go_into_a_folder_named_as_their_batch(inbox: Path, archive: Path) -> None:
    sources = [written(inbox / name, name) for name in ("a.jpg", "b.jpg", "c d.jpg")]
    written(inbox / "other.jpg", "of another batch")
    written(archive / "2026-11-29" / "a.jpg", "of this morning")
    done = archive_batch(sources, inbox, archive, "2026-11-29", hashes(inbox, *sources))
    assert done.place == archive / "2026-11-29-2"
    assert {path.name: path.read_text() for path in done.place.iterdir()} == {
        name: name for name in ("a.jpg", "b.jpg", "c d.jpg")
    }
    assert (archive / "2026-11-29" / "a.jpg").read_text() == "of this morning"
    assert [path.name for path in inbox.iterdir()] == ["other.jpg"]
    assert sorted(path.name for path in archive.iterdir()) == ["2026-11-29", "2026-11-29-2"]


def test_what_is_not_what_was_prepared_stays_whole_where_it_is(inbox: Path, archive: Path) -> None:
    batch = a_batch(inbox)
    expected = hashes(inbox, batch)
    name = batch.name
    look = (batch / "open.jpg").stat()
    (batch / "open.jpg").write_text("ONE")  # the same size, and the same time
    os.utime(batch / "open.jpg", ns=(look.st_atime_ns, look.st_mtime_ns))
    written(batch / "new.jpg", "three")
    (batch / "sub" / "closed.jpg").unlink()
    before = tree(inbox)
    done = archive_batch([batch], inbox, archive, name, expected)
    assert done.state == "changed"
    assert set(done.changed) == {
        f"{name}/{each}" for each in ("open.jpg", "new.jpg", "sub/closed.jpg")
    }
    assert tree(inbox) == before
    assert tree(archive) == {}


def test_a_batch_that_is_gone_is_told_as_changed(inbox: Path, archive: Path) -> None:
    done = archive_batch([inbox / "x"], inbox, archive, "x", {"x/a.jpg": "0" * 64})
    assert done == Archived("changed", "x", changed=("x/a.jpg",))


def test_a_loose_picture_that_changes_while_others_are_moved_stays(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [written(inbox / name, name) for name in ("a.jpg", "b.jpg")]
    expected = hashes(inbox, *sources)
    begin = archive_plan.begin

    def changing(*arguments: object) -> object:
        written(inbox / "b.jpg", "edited")
        return begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(archive_module, "begin", changing)
    done = archive_batch(sources, inbox, tmp_path / "archive", "day", expected)
    assert (done.state, done.changed) == ("archived", ("b.jpg",))
    assert (inbox / "b.jpg").read_text() == "edited"
    assert tree(tmp_path / "archive") == {"day": "folder", "day/a.jpg": expected["a.jpg"]}


def test_a_folder_that_is_written_to_just_then_comes_back(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = a_batch(inbox)
    expected = hashes(inbox, batch)
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        if self == batch:
            written(batch / "open.jpg", "one and more")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    done = archive_batch([batch], inbox, tmp_path / "archive", batch.name, expected)
    assert (done.state, done.changed) == ("changed", (f"{batch.name}/open.jpg",))
    assert (batch / "open.jpg").read_text() == "one and more"
    assert tree(tmp_path / "archive") == {}


def test_a_copy_of_what_changed_meanwhile_is_thrown_away(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_another_disk(tmp_path):
        pytest.skip("needs a second file system at /dev/shm")
    batch = a_batch(inbox)
    expected = hashes(inbox, batch)
    copy_entries = archive_tree.copy_entries

    def late(*arguments: object) -> object:
        copied = copy_entries(*arguments)  # type: ignore[arg-type]
        written(batch / "open.jpg", "one and more")
        written(batch / "new.jpg", "new")
        return copied

    monkeypatch.setattr(archive_module, "copy_entries", late)
    with tempfile.TemporaryDirectory(dir=ANOTHER_DISK) as there:
        done = archive_batch([batch], inbox, Path(there), batch.name, expected)
        assert done.state == "changed"
        assert set(done.changed) == {f"{batch.name}/open.jpg", f"{batch.name}/new.jpg"}
        assert tree(Path(there)) == {}
    assert (batch / "open.jpg").read_text() == "one and more"


def test_names_are_met_in_either_of_unicodes_forms(inbox: Path, archive: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Größe.jpg")
    batch = inbox / "x"
    written(batch / decomposed, "one")
    expected = {"x/Größe.jpg": sha256(batch / decomposed)}
    assert archive_batch([batch], inbox, archive, "x", expected).state == "archived"
    assert [path.name for path in (archive / "x").iterdir()] == [decomposed]


@pytest.mark.skipif(sys.platform != "linux", reason="such names exist there")
def test_names_that_are_no_utf8_go_too(inbox: Path, archive: Path) -> None:
    sources = [written(inbox / os.fsdecode(b"gr\xf6sse.jpg"), "one")]
    done = archive_batch(sources, inbox, archive, "day", hashes(inbox, *sources))
    assert done.state == "archived"
    assert os.listdir(os.fsencode(archive / "day")) == [b"gr\xf6sse.jpg"]  # noqa: PTH208 (bytes)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX rights")
def test_a_source_that_cannot_be_removed_is_not_copied(
    inbox: Path,
    archive: Path,
    tmp_path: Path,
    without_root: Callable[[], AbstractContextManager[None]],
) -> None:
    batch = a_batch(inbox)
    expected = hashes(inbox, batch)
    before = tree(inbox)
    archive.mkdir(exist_ok=True)
    archive.parent.chmod(0o777)
    archive.chmod(0o777)
    with without_root(), pytest.raises(CannotWriteError, match="they stay") as refused:
        archive_batch([batch], inbox, archive, batch.name, expected)
    assert refused.value.hint
    assert tree(inbox) == before
    assert tree(archive) == {}


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_a_full_archive_loses_nothing_and_keeps_nothing(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = inbox / "x"
    batch.mkdir()
    for number in range(4):
        (batch / f"{number}.jpg").write_bytes(os.urandom(150_000))
    expected, before = hashes(inbox, batch), tree(inbox)
    small = tmp_path / "small"
    small.mkdir()
    with small_disk(small, kilobytes=400):
        for foretold in (True, False):
            if not foretold:  # it fills while it is copied to
                monkeypatch.setattr(archive_module, "_check_room", lambda *_: None)
            with pytest.raises(CannotWriteError) as refused:
                archive_batch([batch], inbox, small, "x", expected)
            assert isinstance(refused.value.__cause__, OSError)
            assert refused.value.__cause__.errno == errno.ENOSPC
            assert tree(inbox) == before
            assert tree(small) == {}


def test_an_archive_in_the_watched_folder_or_the_output_is_refused(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    out.mkdir()
    (tmp_path / "led in").symlink_to(inbox)
    check_archive(tmp_path / "archive", inbox, out)
    for place in (inbox, inbox / "a", out / "a" / "b", tmp_path / "led in" / "a", out):
        with pytest.raises(PresetError, match="The archive lies in the"):
            check_archive(place, inbox, out)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("kind", ["folder", "loose"])
def test_killed_at_every_step_nothing_is_lost_and_nothing_doubled(
    kind: str, inbox: Path, archive: Path, tmp_path: Path, archiver: Archiver
) -> None:
    archive.mkdir()
    plan = tmp_path / "expected.json"

    def dropped() -> list[Path]:
        if kind == "folder":
            return [a_batch(inbox, "x")]
        return [written(inbox / name, name) for name in ("a.jpg", "b.jpg")]

    sources = dropped()
    whole = tree(inbox / "x") if kind == "folder" else tree(inbox)
    plan.write_text(json.dumps(hashes(inbox, *sources)), encoding="utf-8")
    code, steps = archiver(0, inbox, archive, plan, sources)
    assert code == 0
    assert tree(archive / "x") == whole
    assert steps > 2
    # Each is a process of its own; of many steps, those of later files are like those of the first.
    for fatal in range(1, steps + 1, -(-steps // MOST_KILLS)):
        empty(archive)
        sources = dropped()
        assert archiver(fatal, inbox, archive, plan, sources) == (-9, 0)
        kept = {*tree(inbox).values(), *tree(archive).values()}
        assert set(whole.values()) <= kept  # nothing is lost while nobody goes on
        done = finish_interrupted(archive, inbox)
        if any(os.path.lexists(source) for source in sources):
            assert [each.state for each in done] in ([], ["undone"])
            hashed = json.loads(plan.read_text(encoding="utf-8"))
            assert archive_batch(sources, inbox, archive, "x", hashed).state == "archived"
        assert tree(inbox) == {}, fatal
        assert tree(archive / "x") == whole, fatal
        assert [path.name for path in archive.iterdir()] == ["x"], fatal
        assert not (archive / UNFINISHED).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("kind", ["folder", "loose"])
def test_killed_again_and_again_while_it_goes_on_it_ends_the_same(
    kind: str, inbox: Path, archive: Path, tmp_path: Path, archiver: Archiver
) -> None:
    archive.mkdir()
    plan = tmp_path / "expected.json"
    names = ("a.jpg", "b.jpg", "c.jpg")
    loose = [written(inbox / name, name) for name in names] if kind == "loose" else []
    sources = loose or [a_batch(inbox, "x")]
    whole = tree(inbox) if loose else tree(sources[0])
    plan.write_text(json.dumps(hashes(inbox, *sources)), encoding="utf-8")
    fatal = 1
    while (ended := archiver(fatal, inbox, archive, plan, sources)) == (-9, 0):
        kept = {*tree(inbox).values(), *tree(archive).values()}
        assert set(whole.values()) <= kept, fatal
        fatal += 1
    assert ended[0] == 0
    assert fatal > 3
    assert tree(inbox) == {}
    assert tree(archive / "x") == whole
    assert [path.name for path in archive.iterdir()] == ["x"]


def empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_loose_pictures_are_met_in_either_of_unicodes_forms(inbox: Path, archive: Path) -> None:
    source = written(inbox / unicodedata.normalize("NFD", "Größe.jpg"), "one")
    done = archive_batch([source], inbox, archive, "day", {"Größe.jpg": sha256(source)})
    assert (done.state, done.changed) == ("archived", ())
    assert [path.name for path in (archive / "day").iterdir()] == [source.name]


def test_two_daemons_may_have_one_archive(inbox: Path, archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other in"
    other.mkdir()
    begun = archive_plan.begin(archive, archive_plan.Plan("copying", str(other), "x", ("x",), {}))
    assert finish_interrupted(archive, inbox) == ()
    assert begun.copy.is_dir()
    assert [done.state for done in finish_interrupted(archive, other)] == ["undone"]
    assert tree(archive) == {}


def test_a_plan_of_a_later_version_is_left_to_it(inbox: Path, archive: Path) -> None:
    begun = archive_plan.begin(archive, archive_plan.Plan("moving", str(inbox), "x", ("x",), {}))
    plan = begun.folder / "plan.json"
    plan.write_text(plan.read_text().replace('"schema": 1', '"schema": 2'))
    written(begun.copy / "a.jpg", "a photo")
    assert finish_interrupted(archive, inbox) == ()
    assert (begun.copy / "a.jpg").read_text() == "a photo"
