"""A daemon over a real folder: locks, signals, processes and files put behind ``Daemon``."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from photoprep.errors import CannotWriteError, ExitCode, SourceUnreadableError, UsageError
from photoprep.files import cannot_write, sha256_of_file
from photoprep.language import Language, say
from photoprep.preset import WatchSpec
from photoprep.watch.aftermath import Aftermath
from photoprep.watch.archive import check_archive
from photoprep.watch.batch import BatchSettings
from photoprep.watch.books import Books
from photoprep.watch.chores import Chores
from photoprep.watch.clock import SystemClock
from photoprep.watch.config import load_config
from photoprep.watch.daemon import Daemon
from photoprep.watch.desk import Desk, Places
from photoprep.watch.found import FoundBatch, content_of
from photoprep.watch.holding import hold
from photoprep.watch.ledger import LEDGER_FILE, Ledger
from photoprep.watch.log import Event, Log
from photoprep.watch.lookout import Lookout
from photoprep.watch.loops import refuse_loops
from photoprep.watch.mounts import Mount, is_laid_bare, mount_of
from photoprep.watch.owed import Owed
from photoprep.watch.room import Room
from photoprep.watch.running import ErrandRunner
from photoprep.watch.scan import scan_inbox
from photoprep.watch.settings import batch_settings, preset_contents
from photoprep.watch.settings_book import SettingsBook
from photoprep.watch.spacing import Pauses
from photoprep.watch.status_file import write_status
from photoprep.watch.surroundings import Afterwards, Nothing, Surroundings, Wishes
from photoprep.watch.systemd import Notifier
from photoprep.watch.waking import Waker
from photoprep.watched import FOLDER, Status


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for; paths are absolute.

    ``quiet_s`` and ``scan_s`` are None for the preset's; ``language`` is that of messages, ``""``
    in ``settings`` leaves a batch's to its preset.
    """

    inbox: Path
    out: Path
    settings: BatchSettings
    language: Language = "en"
    jobs: int = 0
    quiet_s: float | None = None
    scan_s: float | None = None
    once: bool = False
    archive: Path | None = None
    config: Path | None = None


def default_out(inbox: Path) -> Path:
    """``INBOX-prepared`` beside the watched folder."""
    from photoprep.catalogue.scan import default_output_folder

    return default_output_folder(inbox)


def serve(request: Request, log: Log, show: Callable[[Status], None]) -> ExitCode:
    """Watch until asked to end; ``show`` is given every new status, ``log`` every event.

    Raises:
        UsageError: the watched folder is not there, or the places lie in each other.
        WatchedAlreadyError: another daemon has the folder or the output.
        PresetError: the preset, the profile or the configuration is wrong.
        CannotWriteError: the output cannot be written at the start.
        NewerRecordError: the output's record is a newer photoprep's.

    """
    inbox, out, clock = request.inbox, request.out, SystemClock()
    if not inbox.is_dir():
        raise UsageError(
            say("The folder to be watched is not there."),
            hint=say("Make it, or connect its disk or share, then start again."),
            path=inbox,
        )
    config = load_config(inbox, request.config)
    archive = request.archive or config.archive
    refuse_loops(inbox, out, archive)
    if archive is not None:
        check_archive(archive, inbox, out)
    spec = _watch_spec(request.settings.preset)
    default = read_anew(request)
    home = mount_of(inbox)
    with hold(inbox, out, clock.wall_s()) as holding:
        waker = Waker(inbox, mount=home)
        wishes = Wishes()
        quiet_s = spec.quiet_s if home.tells_changes else spec.quiet_on_shares_s
        lookout = Lookout(
            lambda before, anew: scan_inbox(inbox, home, before=before, anew=anew),
            waker,
            clock,
            quiet_s=quiet_s if request.quiet_s is None else request.quiet_s,
            usual=_pauses(spec, request.scan_s),
        )
        owed = Owed(out)
        chores = Chores(inbox, out, archive, config.after, request.language, owed)
        settings = SettingsBook(inbox, batch_settings, default)
        desk = Desk(
            ErrandRunner(waker.wake),
            settings,
            Places(inbox, out, request.jobs, request.language),
            clock,
            log,
            owed.promise if chores.hands_over else lambda _name: None,
        )
        books = Books(
            partial(Ledger, out / FOLDER / LEDGER_FILE),
            partial(check_out, out, mount_of(out)),
            clock,
            log,
        )
        afterwards: Afterwards = Nothing()
        if chores.are_wanted:
            afterwards = aftermath = Aftermath(chores, waker.wake)
            aftermath.start()
        parts = Surroundings(
            watcher=holding.watcher,
            clock=clock,
            waker=waker,
            log=log,
            manager=Notifier(),
            room=Room(partial(free_bytes, out)),
            show=partial(_show, out, show),
            renew_holding=holding.renew,
            reload=partial(read_anew, request),
            outputs_there=partial(_outputs_there, out),
            read_content=partial(content_found, inbox),
            afterwards=afterwards,
            archives=archive is not None,
            owed=owed.names,
        )
        daemon = Daemon(parts, books, lookout, desk, settings, wishes, once=request.once)
        log(
            Event(
                "started",
                say(
                    "Watching {inbox}; what comes of it goes to {out}.",
                    inbox=str(inbox),
                    out=str(out),
                ),
                figures={"pid": os.getpid(), "quiet_s": lookout.quiet_s},
            )
        )
        with heeding_signals(waker, wishes):
            try:
                return daemon.run()
            finally:
                waker.close()


