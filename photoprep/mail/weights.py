"""What the mails of a series weigh, before any is written: each answer in constant time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise, product

from photoprep.mail.items import MailItem
from photoprep.mail.letter import Letter, Part, is_excluded
from photoprep.mail.message import draft_headers
from photoprep.mail.templating import Form
from photoprep.mail.wire_size import (
    TextWeight,
    attachment_bytes,
    frame_bytes,
    letter_bytes,
    text_bytes,
    travels_unencoded,
)

# What a letter's words depend on: whether it is the first, how many pictures and products it has,
# how many remain, how many the quotation leaves out. None, one, or several: no more is asked, so
# "several" stands for every number above one.
Case = tuple[bool, int, int, int, int]
_SEVERAL = 2


class RunWeights:
    """What a mail with any run of the items weighs at most, each answer in constant time.

    With the shipped templates it is exact but for the mail's number, which is taken with
    ``digits`` digits, as many as the total has: a few bytes above the truth, never below. A
    person's template may say how many pictures there are, or fall silent where the shipped ones
    speak; so what surrounds the pictures is written with the widest numbers, and where two cases
    differ by more than the smallest picture weighs, all are taken for the heaviest: a longer run
    must weigh more. What is still said differently in some mail is found when that is written,
    and ``slack_bytes`` more are then left in all of them (``series``).
    """

    def __init__(
        self,
        writer: Letter,
        stem: str,
        items: Sequence[MailItem],
        digits: int,
        *,
        slack_bytes: int = 0,
    ) -> None:
        changes = [False, *(now.title != item.title for item, now in pairwise(items))]
        # Sums over the first i items, so that a run costs two look-ups each.
        self._changes = _sums_before(changes)
        self._excluded = _sums_before(map(is_excluded, items))
        self._attachments = _sums_before(
            attachment_bytes(item.filename, item.size_bytes) for item in items
        )
        self._letters = [_ListWeights(writer, form, items, changes) for form in writer.forms]
        least_bytes = min(
            (attachment_bytes(item.filename, item.size_bytes) for item in items), default=0
        )
        self._as_written = _around(writer, stem, len(items), digits)
        self._around = _evened(self._as_written, least_bytes)
        self._count = len(items)
        self._slack_bytes = slack_bytes

    @property
    def least_bytes(self) -> int:
        """No mail of this series weighs less beside its attachments, in whatever order they are.

        That holds for the numbers of one digit, where a digit more makes no mail lighter, and for
        a person's template but for the digits of its numbers.
        """
        return min(around.bytes_alone for around in self._as_written.values())

    def wire_bytes(self, first: int, stop: int) -> int:
        """At least what a mail with items[first:stop] weighs."""
        several_products = self._changes[stop] > self._changes[first + 1]
        excluded = self._excluded[stop] - self._excluded[first]
        around = self._around[
            first > 0,
            min(stop - first, _SEVERAL),
            _SEVERAL if several_products else 1,
            min(self._count - stop, _SEVERAL),
            min(excluded, _SEVERAL),
        ]
        return (
            around.frame_bytes
            + letter_bytes(
                [
                    rows.added(first, stop, surroundings)
                    for rows, surroundings in zip(self._letters, around.letters, strict=True)
                ]
            )
            + self._attachments[stop]
            - self._attachments[first]
            + self._slack_bytes
        )


class _ListWeights:
    """What the lists of pictures weigh in one form of the letter, text or HTML."""

    def __init__(
        self, writer: Letter, form: Form, items: Sequence[MailItem], changes: Sequence[bool]
    ) -> None:
        rows = [writer.rows(form, item) for item in items]
        self._heading_bytes = [text_bytes(row.heading) for row in rows]
        self._later_headings = _sums_before(
            size if change else 0 for size, change in zip(self._heading_bytes, changes, strict=True)
        )
        self._lines = _sums_before(
            text_bytes(row.picture) + text_bytes(row.excluded) for row in rows
        )
        self._encoded = _sums_before(not all(map(travels_unencoded, row)) for row in rows)

    def added(self, first: int, stop: int, around: TextWeight) -> TextWeight:
        """The whole letter: what stands around the lists, and the rows of items[first:stop]."""
        return TextWeight(
            around.size_bytes
            + self._heading_bytes[first]
            + self._later_headings[stop]
            - self._later_headings[first + 1]
            + self._lines[stop]
            - self._lines[first],
            around.unencoded and self._encoded[stop] == self._encoded[first],
        )


@dataclass(frozen=True, slots=True)
class _Around:
    """What surrounds the lists of pictures: headers, and the letter around the lists, each form."""

    frame_bytes: int
    letters: tuple[TextWeight, ...]

    @property
    def bytes_alone(self) -> int:
        return self.frame_bytes + letter_bytes(self.letters)


# Whoever tries several orders of the same pictures asks for the same again.
@lru_cache(maxsize=16)
def _around(writer: Letter, stem: str, count: int, digits: int) -> Mapping[Case, _Around]:
    """The surroundings in every case there can be."""
    last = 10**digits - 1
    widest = max(_SEVERAL, 10 ** len(str(count)) - 1)
    # Any Message-ID: all are of one length.
    some_id = writer.series.message_id()
    around = {}
    for later, pictures, products, remaining, excluded in product(
        (False, True), (1, 2), (1, 2), (0, 1, 2), (0, 1, 2)
    ):
        counts = [
            widest if counted == _SEVERAL else counted
            for counted in (pictures, products, remaining, excluded)
        ]
        number = last if later else 1
        part = Part(number, last, *counts)
        headers = draft_headers(writer, stem, number, last, some_id, some_id)
        around[later, pictures, products, remaining, excluded] = _Around(
            frame_bytes(headers), tuple(_around_lists(writer, form, part) for form in writer.forms)
        )
    return around


def _around_lists(writer: Letter, form: Form, part: Part) -> TextWeight:
    blocks = [writer.fill(form, "opening", part), writer.fill(form, "ending", part)]
    if part.excluded:
        blocks.append(writer.fill(form, "excluded_heading", part))
    return TextWeight(sum(map(text_bytes, blocks)), all(map(travels_unencoded, blocks)))


def _evened(around: Mapping[Case, _Around], least_bytes: int) -> Mapping[Case, _Around]:
    """The same, or all as heavy as the heaviest where they differ by more than a picture weighs."""
    weights = [each.bytes_alone for each in around.values()]
    # Whether a text is encoded decides over a third of it, rows and all.
    encoded = [tuple(letter.unencoded for letter in each.letters) for each in around.values()]
    if max(weights) - min(weights) <= least_bytes and len(set(encoded)) == 1:
        return around
    heaviest = _Around(
        max(each.frame_bytes for each in around.values()),
        tuple(
            TextWeight(
                max(letter.size_bytes for letter in form), all(letter.unencoded for letter in form)
            )
            for form in zip(*(each.letters for each in around.values()), strict=True)
        ),
    )
    return dict.fromkeys(around, heaviest)


def _sums_before(values: Iterable[int]) -> list[int]:
    """Under i: the sum of the first i values."""
    return [*accumulate(values, initial=0)]
