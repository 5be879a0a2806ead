"""After a batch: its mails among an account's drafts, a command, a notification, as configured.

None of it is the batch's own success: each step is told by itself, nothing here raises, and what
failed for now is tried again by whoever calls, with those steps alone. Mails are never sent. All of
it may take its time (a server that does not answer, a command up to its limit), so it is no work
for the thread that keeps the heartbeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from photoprep.errors import ExitCode, PhotoprepError
from photoprep.language import Language, in_language, packed, say, say_both, say_number, unpacked
from photoprep.watch.after_command import run_command
from photoprep.watch.batch import Outcome
from photoprep.watch.config import HandOverConfig
from photoprep.watch.notification import notify

Step = Literal["drafts", "command", "notification"]
STEPS: tuple[Step, ...] = ("drafts", "command", "notification")
_PASSING = frozenset({ExitCode.TRY_LATER, ExitCode.CANNOT_WRITE})


@dataclass(frozen=True, slots=True)
class HandOver:
    """The result of a batch: ``state`` is ``done`` or ``failed``, ``out`` its output folder.

    ``archive`` is where its sources lie now, empty where they stayed.
    """

    batch: str
    out: Path
    state: Literal["done", "failed"]
    outcome: Outcome
    customer: str = ""
    preset: str = ""
    archive: str = ""
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of one step. ``later`` is worth another try; ``failed`` needs a person.

    ``message`` and ``hint`` are sentences as ``language.packed`` makes them; ``output`` is the last
    of what a command said, for the log.
    """

    step: Step
    state: Literal["done", "later", "failed"]
    message: object = ""
    hint: object = ""
    output: str = field(default="", repr=False)


def hand_over(
    config: HandOverConfig, result: HandOver, steps: Sequence[Step] = STEPS
) -> tuple[HandedOver, ...]:
    """Do what the configuration names of the steps, in their order; raises nothing.

    Drafts are those of a batch that is done and has mails. Command and notification are for failed
    batches too. A command that failed is not tried again: it may have done half of its work.
    """
    done = []
    for step in steps:
        match step:
            case "drafts" if config.drafts_account and result.state == "done":
                if result.outcome.mails:
                    done.append(_put_drafts(config, result))
            case "command" if config.command:
                done.append(_run(config, result))
            case "notification" if config.notify:
                done.append(_notify(result))
    return tuple(done)


def _put_drafts(config: HandOverConfig, result: HandOver) -> HandedOver:
    # Loaded here: a daemon without an account needs none of it.
    from photoprep.mail.drafts import PlacedDraft
    from photoprep.mail.placing import place_drafts

    placed: list[PlacedDraft] = []
    try:
        place_drafts(
            result.out,
            config.drafts_account,
            folder=config.drafts_folder,
            now=datetime.now(UTC),
            on_placed=placed.append,
        )
    except PhotoprepError as error:
        state: Literal["later", "failed"] = "later" if error.exit_code in _PASSING else "failed"
        return HandedOver("drafts", state, packed(error.message), packed(error.hint))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        words = say("The drafts cannot be handed over ({reason}).", reason=reason)
        return HandedOver("drafts", "later", packed(words))
    except Exception as error:  # noqa: BLE001 (a bug in one batch's drafts must not end a daemon)
        words = say("The drafts cannot be handed over ({reason}).", reason=repr(error))
        return HandedOver("drafts", "failed", packed(words))
    words = say_number(
        sum(each.status == "added" for each in placed),
        "{count} draft added to the account {account}; {there} there already.",
        "{count} drafts added to the account {account}; {there} there already.",
        account=config.drafts_account,
        there=sum(each.status != "added" for each in placed),
    )
    return HandedOver("drafts", "done", packed(words))


def _run(config: HandOverConfig, result: HandOver) -> HandedOver:
    folder = result.out if result.out.is_dir() else Path(result.out.anchor)
    try:
        ended = run_command(
            config.command, _told(result), folder=folder, limit_s=config.command_limit_s
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or repr(error)
        words = say(
            "The command {program} cannot be run ({reason}).",
            program=config.command[0],
            reason=reason,
        )
        hint = say("Check command under [after] in watch.toml.")
        return HandedOver("command", "failed", packed(words), packed(hint))
    if ended.is_late:
        words = say(
            "The command {program} took more than {limit} seconds and was ended.",
            program=config.command[0],
            limit=config.command_limit_s,
        )
        hint = say("Raise command_limit_s under [after] in watch.toml, or mend the command.")
        return HandedOver("command", "failed", packed(words), packed(hint), ended.output)
    words = say(
        "The command {program} ended with {code}.",
        program=config.command[0],
        code=ended.exit_code,
    )
    state: Literal["done", "failed"] = "done" if ended.exit_code == 0 else "failed"
    return HandedOver("command", state, packed(words), "", ended.output)


def _told(result: HandOver) -> dict[str, object]:
    """What a command is told; its keys are docs/service.md's, and stay."""
    outcome = result.outcome
    return {
        "schema": 1,
        "batch": result.batch,
        "state": result.state,
        "out": str(result.out),
        "archive": result.archive,
        "customer": result.customer,
        "preset": result.preset,
        "exit_code": int(outcome.exit_code),
        "prepared": outcome.prepared,
        "failed": outcome.failed,
        "mails": outcome.mails,
        "findings": outcome.findings,
        "page": outcome.page,
        "message": str(unpacked(outcome.message)),
    }


def _notify(result: HandOver) -> HandedOver:
    title, text = _notice(result)
    if notify(in_language(title, result.language), in_language(text, result.language)):
        return HandedOver("notification", "done")
    words = say("No notification could be shown here.")
    return HandedOver("notification", "failed", packed(words))


def _notice(result: HandOver) -> tuple[str, str]:
    """Title and text of the notification."""
    outcome = result.outcome
    if result.state == "failed":
        title = say("{batch} could not be prepared", batch=result.batch)
        return title, unpacked(outcome.message)
    text = say_number(
        outcome.prepared,
        "{count} photo, {mails} mails.",
        "{count} photos, {mails} mails.",
        mails=outcome.mails,
    )
    failures = say_number(outcome.failed, "{count} picture failed.", "{count} pictures failed.")
    both = say_both(text, failures) if outcome.failed else text
    return say("{batch} is prepared", batch=result.batch), both
