"""What comes of the fourth step. It stands apart from ``mailing``, which loads all of mail."""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.mail_plans import MailPlans
from photoprep.report import Finding, Squeeze, WrittenMail


@dataclass(frozen=True, slots=True)
class Mailed:
    """The drafts of a run, how else they could have been divided, and what there is to say.

    ``versions`` are the paths of the smaller photos that the next run will look for.
    """

    mails: tuple[WrittenMail, ...] = ()
    findings: tuple[Finding, ...] = ()
    plans: MailPlans | None = None
    squeeze: Squeeze | None = None
    versions: tuple[str, ...] = ()
    encodes: int = 0
