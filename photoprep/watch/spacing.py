"""How long to wait between two looks through a watched folder, by what a look costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

# An idle daemon takes a hundredth of a core at most: quick looks and whole ones this much each, and
# the rest is left to all else it does.
_IDLE_SHARE = 0.004
# While something settles, a quarter; the work itself runs in other processes.
_BUSY_SHARE = 0.25
# A slow share is looked through for a tenth of the time at most, so that people can work on it.
_IDLE_SHARE_OF_TIME = 0.1
_BUSY_SHARE_OF_TIME = 0.5
LEAST_S = 0.25


@dataclass(frozen=True, slots=True)
class Pauses:
    """The usual seconds between two looks where nothing is expected and a look costs little.

    Where events come, looks only find what these have lost; where none come, all that is new.
    """

    with_events_s: float = 60.0
    without_events_s: float = 10.0


_USUAL = Pauses()


@dataclass(frozen=True, slots=True)
class Spacing:
    """Seconds from the end of one look to the beginning of the next.

    Even when an event comes no sooner than ``soonest_s``; even when none comes no later than
    ``latest_s``.
    """

    soonest_s: float
    latest_s: float


def spacing(
    *,
    took_s: float,
    cpu_s: float,
    tells_changes: bool,
    next_look_s: float | None,
    usual: Pauses = _USUAL,
) -> Spacing:
    """The spacing after a look that took so long and so much of a core.

    ``cpu_s`` is to hold all that the daemon reckons at each look. ``tells_changes`` says whether
    events come, ``next_look_s`` when something may have settled (``settle.Settled``). A look
    that costs much makes the pauses longer than ``usual``.
    """
    soonest_s = max(LEAST_S, _gap_s(cpu_s, _BUSY_SHARE), _gap_s(took_s, _BUSY_SHARE_OF_TIME))
    idle_s = max(
        usual.with_events_s if tells_changes else usual.without_events_s,
        _gap_s(cpu_s, _IDLE_SHARE),
        _gap_s(took_s, _IDLE_SHARE_OF_TIME),
    )
    if next_look_s is None:
        return Spacing(soonest_s, idle_s)
    return Spacing(soonest_s, max(soonest_s, min(idle_s, next_look_s)))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a whole look is due among quick ones, and what the quick ones cost of late.

    Begin with ``Rhythm()``, by which a whole look is due at once; times are those of one clock.
    """

    whole_due_s: float = float("-inf")
    idle_took_s: float = 0.0
    idle_cpu_s: float = 0.0
    busy_took_s: float = 0.0
    busy_cpu_s: float = 0.0

    def after_whole(
        self,
        *,
        ended_s: float,
        took_s: float,
        cpu_s: float,
        tells_changes: bool,
        usual: Pauses = _USUAL,
    ) -> Rhythm:
        """The rhythm once a whole look ended; how soon the next comes is by what this one cost."""
        pause = spacing(
            took_s=took_s,
            cpu_s=cpu_s,
            tells_changes=tells_changes,
            next_look_s=None,
            usual=usual,
        )
        return replace(self, whole_due_s=ended_s + pause.latest_s)

    def after_quick(self, *, took_s: float, cpu_s: float, is_idle: bool) -> Rhythm:
        """The rhythm once a quick look ended; ``is_idle`` where it was to see into no batch."""
        if is_idle:
            return replace(self, idle_took_s=took_s, idle_cpu_s=cpu_s)
        return replace(self, busy_took_s=took_s, busy_cpu_s=cpu_s)

    def pause(
        self, *, tells_changes: bool, next_look_s: float | None, usual: Pauses = _USUAL
    ) -> Spacing:
        """The spacing before the next look, which is a quick one unless a whole one is due.

        Where nothing waits, the next one sees into no batch, whatever the last one had to do.
        """
        is_idle = next_look_s is None
        return spacing(
            took_s=self.idle_took_s if is_idle else self.busy_took_s,
            cpu_s=self.idle_cpu_s if is_idle else self.busy_cpu_s,
            tells_changes=tells_changes,
            next_look_s=next_look_s,
            usual=usual,
        )


def _gap_s(cost_s: float, share: float) -> float:
    """The pause after which something that costs so much has taken this share of the time."""
    return cost_s * (1 - share) / share
