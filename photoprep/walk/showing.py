"""The last step but one: the run as a page, and while it lasts, the page of a run that goes on.

``report.html`` is whole at every instant, like every output. During a long run it is written anew
every so often, with what there is so far, as seldom as keeps that cheap.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from photoprep.files import Spooled
from photoprep.language import Sentence, say
from photoprep.outcome import PhotoOutcome
from photoprep.output_folder import OutputFolder
from photoprep.proof.page import MOST_THUMBNAILS, PAGE_RECIPE
from photoprep.report import Report
from photoprep.version import __version__
from photoprep.walk.crew import OnDone

if TYPE_CHECKING:
    from photoprep.proof.page.view import Running

# A run that is over sooner has no page but its last; then one page every so often, and never more
# than this share of the time is spent on them.
_FIRST_AFTER_S = 5.0
_EVERY_S = 5.0
_LARGEST_SHARE = 0.02
# The page as it was last made, by a fingerprint of all that it shows: a run that changes nothing
# need not make it again, which for thousands of photos would take longer than all else.
_FACT = "page"


def write_page(folder: OutputFolder, path: str, report: Report, report_sha256: str) -> None:
    """Write the page of a finished run, unless it shows what the one that lies there shows.

    ``report_sha256`` is the hash of report.json.
    """
    key = _fingerprint(report, report_sha256)
    if folder.state.fact(_FACT) == key and folder.is_as_written(path):
        return
    folder.write_if_new(path, _page(folder, path, report))
    folder.state.set_fact(_FACT, key)


def _page(
    folder: OutputFolder, path: str, report: Report, running: Running | None = None
) -> Spooled:
    from photoprep.proof.page.render import render_page  # see ``LivePage.begin``

    few = len(report.ready) + len(report.sheets) <= MOST_THUMBNAILS
    thumbnails = folder.state.thumbnails() if few else {}
    return folder.spool(path, lambda held: render_page(report, thumbnails, held, running))


def _fingerprint(report: Report, report_sha256: str) -> str:
    """All that a page shows: what report.json says, and the pictures that it does not."""
    digest = hashlib.sha256(f"{__version__}\n{PAGE_RECIPE}\n{report.language}\n".encode())
    digest.update(report_sha256.encode())
    for photo in report.ready:
        digest.update(f"\n{photo.jpeg.sha256}\n{photo.jpeg.preview}".encode())
    for sheet in report.sheets:
        digest.update(f"\n{sheet.sha256}".encode())
    return digest.hexdigest()


class LivePage:
    """The page of a run that goes on; ``begun`` is its report before there is anything in it.

    ``clock`` tells seconds. Whoever calls has the output folder to themselves: the thread that
    settles photos while it does, the run's own after that.
    """

    def __init__(
        self,
        folder: OutputFolder,
        path: str,
        begun: Report,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._path, self._report, self._clock = folder, path, begun, clock
        self._begun_s = clock()
        self._next_s = self._begun_s + _FIRST_AFTER_S
        self._steps_s: dict[str, float] = {}

    def begin(self) -> None:
        """Load what makes pages, in a moment in which the run waits for its workers."""
        from photoprep.proof.page.render import load_page

        load_page()

    def settled(self, photos: Callable[[], Sequence[PhotoOutcome]], done: int, total: int) -> None:
        """Hear how many photos are made; ``photos`` are all that there are so far."""
        if self._is_due():
            self._report = replace(self._report, photos=tuple(photos()))
        self._tell(say("Preparing photos"), done, total)

    def hearing(self, step: Sentence, listener: OnDone) -> OnDone:
        """A listener to a later step that passes on what it hears."""

        def hear(done: int, total: int) -> None:
            listener(done, total)
            self._tell(step, done, total)

        return hear

    def _is_due(self) -> bool:
        return not self._report.rehearsed and self._clock() >= self._next_s

    def _tell(self, step: Sentence, done: int, total: int) -> None:
        now_s = self._clock()
        begun_s = self._steps_s.setdefault(step, now_s if self._steps_s else self._begun_s)
        if not self._is_due() or not total or not self._folder.may_write(self._path):
            return
        left_s = round((now_s - begun_s) / done * (total - done)) if done else None
        from photoprep.proof.page.view import Running

        running = Running(step, done, total, left_s, time.time_ns() // 1_000_000)
        self._folder.state.set_fact(_FACT, "")
        self._folder.announce([self._path])
        self._folder.write(self._path, _page(self._folder, self._path, self._report, running))
        spent_s = self._clock() - now_s
        self._next_s = now_s + max(_EVERY_S, spent_s / _LARGEST_SHARE)
