"""What is done with a batch after its try: its sources are archived, its result is handed over.

It may take its time and talk to servers, so it runs in a thread of its own (``aftermath``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from photoprep.errors import PhotoprepError
from photoprep.language import Language, say, say_list, unpacked
from photoprep.watch.archive import Archived, archive_batch, finish_interrupted
from photoprep.watch.batch import Batch, Outcome
from photoprep.watch.config import HandOverConfig
from photoprep.watch.handover import STEPS, HandedOver, HandOver, Step, hand_over
from photoprep.watch.log import Event
from photoprep.watch.owed import Owed

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Chore:
    """One batch whose try is over: ``hashes`` are its files' by their paths from the inbox on.

    ``steps`` are those that are still to be done; the sources stay where they are unless
    ``moves``.
    """

    batch: Batch
    outcome: Outcome
    hashes: Mapping[str, str]
    steps: tuple[Step, ...] = STEPS
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a chore: ``again`` is what is left of it for another try."""

    events: tuple[Event, ...] = ()
    again: Chore | None = None


@dataclass(frozen=True, slots=True)
class Chores:
    """Does chores for one watched folder; nothing here raises but bugs."""

    inbox: Path
    out: Path
    archive: Path | None
    config: HandOverConfig
    language: Language
    owed: Owed

    @property
    def hands_over(self) -> bool:
        """Whether anything is handed over after a batch."""
        return bool(self.config.drafts_account or self.config.command or self.config.notify)

    @property
    def are_wanted(self) -> bool:
        """Whether there is anything to do after a batch."""
        return self.archive is not None or self.hands_over

    def finish_interrupted(self) -> tuple[bool, tuple[Event, ...]]:
        """Go on with moves that a kill cut short; whether all of them are over, and what to say."""
        if self.archive is None:
            return True, ()
        try:
            done = finish_interrupted(self.archive, self.inbox)
        except PhotoprepError as error:
            return False, (_trouble(error, ""),)
        return True, tuple(event for each in done if (event := _of_archived(each, each.name)))

    def do(self, chore: Chore) -> Came:
        """Do what is to be done, and tell what is left.

        An archive that is away keeps nothing from being handed over.
        """
        events: list[Event] = []
        place, moves = "", False
        if chore.moves and self.archive is not None:
            try:
                archived = self._move(chore, self.archive)
            except PhotoprepError as error:
                events, moves = [_trouble(error, chore.batch.name)], True
            else:
                place = str(archived.place or "")
                told = _of_archived(archived, chore.batch.name)
                events = [told] if told else []
        handed = hand_over(self.config, self._result(chore, place), chore.steps)
        events += [_of_handed(each, chore.batch.name) for each in handed]
        left = tuple(each.step for each in handed if each.state == "later")
        if chore.steps and not left:
            self.owed.keep(chore.batch.name)
        again = replace(chore, steps=left, moves=moves) if left or moves else None
        return Came(tuple(events), again)

    def _move(self, chore: Chore, archive: Path) -> Archived:
        batch = chore.batch
        sources: Sequence[Path] = (
            [self.inbox / path for path in batch.files]
            if batch.kind == "loose"
            else [self.inbox / batch.name]
        )
        return archive_batch(sources, self.inbox, archive, batch.name, chore.hashes)

    def _result(self, chore: Chore, place: str) -> HandOver:
        batch = chore.batch
        return HandOver(
            batch=batch.name,
            out=self.out / batch.output,
            state="failed" if batch.state == "failed" else "done",
            outcome=chore.outcome,
            customer=batch.settings.customer,
            preset=batch.settings.preset,
            archive=place,
            language=self.language,
        )


def _of_archived(archived: Archived, name: str) -> Event | None:
    if archived.state == "archived":
        place = str(archived.place or "")
        return Event(
            "archived",
            say("Its originals lie in {place} now.", place=place),
            name,
            figures={"place": place},
        )
    if archived.state == "changed":
        files = say_list(archived.changed[:_NAMED])
        sentence = say("Its originals stay: they are not what was prepared ({files}).", files=files)
        return Event("archived", sentence, name, level="warning")
    return None


def _of_handed(handed: HandedOver, name: str) -> Event:
    figures: dict[str, str | int | float | bool] = {"step": handed.step, "state": handed.state}
    if handed.output:
        figures["output"] = handed.output
    return Event(
        "handed-over",
        unpacked(handed.message),
        name,
        unpacked(handed.hint),
        "info" if handed.state == "done" else "warning",
        figures,
    )


def _trouble(error: PhotoprepError, name: str) -> Event:
    sentence = error.message
    if error.path is not None:
        sentence = say("{path}: {message}", path=str(error.path), message=sentence)
    return Event("trouble", sentence, name, error.hint, "warning")
