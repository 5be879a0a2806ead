from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from photoprep.errors import CannotWriteError, OutputBusyError
from photoprep.files import COARSE_CLOCK_NS, FileStamp, Sink, sha256_hex, spooled
from photoprep.output_folder import is_output_folder, open_output_folder
from photoprep.rehearsal import rehearse
from photoprep.remembered import RememberedRefusal, RememberedSource, WrittenOutput
from photoprep.state import SPARE_FILE, State
from photoprep.walk.findings import record_findings


def test_what_was_written_is_known_at_the_next_run(tmp_path: Path) -> None:
    with open_output_folder(tmp_path / "out") as folder:
        folder.write("photos/a.jpg", b"one")
    assert is_output_folder(tmp_path / "out")
    with open_output_folder(tmp_path / "out") as folder:
        assert folder.holds("photos/a.jpg", sha256_hex(b"one"))
        assert not folder.holds("photos/a.jpg", sha256_hex(b"two"))
        assert not folder.holds("photos/b.jpg", sha256_hex(b"one"))


def test_a_persons_file_is_neither_replaced_nor_removed(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")
        (tmp_path / "photos/theirs.jpg").write_bytes(b"theirs")
        assert not folder.may_write("photos/theirs.jpg")
        with pytest.raises(CannotWriteError, match="did not write"):
            folder.write("photos/theirs.jpg", b"ours")
        assert folder.keep_only([]) == []
    assert (tmp_path / "photos/theirs.jpg").read_bytes() == b"theirs"
    assert not (tmp_path / "photos/a.jpg").exists()


def test_a_file_that_a_person_edited_is_left_alone(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")
    (tmp_path / "photos/a.jpg").write_bytes(b"edit")  # as long as before, within the clock's tick
    with open_output_folder(tmp_path) as folder:
        assert not folder.holds("photos/a.jpg", sha256_hex(b"ours"))
        assert not folder.may_write("photos/a.jpg")
        assert folder.keep_only([]) == ["photos/a.jpg"]
    assert (tmp_path / "photos/a.jpg").read_bytes() == b"edit"


def test_an_announced_file_is_ours_even_when_the_record_never_came(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.announce(["photos/a.jpg"])
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos/a.jpg").write_bytes(b"renamed into place, then killed")
    with open_output_folder(tmp_path) as folder:
        assert not folder.holds("photos/a.jpg", sha256_hex(b"renamed into place, then killed"))
        assert folder.may_write("photos/a.jpg")
        folder.write("photos/a.jpg", b"again")
        assert folder.holds("photos/a.jpg", sha256_hex(b"again"))


def test_unfinished_files_are_swept(tmp_path: Path) -> None:
    leftover = tmp_path / ".photoprep/unfinished/a.jpg"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    with open_output_folder(tmp_path):
        assert not leftover.exists()


def pieces(held: Sink) -> None:
    for piece in (b"one ", b"piece ", b"at a time"):
        held.write(piece)


def test_what_is_written_piece_by_piece_is_as_if_it_were_written_whole(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        written = folder.spool("report.json", pieces)
        assert written.sha256 == sha256_hex(b"one piece at a time")
        assert not (tmp_path / "report.json").exists()
        folder.write_if_new("report.json", written)
        assert folder.holds("report.json", written.sha256)
        assert (tmp_path / "report.json").read_bytes() == b"one piece at a time"
        before = (tmp_path / "report.json").stat()
        folder.write_if_new("report.json", folder.spool("report.json", pieces))
        after = (tmp_path / "report.json").stat()
        assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
        assert list((tmp_path / ".photoprep/unfinished").iterdir()) == []
        folder.spool("report.json", pieces)
    with open_output_folder(tmp_path) as folder:
        assert list(folder.unpacking_folder.iterdir()) == []
        assert folder.is_as_written("report.json")


def test_what_is_spooled_takes_no_persons_place(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(b"a person's")
    with open_output_folder(tmp_path) as folder:
        with pytest.raises(CannotWriteError, match="did not write"):
            folder.write_if_new("report.json", folder.spool("report.json", pieces))
        assert (tmp_path / "report.json").read_bytes() == b"a person's"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
def test_a_disk_that_is_full_half_way_leaves_nothing_half_written(tmp_path: Path) -> None:
    temporary = tmp_path / "half"
    temporary.symlink_to("/dev/full")
    with pytest.raises(CannotWriteError, match="full") as refused:
        spooled(tmp_path / "report.json", pieces, temporary=temporary)
    assert refused.value.path == tmp_path / "report.json"
    assert not temporary.is_symlink()


def test_a_rehearsal_spools_nothing_into_the_folder(tmp_path: Path) -> None:
    with rehearse(tmp_path / "out") as folder:
        folder.write_if_new("report.json", folder.spool("report.json", pieces))
        assert folder.read("report.json") == b"one piece at a time"
    assert not (tmp_path / "out").exists()


def test_one_run_at_a_time_even_after_a_kill(tmp_path: Path) -> None:
    hold = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from photoprep.output_folder import open_output_folder\n"
        "with open_output_folder(Path(sys.argv[1])):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OutputBusyError, match="Another photoprep"):  # noqa: SIM117
            with open_output_folder(tmp_path):
                pass
        other.kill()
    with open_output_folder(tmp_path) as folder:  # no stale lock
        folder.write("photos/a.jpg", b"free again")


def test_a_damaged_record_is_begun_anew_and_said(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")
        folder.write("photos/b.jpg", b"ours too")
        assert record_findings(folder.state.rebuilt) == []
    (tmp_path / "photos/b.jpg").write_bytes(b"edited")
    (tmp_path / ".photoprep/state.db").write_bytes(b"this is no database" * 100)
    with open_output_folder(tmp_path) as folder:
        (finding,) = record_findings(folder.state.rebuilt)
        assert finding.code == "record-rebuilt"
        assert "state-damaged.db" in finding.message
        assert folder.holds("photos/a.jpg", sha256_hex(b"ours"))
        assert not folder.may_write("photos/b.jpg")
    with open_output_folder(tmp_path) as folder:
        assert record_findings(folder.state.rebuilt) == []


def test_no_damage_to_the_record_passes_unnoticed(tmp_path: Path) -> None:
    """Whatever is struck: either all is read as it was, or the record is begun anew."""
    look = FileStamp(5, 10**18, 7, 10**18)
    refusal = RememberedRefusal("It is damaged.", "Copy it again.")
    record = tmp_path / "state.db"
    with State(record) as state:
        state.set_fact("date", "2026-11-23")
        state.record_outputs(
            (f"photos/{n}.jpg", WrittenOutput(f"{n:064x}", look)) for n in range(40)
        )
        state.remember_sources(
            (f"{n}.jpg", RememberedSource(look, "a" * 64, "b" * 64, refusal)) for n in range(40)
        )
    whole, spare = record.read_bytes(), (tmp_path / SPARE_FILE).read_bytes()
    with State(record) as state:
        known = state.fact("date"), state.outputs(), state.sources()
    dice = random.Random(20261123)
    begun_anew = 0
    for _ in range(300):
        damaged = bytearray(whole)
        length = dice.choice([1, 4, 60, 600, 5000])
        start = dice.choice([dice.randrange(100), dice.randrange(len(whole) - length)])
        damaged[start : start + length] = dice.choice([bytes(length), dice.randbytes(length)])
        record.write_bytes(damaged[: dice.choice([len(whole), len(whole), start + 1])])
        (tmp_path / SPARE_FILE).write_bytes(spare)
        with State(record) as state:
            begun_anew += bool(state.rebuilt)
            if state.rebuilt:
                hashes = {path: output.sha256 for path, output in state.outputs().items()}
                assert hashes == {path: output.sha256 for path, output in known[1].items()}
                assert state.fact("date") == known[0]
                assert state.sources() == {}
            else:
                assert (state.fact("date"), state.outputs(), state.sources()) == known
            state.set_fact("date", "2026-11-24")  # and it can be written
    assert 100 < begun_anew < 300


def test_a_damaged_spare_is_made_anew_from_the_record(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")
    spare = tmp_path / ".photoprep" / SPARE_FILE
    lines = spare.read_bytes()
    spare.write_bytes(b"\xff" + lines[:20])
    with open_output_folder(tmp_path) as folder:
        assert record_findings(folder.state.rebuilt) == []
    assert spare.read_bytes() == lines


def test_whatever_sqlite_raises_is_an_error_of_ours(tmp_path: Path) -> None:
    with State(tmp_path / "state.db") as state:
        pass
    reads = (state.sources, state.outputs, state.mails, lambda: state.fact("date"))
    writes = (
        lambda: state.set_fact("date", "2026-11-23"),
        lambda: state.record_outputs([("photos/a.jpg", WrittenOutput("f" * 64, None))]),
        lambda: state.forget_sources(["a.jpg"]),
        lambda: state.replace_mails([]),
    )
    for call in (*reads, *writes):
        with pytest.raises(CannotWriteError, match="record"):
            call()


def test_what_was_announced_keeps_its_hash_until_it_is_replaced(tmp_path: Path) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")
        folder.announce(["photos/a.jpg"])
    (tmp_path / "photos/a.jpg").write_bytes(b"edited after a kill")
    with open_output_folder(tmp_path) as folder:
        assert not folder.may_write("photos/a.jpg")


def test_a_file_in_the_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(CannotWriteError, match="cannot be written"):  # noqa: SIM117
        with open_output_folder(tmp_path / "out"):
            pass


def test_a_coarse_clock_is_not_trusted() -> None:
    look = FileStamp(size_bytes=5, mtime_ns=10**18, inode=1, looked_ns=10**18 + COARSE_CLOCK_NS)
    settled = FileStamp(5, 10**18, 1, look.looked_ns + 1)
    assert not look.shows_unchanged(look)
    assert settled.shows_unchanged(settled)
    assert not FileStamp(6, 10**18, 1, 0).shows_unchanged(settled)
    assert not FileStamp(5, 10**18, 2, 0).shows_unchanged(settled)
    assert not FileStamp(5, 10**18 + 1, 1, 0).shows_unchanged(settled)


def test_what_was_just_written_is_known_at_the_next_run_without_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_output_folder(tmp_path) as folder:
        folder.write("photos/a.jpg", b"ours")

    def read(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr("photoprep.output_folder.sha256_of_file", read)
    with open_output_folder(tmp_path) as folder:
        assert folder.holds("photos/a.jpg", sha256_hex(b"ours"))
        (tmp_path / "photos/a.jpg").write_bytes(b"mine")  # of the same size, a moment later
        with pytest.raises(AssertionError):
            folder.holds("photos/a.jpg", sha256_hex(b"ours"))
