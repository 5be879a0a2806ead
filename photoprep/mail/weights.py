"""What the mails of a series weigh, before any is written: each answer in constant time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product

from photoprep.mail.items import MailItem
from photoprep.mail.letter import Letter, Part
from photoprep.mail.message import Headers, draft_headers
from photoprep.mail.wire_size import (
    attachment_bytes,
    frame_bytes,
    text_bytes,
    text_part_bytes,
    travels_unencoded,
)


@dataclass(frozen=True, slots=True)
class _Around:
    """What surrounds the list of pictures: headers, and the letter above and below the list."""

    frame_bytes: int
    letter_bytes: int
    unencoded: bool

    @classmethod
    def of(cls, writer: Letter, headers: Headers, part: Part) -> _Around:
        """Weigh the surroundings of the list in this part of a series."""
        opening, ending = writer.opening(part), writer.ending(part)
        return cls(
            frame_bytes(headers),
            text_bytes(opening) + text_bytes(ending),
            travels_unencoded(opening) and travels_unencoded(ending),
        )


class RunWeights:
    """What a mail with any run of the items weighs at most, each answer in constant time.

    Exact but for the mail's number, which is taken with ``digits`` digits, as many as the total
    has: a few bytes above the truth, never below. The words for the first mail and for the last
    are a few bytes shorter than the others, and a picture more weighs hundreds, so a longer run
    weighs more.
    """

    def __init__(self, writer: Letter, stem: str, items: Sequence[MailItem], digits: int) -> None:
        most = 10**digits - 1
        self._around = {
            (number > 1, *counts): _Around.of(
                writer, draft_headers(writer, stem, number, most), Part(number, most, *counts)
            )
            for number in (1, most)
            for counts in product((1, 2), (1, 2), (0, 1, 2))
        }
        headings = ["\n".join(writer.heading_lines(item)) + "\n" for item in items]
        lines = [writer.picture_line(item) + "\n" for item in items]
        changes = [False, *(now.title != item.title for item, now in pairwise(items))]
        self._heading_bytes = [text_bytes(heading) for heading in headings]
        # Sums over the first i items, so that a run costs two look-ups each.
        self._changes = _sums_before(changes)
        self._later_headings = _sums_before(
            size if change else 0 for size, change in zip(self._heading_bytes, changes, strict=True)
        )
        self._lines = _sums_before(map(text_bytes, lines))
        self._encoded = _sums_before(
            not (travels_unencoded(heading) and travels_unencoded(line))
            for heading, line in zip(headings, lines, strict=True)
        )
        self._attachments = _sums_before(
            attachment_bytes(item.filename, item.size_bytes) for item in items
        )

    @property
    def least_bytes(self) -> int:
        """No mail of this series weighs less beside its attachments, in whatever order they are.

        That holds for the numbers of one digit, where a digit more makes no mail lighter.
        """
        return min(
            around.frame_bytes + text_part_bytes(around.letter_bytes, unencoded=around.unencoded)
            for around in self._around.values()
        )

    def wire_bytes(self, first: int, stop: int) -> int:
        """At least what a mail with items[first:stop] weighs."""
        several_products = self._changes[stop] > self._changes[first + 1]
        remaining = len(self._heading_bytes) - stop
        around = self._around[
            first > 0, min(stop - first, 2), 2 if several_products else 1, min(remaining, 2)
        ]
        letter_bytes = (
            around.letter_bytes
            + self._heading_bytes[first]
            + self._later_headings[stop]
            - self._later_headings[first + 1]
            + self._lines[stop]
            - self._lines[first]
        )
        unencoded = around.unencoded and self._encoded[stop] == self._encoded[first]
        return (
            around.frame_bytes
            + text_part_bytes(letter_bytes, unencoded=unencoded)
            + self._attachments[stop]
            - self._attachments[first]
        )


def _sums_before(values: Iterable[int]) -> list[int]:
    """Under i: the sum of the first i values."""
    return [*accumulate(values, initial=0)]
