"""The command ``send``: the mails of an output folder go out, after a look and a yes."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_complete import account_names
from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_language import spoken, told
from photoprep.cli_options import JsonOption, QuietOption
from photoprep.errors import ExitCode, PhotoprepError, UsageError
from photoprep.language import say, say_number

if TYPE_CHECKING:
    from photoprep.mail.outbox import Outbox
    from photoprep.mail.sending import Sending


def send(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The folder that photoprep has written.")
    ],
    to: Annotated[
        list[str], typer.Option("--to", metavar="ADDRESS", help="Who gets the mails; repeatable.")
    ],
    cc: Annotated[
        list[str] | None, typer.Option("--cc", metavar="ADDRESS", help="Who gets a copy.")
    ] = None,
    bcc: Annotated[
        list[str] | None,
        typer.Option("--bcc", metavar="ADDRESS", help="Who gets a copy that others do not see."),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The account. (default: the only one)",
            autocompletion=account_names,
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Send without asking, as scripts do.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would go to whom; ask no server.")
    ] = False,
    arrived: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Mail N, which was in doubt, has arrived."),
    ] = None,
    not_arrived: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Mail N, which was in doubt, has not: send it again."),
    ] = None,
    begin_anew: Annotated[
        bool,
        typer.Option("--begin-anew", help="The mails have changed: send all of the new series."),
    ] = False,
    edited: Annotated[
        bool, typer.Option("--edited", help="Send mails that you have changed yourself.")
    ] = False,
    pause: Annotated[
        float,
        typer.Option(min=0, max=3600, metavar="S", help="Seconds between mails. (default: 2)"),
    ] = 2.0,
    tries: Annotated[
        int,
        typer.Option(
            min=1,
            max=10,
            metavar="N",
            help="How often a mail is tried that is put off. (default: 3)",
        ),
    ] = 3,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Send the mails of a prepared folder to somebody, each of them once.

    What goes to whom is shown first, and asked about. What has been sent is written down in the
    folder, so that running the same again sends what is left and nothing twice.
    """
    with exit_codes():
        from photoprep.cli_send_page import json_of, print_end, print_envelope, print_mails
        from photoprep.files import at_home
        from photoprep.mail.outbox import JOURNAL_FILE, Outbox
        from photoprep.mail.sending import check_not_mixed, wire_bytes
        from photoprep.output_folder import MARKER

        out = Path(at_home(str(out)))
        sending = _sending(out, to, cc or [], bcc or [], account, edited=edited)
        sizes = wire_bytes(sending, _now())
        page = stderr_console() if as_json else console(stderr=False)
        with Outbox(out / MARKER / JOURNAL_FILE, look=dry_run) as outbox:
            _settle(sending, outbox, arrived or [], not_arrived or [], dry_run=dry_run)
            if not begin_anew:
                check_not_mixed(sending, outbox)
            if not quiet or not (yes or dry_run):  # nobody is asked about what they have not seen
                print_envelope(sending, outbox, page, spoken())
                print_mails(sending, outbox, sizes, page, spoken())
            going = _number_going(sending, outbox)
            if dry_run:
                _say(say("This is what would be sent; no server was asked."), quiet=quiet)
            elif going:
                _ask(going, yes=yes)
                _deliver(sending, outbox, pause_s=pause, tries=tries, quiet=quiet)
                if not quiet:
                    print_end(sending, outbox, sizes, page, spoken())
            else:
                _say(say("There is nothing left to send: nothing goes out twice."), quiet=quiet)
            if as_json:
                typer.echo(json.dumps(json_of(sending, outbox, sizes, spoken()), indent=2))
            if not dry_run:
                raise typer.Exit(_told_code(sending, outbox))


def _sending(
    out: Path, to: list[str], cc: list[str], bcc: list[str], account: str | None, *, edited: bool
) -> Sending:
    from photoprep.errors import AccountError
    from photoprep.mail.accounts import choose_account, load_accounts
    from photoprep.mail.addressing import Addressees
    from photoprep.mail.mailboxes import parse_mailbox
    from photoprep.mail.outgoing import read_series
    from photoprep.mail.sending import Sending

    addressees = Addressees(*(tuple(map(parse_mailbox, people)) for people in (to, cc, bcc)))
    series = read_series(out, edited=edited)
    chosen = choose_account(load_accounts(), account)
    if chosen.smtp is None:
        raise AccountError(
            say("The account {name} has no server that sends.", name=chosen.name),
            hint=say("Add [{name}.smtp] to the file of accounts.", name=chosen.name),
        )
    return Sending(series, chosen, addressees)


