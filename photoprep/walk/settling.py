"""What the workers send home, put in its place by a thread of its own while they go on.

Written beside its place, synced, renamed, and only then recorded: a disk takes ten milliseconds and
more for that, and a large folder on two cores has a photo finished as often. Recording is a
transaction with syncs of its own, so what has been put is recorded together, a few times a second.
A run that is killed leaves whole files; those of its last moment are announced and not recorded,
and the next run makes them anew.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from queue import Empty, Queue
from threading import Thread

from photoprep.errors import (
    MissingExtraError,
    NotEnoughMemoryError,
    PhotoError,
    PhotoTimeoutError,
    PluginFailedError,
    SourceChangedError,
    SourceUnreadableError,
    UnexpectedPhotoError,
    WorkerDiedError,
)
from photoprep.outcome import Failed, Prepared, PreparedJpeg
from photoprep.output_folder import OutputFolder
from photoprep.photo.remembered_fit import text_of_fit
from photoprep.photo.task import MadePhoto
from photoprep.remembered import RememberedRefusal, RememberedSource, WrittenOutput
from photoprep.walk.crashed import with_plugin
from photoprep.walk.intake import Candidate
from photoprep.walk.previews import preview_path
from photoprep.walk.recipes import photo_recipe, refusal_recipe

# Errors that may be gone at the next run; every other verdict on a picture is remembered.
_PASSING = (
    MissingExtraError,
    SourceChangedError,
    SourceUnreadableError,
    NotEnoughMemoryError,
    PhotoTimeoutError,
    WorkerDiedError,
    PluginFailedError,
    UnexpectedPhotoError,
)

# Those among them that need nobody to do anything: neither something to install nor a bug to mend.
PASSES_BY_ITSELF = (
    SourceChangedError,
    SourceUnreadableError,
    NotEnoughMemoryError,
    PhotoTimeoutError,
    WorkerDiedError,
)

RECORD_EVERY_S = 0.2
# Where the disk is slower than the workers they wait for it, and memory stays flat.
_MOST_WAITING = 16

_Errand = tuple[int, Candidate, MadePhoto | PhotoError]


class Settling:
    """A block within which results are handed over, and at whose end all lie in their places.

    While it lasts, the output folder belongs to it. ``outcomes`` has what came of each, by the
    index it was handed over with. ``at_first`` is done by its thread before anything comes, and
    ``on_recorded`` after every few of them.
    """

    def __init__(
        self,
        folder: OutputFolder,
        recipe: str,
        *,
        at_first: Callable[[], None] = lambda: None,
        on_recorded: Callable[[], None] = lambda: None,
    ) -> None:
        self.outcomes: dict[int, Prepared | Failed] = {}
        self._at_first, self._on_recorded = at_first, on_recorded
        self._folder, self._recipe = folder, recipe
        self._errands: Queue[_Errand | None] = Queue(_MOST_WAITING)
        self._put: list[tuple[str, WrittenOutput]] = []
        self._known: list[tuple[str, RememberedSource]] = []
        self._thumbnails: list[tuple[str, bytes]] = []
        self._recorded_s = 0.0
        self._trouble: BaseException | None = None
        self._thread = Thread(target=self._work, name="settling", daemon=True)

    def __enter__(self) -> Settling:
        # A thread inherits what is blocked. One that took a Ctrl-C would pass it on to the main
        # thread even while that holds it back, as it does while it starts a worker.
        if not hasattr(signal, "pthread_sigmask"):
            self._thread.start()
            return self
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._thread.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_raised: object) -> None:
        """Wait until what was handed over is settled; also after an error, for it is finished."""
        self._errands.put(None)
        self._thread.join()
        if kind is None and self._trouble is not None:
            raise self._trouble

    def settle(self, index: int, candidate: Candidate, result: MadePhoto | PhotoError) -> None:
        """Hand over one result.

        Raises:
            CannotWriteError: an earlier one could not be written; nothing more will be.

        """
        if self._trouble is not None:
            raise self._trouble
        self._errands.put((index, candidate, result))

    def _work(self) -> None:
        """Settle until the block is left; after trouble only empty the queue, so none waits."""
        try:
            self._at_first()
        except BaseException as error:  # noqa: BLE001 (as below)
            self._trouble = error
        while True:
            errand = self._next()
            try:
                if self._trouble is None:
                    self._settle(errand)
            except BaseException as error:  # noqa: BLE001 (whoever hands over or leaves raises it)
                self._trouble = error
            if errand is None:
                return

    def _next(self) -> _Errand | tuple[()] | None:
        """The next result; nothing when none comes for a while, None when there will be none."""
        try:
            return self._errands.get(timeout=RECORD_EVERY_S)
        except Empty:
            return ()

    def _settle(self, errand: _Errand | tuple[()] | None) -> None:
        if errand:
            index, candidate, result = errand
            self.outcomes[index] = self._outcome(candidate, result)
        if not errand or time.monotonic() - self._recorded_s >= RECORD_EVERY_S:
            self._folder.record(self._put, self._known, self._thumbnails)
            self._put, self._known, self._thumbnails = [], [], []
            self._recorded_s = time.monotonic()
            self._on_recorded()

    def _outcome(self, candidate: Candidate, result: MadePhoto | PhotoError) -> Prepared | Failed:
        """Put one result in its place, to be recorded soon."""
        if isinstance(result, PhotoError):
            if not isinstance(result, _PASSING) and result.source_sha256:
                refusal = RememberedRefusal(result.message, result.hint)
                recipe = refusal_recipe(self._recipe)
                self._learn(candidate, result.source_sha256, recipe, refusal)
            return failed(candidate, result)
        recipe = photo_recipe(self._recipe, result.plugin)
        put = self._folder.put(candidate.output, result.jpeg.data)
        preview = self._put_preview(result, recipe)
        jpeg = _prepared_jpeg(candidate, result, put.sha256, preview)
        self._put.append((candidate.output, put))
        if result.thumbnail:
            self._thumbnails.append((put.sha256, result.thumbnail))
        self._learn(candidate, result.source_sha256, recipe, jpeg)
        return Prepared(candidate.name, candidate.subject, jpeg)

    def _put_preview(self, made: MadePhoto, recipe: str) -> str:
        """Put the picture of an original in its place; returns where that is."""
        if not made.preview:
            return ""
        place = preview_path(made.source_sha256, recipe, len(made.preview))
        self._folder.put_to_look_at(place, made.preview)
        return place

    def _learn(
        self,
        candidate: Candidate,
        sha256: str,
        recipe: str,
        outcome: PreparedJpeg | RememberedRefusal,
    ) -> None:
        known = RememberedSource(candidate.stamp, sha256, recipe, outcome)
        self._known.append((candidate.name, known))


def failed(candidate: Candidate, error: PhotoError) -> Failed:
    """The outcome of a picture that could not be prepared."""
    error = with_plugin(error, candidate)
    return Failed(
        candidate.name,
        candidate.subject,
        error.message,
        error.hint,
        is_passing=isinstance(error, PASSES_BY_ITSELF),
    )


def _prepared_jpeg(
    candidate: Candidate, made: MadePhoto, sha256: str, preview: str
) -> PreparedJpeg:
    jpeg = made.jpeg
    width_px, height_px = made.source_size_px
    return PreparedJpeg(
        output=candidate.output,
        sha256=sha256,
        size_bytes=len(jpeg.data),
        width_px=jpeg.width_px,
        height_px=jpeg.height_px,
        dpi=jpeg.dpi,
        quality=jpeg.quality,
        # One of two texts, of which each worker sends a copy with each photo.
        chroma_subsampling=sys.intern(jpeg.chroma_subsampling),
        source_bytes=candidate.stamp.size_bytes,
        source_width_px=width_px,
        source_height_px=height_px,
        notes=made.notes,
        looks=made.looks,
        measures=made.measures,
        taken=made.taken,
        fit=text_of_fit(jpeg),
        colour_from=made.colour_from,
        removed=_shared(made.removed),
        preview=preview,
    )


@lru_cache(maxsize=1024)
def _shared(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The first of equal ones: of half a million photos most had the same taken out."""
    return texts
