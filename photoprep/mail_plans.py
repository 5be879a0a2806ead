"""The ways in which a run's pictures could be divided over mails, and the one that was taken."""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.preset import MailCount, MailPreference


@dataclass(frozen=True, slots=True)
class MailPlan:
    """One way: what each mail weighs on the wire and in files, in their order.

    ``at_least`` is proven: no plan by the same limits has fewer mails, in any order.
    ``above_preferred`` mails are above the preferred size, and ``parted_products`` have their
    pictures in more than one. ``lowest_quality`` is that of the pictures in it (0–100).
    """

    prefer: MailPreference
    wire_bytes: tuple[int, ...]
    raw_bytes: tuple[int, ...]
    above_preferred: int
    parted_products: int
    at_least: int
    lowest_quality: float


@dataclass(frozen=True, slots=True)
class MailPlans:
    """The plan that was taken and the other one, of all pictures that are mailed.

    ``count`` says of what ``limit_bytes`` and ``preferred_bytes`` are: of messages on the wire as
    they are sent, or of the attached files. ``reordered`` says that products could change places.
    """

    chosen: MailPlan
    other: MailPlan
    count: MailCount
    limit_bytes: int
    preferred_bytes: int
    reordered: bool

    def to_json(self) -> dict[str, object]:
        """The plans as plain data, for report.json; the one that was taken first."""
        return {
            "chosen": self.chosen.prefer,
            "count": self.count,
            "limit_bytes": self.limit_bytes,
            "preferred_bytes": self.preferred_bytes,
            "reordered": self.reordered,
            "plans": [_row(plan) for plan in (self.chosen, self.other)],
        }


def _row(plan: MailPlan) -> dict[str, object]:
    return {
        "prefer": plan.prefer,
        "mails": len(plan.wire_bytes),
        "at_least": plan.at_least,
        "wire_bytes": list(plan.wire_bytes),
        "raw_bytes": list(plan.raw_bytes),
        "above_preferred": plan.above_preferred,
        "parted_products": plan.parted_products,
        "lowest_quality": plan.lowest_quality,
    }