def read_anew(request: Request) -> BatchSettings:
    """The settings of a batch that says nothing of itself, with the preset as it is now.

    Raises:
        PresetError: the preset or the sender's profile is wrong.

    """
    from dataclasses import replace

    from photoprep.profile import load_profile

    load_profile()
    return replace(request.settings, contents=preset_contents(request.settings.preset))


def check_out(out: Path, home: Mount) -> None:
    """See whether the output is where it was.

    Raises:
        CannotWriteError: it is gone, or its disk or share is.

    """
    try:
        is_there = out.is_dir()
        is_bare = is_there and is_laid_bare(home, mount_of(out))
    except OSError as error:
        raise cannot_write(out, error) from error
    if not is_there or is_bare:
        raise CannotWriteError(
            say("The output folder is not there."),
            hint=say("Connect its disk or share again, or put the folder back."),
            path=out,
        )


def free_bytes(folder: Path) -> int | None:
    """The room on its disk; None where the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def content_found(inbox: Path, found: FoundBatch) -> str:
    """What stands for the contents of a found batch; empty where a file cannot be read."""
    try:
        hashes = {file.path: sha256_of_file(inbox / file.path) for file in found.files}
    except SourceUnreadableError:
        return ""
    return content_of(found.name, hashes)


@contextmanager
def heeding_signals(waker: Waker, wishes: Wishes) -> Iterator[None]:
    """SIGTERM and SIGINT end the watching, SIGHUP has presets read anew."""
    if threading.current_thread() is not threading.main_thread():
        yield  # a program's own thread: its signals are its own
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        waker.stop()

    def reload(_signal: int, _frame: FrameType | None) -> None:
        wishes.reload = True
        waker.wake()

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {
        signal.SIGTERM: end,
        signal.SIGINT: end,
    }
    if hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = reload
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pauses(spec: WatchSpec, asked_s: float | None) -> Pauses:
    """The preset's pauses between two looks, or the one that was asked for."""
    if asked_s is not None:
        return Pauses(asked_s, asked_s)
    return Pauses(spec.scan_s, spec.scan_on_shares_s)


def _watch_spec(preset: str) -> WatchSpec:
    from photoprep.preset_file import load_preset

    return load_preset(preset).watch


def _outputs_there(out: Path) -> tuple[str, ...]:
    try:
        return tuple(os.listdir(out))  # noqa: PTH208 (names, not paths)
    except OSError:
        return ()


def _show(out: Path, show: Callable[[Status], None], status: Status) -> None:
    show(status)
    if out.is_dir():  # one that is away must not be made anew on its bare mount point
        write_status(out, status)
