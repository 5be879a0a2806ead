"""How pictures are divided over mails, in a sentence, and in another what else could be done."""

from __future__ import annotations

from photoprep.language import say, say_number
from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.units import say_bytes


def plan_lines(plans: MailPlans) -> tuple[str, str]:
    """The plan that was taken, and the other one with the option that takes it."""
    return _taken(plans), _other(plans)


def _taken(plans: MailPlans) -> str:
    return say(
        "{mails}, {proof}: {figures}.",
        mails=_mails(plans.chosen, plans),
        proof=_proof(plans.chosen, reordered=plans.reordered),
        figures=_figures(plans.chosen),
    )


def _other(plans: MailPlans) -> str:
    chosen, other = plans.chosen, plans.other
    preferred = _preferred(plans)
    if chosen.wire_bytes == other.wire_bytes:
        if chosen.above_preferred:
            return say_number(
                chosen.above_preferred,
                "{count} of them is above {preferred}, and could not be smaller.",
                "{count} of them are above {preferred}, and could not be smaller.",
                preferred=preferred,
            )
        return say("None is above {preferred}.", preferred=preferred)
    if other.prefer == "light":
        return say(
            "It could be {mails}: {figures}. Choose that by --mails light.",
            mails=_mails(other, plans),
            figures=_figures(other),
        )
    return say(
        "The fewest would be {mails}: {figures}. Choose that by --mails fewest.",
        mails=_mails(other, plans),
        figures=_figures(other),
    )


def _mails(plan: MailPlan, plans: MailPlans) -> str:
    count = len(plan.wire_bytes)
    if plan.prefer == "fewest":
        return say_number(count, "{count} mail", "{count} mails")
    preferred = _preferred(plans)
    if plan.above_preferred:
        return say_number(
            count,
            "{count} mail, {above} of them above {preferred}",
            "{count} mails, {above} of them above {preferred}",
            above=plan.above_preferred,
            preferred=preferred,
        )
    return say_number(
        count,
        "{count} mail within {preferred}",
        "{count} mails within {preferred}",
        preferred=preferred,
    )


def _preferred(plans: MailPlans) -> str:
    size = say_bytes(plans.preferred_bytes)
    return say("{size} of files", size=size) if plans.count == "raw" else size


def _proof(plan: MailPlan, *, reordered: bool) -> str:
    """How near to the fewest: exactly in the order kept, by a bound where none is."""
    more = len(plan.wire_bytes) - plan.at_least
    if more == 0:
        return say("proven fewest")
    if not reordered:
        return say(
            "the fewest in this order (in any order it takes {least} at least)", least=plan.at_least
        )
    return say_number(more, "at most one more than possible", "at most {count} more than possible")


def _figures(plan: MailPlan) -> str:
    return say(
        "{wire} on the wire ({raw} as files), the largest {largest}, lowest quality {quality}",
        wire=say_bytes(sum(plan.wire_bytes)),
        raw=say_bytes(sum(plan.raw_bytes)),
        largest=say_bytes(max(plan.wire_bytes)),
        quality=plan.lowest_quality,
    )
