"""The last step: the run as a page, and while it lasts, the page of a run that goes on.

``report.html`` is whole at every instant, like every output. During a long run it is written anew
every so often, with what there is so far, as seldom as keeps that cheap.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from photoprep.language import Sentence, say
from photoprep.outcome import PhotoOutcome
from photoprep.output_folder import OutputFolder
from photoprep.proof.page import Running, render_page
from photoprep.report import Report
from photoprep.walk.crew import OnDone

# A run that is over sooner has no page but its last; then one page every so often, and never more
# than this share of the time is spent on them.
_FIRST_AFTER_S = 5.0
_EVERY_S = 5.0
_LARGEST_SHARE = 0.02


def write_page(folder: OutputFolder, path: str, report: Report) -> None:
    """Write the page of a finished run, only when it says something new."""
    folder.write_if_new(path, render_page(report, folder.state.thumbnails()))


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
        self._step_s: dict[str, float] = {}

    def settled(self, photos: Sequence[PhotoOutcome], done: int, total: int) -> None:
        """Hear which photos there are so far, of which ``done`` of ``total`` had to be made."""
        self._report = replace(self._report, photos=tuple(photos))
        self._tell(say("Preparing photos"), done, total)

    def hearing(self, step: Sentence, listener: OnDone) -> OnDone:
        """A listener to a later step that tells it on."""

        def hear(done: int, total: int) -> None:
            listener(done, total)
            self._tell(step, done, total)

        return hear

    def _tell(self, step: Sentence, done: int, total: int) -> None:
        now_s = self._clock()
        step_s = self._step_s.setdefault(step, now_s if done else self._begun_s)
        if now_s < self._next_s or self._report.rehearsed or not total:
            return
        left_s = round((now_s - step_s) / done * (total - done)) if done else None
        running = Running(step, done, total, left_s, time.time_ns() // 1_000_000)
        page = render_page(self._report, self._folder.state.thumbnails(), running)
        self._folder.announce([self._path])
        self._folder.write(self._path, page)
        spent_s = self._clock() - now_s
        self._next_s = now_s + max(_EVERY_S, spent_s / _LARGEST_SHARE)
