"""Looking at this computer: everything is tried, and nothing of it is judged here.

No server is asked, and nothing is left behind: what has to be written is a file without a name, or
lies in a temporary folder of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from importlib import import_module, metadata
from pathlib import Path

from photoprep.doctor.facts import (
    Facts,
    Library,
    Mail,
    Place,
    SampleRead,
    ScriptDrawn,
    Watching,
    Workers,
)
from photoprep.doctor.installed import look_at_installation
from photoprep.doctor.worker import (
    FontsTask,
    Result,
    SampleTask,
    Task,
    WorkersTask,
    set_up,
    work_on,
)
from photoprep.errors import PhotoError, PhotoprepError, UsageError
from photoprep.language import Language, say
from photoprep.workers import Crew, usable_cores

SAMPLES = {
    "jpeg": "jpg-baseline.jpg",
    "png": "png-rgb8.png",
    "tiff": "tif-rgb8-lzw.tif",
    "webp": "webp-lossy.webp",
    "bmp": "bmp-24.bmp",
    "gif": "gif-plain.gif",
    "jpeg-2000": "jp2-lossless.jp2",
    "photoshop": "psd-rgb-packbits.psd",
    "avif": "avif-444.avif",
    "heic": "heic-420.heic",
    "deep": "tif-rgb16-deflate.tif",
    "raw": "raw-sensor.dng",
    "jpeg-xl": "jxl-lossless.jxl",
}
_BEYOND = {"Dask": "distributed", "s3fs": "s3fs"}
_FOLDER = Path(__file__).with_name("samples")
# A sample takes 10 ms, and a machine that is busy longer; one that takes so long hangs.
_SAMPLE_LIMIT_S = 60.0
_EVENT_WITHIN_S = 10.0
_STEP_S = 0.1


def look(folder: Path | None, language: Language) -> Facts:
    """Look at everything; ``folder`` is where photos lie or will be dropped, else the current one.

    Raises:
        UsageError: there is no such folder.

    """
    here = _standing_in()
    if folder is not None and not folder.is_dir():
        raise UsageError(
            say("There is no folder {folder}.", folder=str(folder)),
            hint=say("Name one that is there: the folder with photos, or one that is watched."),
        )
    where = here if folder is None else here / folder
    workers, samples, scripts, fonts_why = _ask_workers()
    return Facts(
        installation=look_at_installation(),
        language=language,
        samples=samples,
        workers=workers,
        scripts=scripts,
        fonts_why=fonts_why,
        mail=look_at_mail(),
        beyond=look_at_libraries(),
        watching=look_at_watching(where),
        outputs=look_at_place(where if folder is None else _where_outputs_go(where)),
        temporary=look_at_place(_temporary_folder()),
        is_folder_given=folder is not None,
    )


def _standing_in() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:  # and no worker could be started here
        raise UsageError(
            say("The current folder is no longer there."),
            hint=say("Go to another one and run again."),
        ) from error


def _temporary_folder() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # none that could be written to: the first that was tried
        return Path(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 (nothing is written there)


def _ask_workers() -> tuple[Workers, tuple[SampleRead, ...], tuple[ScriptDrawn, ...], str]:
    """What a worker says of itself, the samples as they were read, fonts, and why there are none.

    A worker that dies over a sample costs that sample, as in a run.
    """
    from photoprep.preset_file import load_preset

    spec = load_preset("trade-email").photo
    jobs = usable_cores()
    tasks: list[Task] = [
        WorkersTask(jobs),
        FontsTask(),
        *(SampleTask(key, _FOLDER / name, spec) for key, name in SAMPLES.items()),
    ]
    outcomes: dict[int, Result | PhotoError] = {}
    with Crew(
        work_on, jobs=min(2, jobs), set_up=set_up, limit_s=lambda _task: _SAMPLE_LIMIT_S
    ) as crew:
        outcomes.update(crew.run(tasks))
    workers, fonts, *read = (outcomes[place] for place in range(len(tasks)))
    samples = tuple(
        each
        if isinstance(each, SampleRead)
        else SampleRead(key, "broken", each.message if isinstance(each, PhotoError) else "")
        for key, each in zip(SAMPLES, read, strict=True)
    )
    return (
        workers if isinstance(workers, Workers) else Workers(jobs, why=_why(workers)),
        samples,
        fonts if isinstance(fonts, tuple) else (),
        "" if isinstance(fonts, tuple) else _why(fonts),
    )


def _why(outcome: Result | PhotoError) -> str:
    return outcome.message if isinstance(outcome, PhotoError) else ""


def look_at_mail() -> Mail:
    """The keyring and the accounts by their names; no password is read, no server asked.

    A keyring that is locked would ask the person to open it.
    """
    from photoprep.mail.accounts import load_accounts
    from photoprep.mail.passwords import keyring_backend

    keyring = keyring_why = accounts_why = ""
    accounts: tuple[str, ...] = ()
    has_library = True
    try:
        keyring = keyring_backend()
    except ModuleNotFoundError as error:
        has_library = error.name != "keyring"
        keyring_why = "" if not has_library else _in_words(error)
    except Exception as error:  # noqa: BLE001 (backends are anybody's code)
        keyring_why = _in_words(error)
    try:
        accounts = tuple(load_accounts())
    except PhotoprepError as error:
        accounts_why = error.message
    return Mail(has_library, keyring, keyring_why, accounts, accounts_why)


def look_at_libraries() -> tuple[Library, ...]:
    """What clusters and stores need, loaded as a run loads it; no address is asked."""
    return tuple(_loaded(name, module) for name, module in _BEYOND.items())


def _loaded(name: str, module: str) -> Library:
    try:
        version = metadata.version(module)
    except metadata.PackageNotFoundError:
        return Library(name)
    try:
        import_module(module)
    except Exception as error:  # noqa: BLE001 (whatever a broken installation raises)
        return Library(name, version, _in_words(error))
    return Library(name, version)


def look_at_watching(folder: Path) -> Watching:
    """Watch a folder together with one of ours, and see whether a file in ours is told of.

    A probe must not be written into a folder that some other photoprep may watch.
    """
    from photoprep.watch.mounts import Mount, mount_of
    from photoprep.watch.waking import FolderEvents

    reasons: list[str] = []
    told, ended = threading.Event(), threading.Event()

    def on_end(reason: str) -> None:
        reasons.append(reason)
        ended.set()

    try:
        mount = mount_of(folder)
    except OSError:
        mount = Mount("")
    try:
        with tempfile.TemporaryDirectory(prefix="photoprep-doctor-") as ours:
            events = FolderEvents([Path(ours), folder], lambda _paths: told.set(), on_end)
            for number in range(round(_EVENT_WITHIN_S / _STEP_S)):
                Path(ours, str(number)).touch()
                if told.wait(_STEP_S) or ended.is_set():
                    break
            events.stop()
    except OSError as error:
        reasons.append(_in_words(error))
    return Watching(
        str(folder), mount.kind, mount.tells_changes, told.is_set(), next(iter(reasons), "")
    )


def look_at_place(folder: Path) -> Place:
    """What is free in a folder, and whether a file can be written there: one without a name."""
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return Place(str(folder), 0, _in_words(error))
    try:
        # On Linux it never has a name (O_TMPFILE), elsewhere for a moment.
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Place(str(folder), free_bytes, _in_words(error))
    return Place(str(folder), free_bytes)


def _where_outputs_go(folder: Path) -> Path:
    """The output folder of an earlier run, else the one in which it will be made."""
    out = folder.parent / f"{folder.name}-prepared"
    return out if out.is_dir() else folder.parent


def _in_words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return say("{kind}: {detail}", kind=type(error).__name__, detail=str(error)[:200])
