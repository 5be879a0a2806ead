"""How pictures are divided over mails, on a terminal."""

from __future__ import annotations

from rich.console import Console

from photoprep.language import Language, in_language
from photoprep.mail_plans import MailPlans
from photoprep.proof.cells import print_filled
from photoprep.proof.plan_sentences import plan_lines


def print_mail_plans(plans: MailPlans, console: Console, language: Language) -> None:
    """The plan that was taken, and the other one with the option that takes it."""
    for line in plan_lines(plans):
        print_filled(in_language(line, language), console)