def _settle(
    sending: Sending, outbox: Outbox, arrived: list[int], not_arrived: list[int], *, dry_run: bool
) -> None:
    """Write down what the person found out about mails in doubt."""
    both = set(arrived) & set(not_arrived)
    if both:
        raise UsageError(
            say("Mail {part} cannot have arrived and not arrived.", part=min(both)),
            hint=say("Name it once."),
        )
    if dry_run and (arrived or not_arrived):
        raise UsageError(
            say("--dry-run writes nothing down."),
            hint=say("Leave it out to say what arrived."),
        )
    known = sending.deliveries(outbox)
    for parts, is_there in ((arrived, True), (not_arrived, False)):
        for part in parts:
            if part not in known:
                raise UsageError(
                    say("There is no mail {part}.", part=part),
                    hint=say("They go from 1 to {total}.", total=len(known)),
                )
            doubtful = [each for each in known[part] if each.state == "unknown"]
            # Where none is, the first one says what is known instead.
            outbox.settle(
                doubtful or known[part][:1],
                arrived=is_there,
                now=_now().astimezone(datetime.UTC).isoformat(),
            )


def _number_going(sending: Sending, outbox: Outbox) -> int:
    """How many mails have yet to go to anybody."""
    rows = sending.deliveries(outbox).values()
    return sum(any(each.may_go for each in row) for row in rows)


def _ask(mails: int, *, yes: bool) -> None:
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            say("photoprep asks before it sends, and here is no terminal to ask at."),
            hint=say("Say --yes to send without being asked."),
        )
    question = say_number(mails, "Send this {count} mail now?", "Send these {count} mails now?")
    if not typer.confirm(told(question), err=True):
        stderr_console().print(told(say("Nothing has been sent.")))
        raise typer.Exit(ExitCode.SOME_FAILED)


def _deliver(sending: Sending, outbox: Outbox, *, pause_s: float, tries: int, quiet: bool) -> None:
    import time

    from photoprep.cli_send_page import print_doubts
    from photoprep.mail.passwords import password_of
    from photoprep.mail.sending import Pace, Postman
    from photoprep.mail.smtp import Session

    account = sending.account
    assert account.smtp is not None  # noqa: S101 (``_sending`` has seen to it)
    server = account.smtp
    postman = Postman(
        sending,
        outbox,
        lambda: Session(server, username=account.username, password=lambda: password_of(account)),
        Pace(pause_s, _WAITS_S[: tries - 1]),
        _now,
        time.sleep,
        lambda sentence: _say(sentence, quiet=quiet),
    )
    try:
        postman.deliver()
    except (KeyboardInterrupt, PhotoprepError):
        print_doubts(sending, outbox, stderr_console(), spoken())
        raise


# Before a second try, a third …: a busy server is asked again within the minute, one that wants
# minutes (greylisting) by a run to come.
_WAITS_S = (5.0, 30.0, 60.0, 120.0, 300.0, 300.0, 300.0, 300.0, 300.0)


def _told_code(sending: Sending, outbox: Outbox) -> ExitCode:
    """How the series stands, as an exit code, with what to do about what did not go."""
    from photoprep.cli_send_page import print_doubts, print_troubles

    print_troubles(sending, outbox, stderr_console(), spoken())
    print_doubts(sending, outbox, stderr_console(), spoken())
    states = {each.state for row in sending.deliveries(outbox).values() for each in row}
    if "refused" in states:
        return ExitCode.REFUSED
    return ExitCode.DONE if states == {"sent"} else ExitCode.TRY_LATER


def _say(sentence: str, *, quiet: bool) -> None:
    if not quiet:
        stderr_console().print(told(sentence), highlight=False, markup=False, soft_wrap=True)


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone()
