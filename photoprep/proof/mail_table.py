"""The mails of a run: each one's pictures and sizes, their subject, and how they were divided."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console

from photoprep.language import in_language, say
from photoprep.mail_plans import MailPlans
from photoprep.proof.cells import print_filled
from photoprep.proof.columns import Column, column, print_columns
from photoprep.proof.mail_plans import print_mail_plans
from photoprep.report import Report, WrittenMail
from photoprep.units import say_bytes

# What tells the mails of a series apart, at the end of their subjects (``mail.letter.subject``).
_NUMBER = re.compile(r" ?[(（][0-9]+/[0-9]+[)）]$")


def print_mails(report: Report, console: Console) -> None:
    """One line a mail, then their subject, then what smaller photos and another plan would do."""
    if not report.mails:
        return
    language = report.language
    subjects = {_NUMBER.sub("", mail.subject) for mail in report.mails}
    print_columns(_columns(report, with_subjects=len(subjects) > 1), console)
    console.print()
    if len(subjects) == 1 and any(subjects):
        subject = say("Subject: {subject}", subject=_subject_of_all(report.mails))
        print_filled(in_language(subject, language), console)
    if report.squeeze is not None:
        saved = say(
            "{before} mails became {after}; the largest loss is {loss:.1f} points.",
            before=report.squeeze.mails_before,
            after=report.squeeze.mails_after,
            loss=report.squeeze.largest_loss,
        )
        print_filled(in_language(saved, language), console)
    if report.mail_plans is not None:
        print_mail_plans(report.mail_plans, console, language)
    console.print()


def _subject_of_all(mails: Sequence[WrittenMail]) -> str:
    """The subject that mails have but for their numbers, with the first number and the last."""
    first, last = mails[0].subject, mails[-1].subject
    number = _NUMBER.search(last)
    if len(mails) == 1 or number is None:
        return first
    space = " " if number[0].startswith(" ") else ""
    return f"{first}{space}…{number[0]}"


def _columns(report: Report, *, with_subjects: bool) -> list[Column]:
    """Name and figures of each mail; what the limit is of is not dimmed."""
    language, plans, mails = report.language, report.mail_plans, report.mails
    raw = plans is not None and plans.count == "raw"
    names = [mail.output.rpartition("/")[2] for mail in mails]
    pictures = [str(len(mail.attachments)) for mail in mails]
    wire = [say_bytes(mail.wire_bytes) for mail in mails]
    files = [say_bytes(mail.raw_bytes) for mail in mails]
    columns = [
        column(say("Mail"), names, language, to_the_left=True),
        column(say("pictures"), pictures, language),
        column(say("on the wire"), wire, language, style="dim" if raw else ""),
        column(say("as files"), files, language, style="" if raw else "dim"),
    ]
    if plans is not None:
        title = say("of {limit}", limit=say_bytes(plans.limit_bytes))
        columns.append(column(title, [_share(mail, plans) for mail in mails], language))
    if with_subjects:
        subjects = [mail.subject for mail in mails]
        columns.append(column(say("subject"), subjects, language, to_the_left=True))
    return columns


def _share(mail: WrittenMail, plans: MailPlans) -> str:
    """How much of the limit a mail takes; rounded down, so that 100% is no byte less."""
    counted_bytes = mail.raw_bytes if plans.count == "raw" else mail.wire_bytes
    return f"{counted_bytes * 100 // plans.limit_bytes}%"
