"""The last step of a run whose results go into a store: finished files are put there, whole.

An object store has neither the renames nor the locks that the promises of an output folder rest
on. So the run works in a folder of this computer, as every run does, and what is finished there
is put into the store at its end: report.json after all else, then what is no longer wanted is
taken away. Killed at any instant, the next run goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from photoprep.errors import CannotWriteError, UsageError
from photoprep.files import sha256_hex, write_whole
from photoprep.language import say
from photoprep.output_folder import OutputFolder
from photoprep.remote_address import below, checked_address, own_name, takes_files_whole
from photoprep.remote_listing import objects_below
from photoprep.remote_store import RemoteObject, content_of, put, remove
from photoprep.report import Published
from photoprep.walk.crew import OnDone, unheard
from photoprep.walk.publication import (
    RECORD_NAME,
    Entry,
    Local,
    Plan,
    finished,
    is_published,
    planned,
    record_of,
    record_text,
)

_NO_NAME, _LONGEST_NAME = re.compile(r"[^\w-]+"), 40
# So much is in memory and on its way at once.
_MOST_FILES, _MOST_BYTES = 64, 32_000_000


class Publication:
    """An address for a run's results, and the folder of this computer in which they are made."""

    def __init__(self, address: str) -> None:
        """Raise ``UsageError`` for an address that no results can be put at."""
        self.address = checked_address(address)
        if not takes_files_whole(self.address):
            raise UsageError(
                say(
                    "Results can be put into stores alone that never show half a file, not at "
                    "{address}.",
                    address=self.address,
                ),
                hint=say("Those are s3://, gs:// and abfs://. Or name a folder with --out."),
            )

    @property
    def folder(self) -> Path:
        """Where the results are made, and stay, so that the next run does what is new alone."""
        # What a store takes as a name, not every disk does; the hash tells addresses apart.
        name = _NO_NAME.sub("-", own_name(self.address))[:_LONGEST_NAME]
        return _data_folder() / f"{name}-{sha256_hex(self.address.encode())[:10]}"

    def begin(self, on_look: OnDone = unheard) -> None:
        """Learn before the work whether anything can be put there.

        ``on_look`` hears ``(found, 0)`` of the files there while their list comes.

        Raises:
            StoreError: the store cannot be reached, or refuses.
            MissingExtraError: what reads such addresses is not installed here.

        """
        self._write(self._record(self._there(on_look)))

    def publish(
        self,
        folder: OutputFolder,
        wanted: Iterable[str],
        last: Sequence[str],
        on_upload: OnDone,
        on_look: OnDone = unheard,
    ) -> Published:
        """Put there what of the ``wanted`` outputs is new, and take away what is no longer wanted.

        ``last`` are put there last, in that order. ``on_upload`` hears ``(done, total)``,
        ``on_look`` what ``begin`` tells it.

        Raises:
            CannotWriteError: a file that photoprep did not put there stands in the place of one.
            StoreError: the store cannot be reached any more, or refuses.

        """
        there = self._there(on_look)
        local = _local(folder, wanted, last)
        plan = planned(local, there, self._record(there), _sha256_there)
        if plan.taken:
            raise self._taken(plan.taken)
        self._write(plan.entries, folder)
        on_upload(0, len(plan.put))
        done = 0
        for paths in _batches(plan, local):
            put({below(self.address, path): folder.read(path) for path in paths})
            done += len(paths)
            on_upload(done, len(plan.put))
        for path in plan.remove:
            remove(below(self.address, path))
        self._write(finished(plan, self._there(on_look)), folder)
        return Published(self.address, len(plan.put), len(plan.keep), len(plan.remove))

    def _there(self, on_look: OnDone) -> dict[str, RemoteObject]:
        start = len(below(self.address, ""))
        objects = objects_below(self.address, lambda found: on_look(found, 0))
        return {found.address[start:]: found for found in objects}

    def _record(self, there: Mapping[str, RemoteObject]) -> dict[str, Entry]:
        """What is ours there. Each line proves itself, so that a spare of them does no harm."""
        kept = there.get(RECORD_NAME)
        said = content_of(kept) if kept else b""
        spare = b""
        with suppress(OSError):  # mostly because this is the first run on this computer
            spare = (self.folder / RECORD_NAME).read_bytes()
        return record_of((spare + b"\n" + said).decode("utf-8", "replace"))

    def _write(self, entries: Mapping[str, Entry], folder: OutputFolder | None = None) -> None:
        data = record_text(entries).encode()
        if folder is not None:
            temporary = folder.unpacking_folder / PurePosixPath(RECORD_NAME).name
            write_whole(folder.folder / RECORD_NAME, data, temporary=temporary)
        put({below(self.address, RECORD_NAME): data})

    def _taken(self, paths: Sequence[str]) -> CannotWriteError:
        return CannotWriteError(
            say(
                "Somebody else's file stands where {path} is to be put; nothing was changed there.",
                path=paths[0],
            ),
            hint=say("Move it elsewhere or choose another place with --out, then run again."),
            address=self.address,
        )


def _local(folder: OutputFolder, wanted: Iterable[str], last: Sequence[str]) -> dict[str, Local]:
    """What is finished here, by its path, in the order in which it is put there."""
    known = folder.state.outputs()
    originals = folder.originals_there()
    paths = sorted({path for path in wanted if is_published(path)} - {*last})
    local = {}
    for path in [*paths, *last]:
        if path in known and (stamp := known[path].stamp) is not None:
            local[path] = Local(known[path].sha256, stamp.size_bytes)
        elif path in originals:  # whose name says what it is of
            local[path] = Local(sha256_hex(path.encode()), originals[path])
    return local


def _batches(plan: Plan, local: Mapping[str, Local]) -> Iterator[list[str]]:
    batch: list[str] = []
    size_bytes = 0
    for path in plan.put:
        if batch and (len(batch) == _MOST_FILES or size_bytes > _MOST_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(path)
        size_bytes += local[path].size_bytes
    if batch:
        yield batch


def _sha256_there(found: RemoteObject) -> str:
    return sha256_hex(content_of(found))


def _data_folder() -> Path:
    """Where results are made that go into a store; PHOTOPREP_DATA_DIR names another place."""
    given = os.environ.get("PHOTOPREP_DATA_DIR")
    if given:
        return Path(given)
    from platformdirs import user_data_path

    return user_data_path("photoprep") / "published"
