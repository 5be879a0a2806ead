"""What a person reads about mails that are to go out, or went: who, what, how large, how far."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from photoprep.language import Language, in_language, say, say_list, say_number
from photoprep.mail.outbox import Delivery, Outbox, say_state
from photoprep.mail.sending import Sending, earlier_series
from photoprep.units import say_bytes

_STYLES = {"sent": "green", "refused": "bold red", "unknown": "bold yellow", "deferred": "yellow"}


def print_envelope(sending: Sending, outbox: Outbox, page: Console, language: Language) -> None:
    """From whom and to whom, by which server, and what they have had from this folder before."""
    account, people = sending.account, sending.addressees
    server = account.smtp
    own = sending.series.drafts[0].sender or account.address
    # Not every server lets an account send in another's name: then both are to be seen.
    differs = f"{account.address}, " if account.address.lower() not in own.lower() else ""
    by = f" ({account.name}: {differs}{server.host})" if server else ""
    rows = [
        (say("From"), own + by),
        (say("To"), ", ".join(map(str, people.to))),
        (say("Cc"), ", ".join(map(str, people.cc))),
        (say("Bcc"), ", ".join(map(str, people.bcc))),
    ]
    for label, value in rows:
        if value:
            line = f"[bold]{in_language(label, language)}[/] {escape(value)}"
            page.print(line, highlight=False, soft_wrap=True)
    for earlier in earlier_series(sending, outbox):
        line = say(
            "{recipients} had another series of mails from this folder before, on {date}.",
            recipients=say_list(earlier.whole(sending.keys)),
            date=earlier.begun[:10],
        )
        page.print(escape(in_language(line, language)), highlight=False, soft_wrap=True)
    page.print()


def print_mails(
    sending: Sending, outbox: Outbox, sizes: list[int], page: Console, language: Language
) -> None:
    """Each mail: subject, attachments, bytes on the wire, and for whom it is how far."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (say("Mail"), say("Subject"), say("Attachments")):
        table.add_column(in_language(title, language), overflow="fold")
    table.add_column(in_language(say("on the wire"), language), justify="right", no_wrap=True)
    table.add_column(in_language(say("State"), language), overflow="fold")
    known = sending.deliveries(outbox)
    for draft, size_bytes in zip(sending.series.drafts, sizes, strict=True):
        table.add_row(
            f"{draft.part}/{draft.total}",
            escape(draft.subject),
            escape("\n".join(draft.attachments)),
            say_bytes(size_bytes),
            "\n".join(_states(known[draft.part], language)),
        )
    page.print(table)
    page.print()


def print_end(
    sending: Sending, outbox: Outbox, sizes: list[int], page: Console, language: Language
) -> None:
    """How it went: one line when everything went, else the mails again with their states."""
    rows = sending.deliveries(outbox).values()
    if any(each.state != "sent" for row in rows for each in row):
        print_mails(sending, outbox, sizes, page, language)
        return
    line = say_number(
        len(rows),
        "The {count} mail has been sent to {recipients}.",
        "All {count} mails have been sent to {recipients}.",
        recipients=say_list(sending.keys),
    )
    words = escape(in_language(line, language))
    page.print(f"[bold green]{words}[/]", highlight=False, soft_wrap=True)


def _states(row: list[Delivery], language: Language) -> Iterator[str]:
    """One line for all recipients where they agree, else one for each."""
    if len({each.state for each in row}) == 1:
        yield _styled(row[0], "", language)
        return
    for each in row:
        yield _styled(each, f"{each.recipient}: ", language)


def _styled(delivery: Delivery, before: str, language: Language) -> str:
    words = escape(before + in_language(say_state(delivery.state), language))
    style = _STYLES.get(delivery.state)
    return f"[{style}]{words}[/]" if style else words


def print_troubles(sending: Sending, outbox: Outbox, page: Console, language: Language) -> None:
    """Why what was refused or put off did not go."""
    for each in _in_state(sending, outbox, "refused", "deferred"):
        style = _STYLES[each.state]
        line = say(
            "Mail {part} to {recipient} was not sent ({state}): {reply}",
            part=each.part,
            recipient=each.recipient,
            state=say_state(each.state),
            reply=each.reply,
        )
        words = escape(in_language(line, language))
        page.print(f"[{style}]{words}[/]", highlight=False, soft_wrap=True)


def print_doubts(sending: Sending, outbox: Outbox, page: Console, language: Language) -> None:
    """Of what it is not known whether it arrived, and what to do: it is never sent by itself."""
    for each in _in_state(sending, outbox, "unknown"):
        line = say(
            "It is not known whether mail {part} has reached {recipient}: {reply}. It is not sent "
            "again by itself. Ask the customer; then run again with --arrived {part}, or with "
            "--not-arrived {part} to send it again.",
            part=each.part,
            recipient=each.recipient,
            reply=each.reply,
        )
        words = escape(in_language(line, language))
        page.print(f"[bold yellow]{words}[/]", highlight=False, soft_wrap=True)


def _in_state(sending: Sending, outbox: Outbox, *states: str) -> Iterator[Delivery]:
    for row in sending.deliveries(outbox).values():
        yield from (each for each in row if each.state in states)


def json_of(
    sending: Sending, outbox: Outbox, sizes: list[int], language: Language
) -> dict[str, object]:
    """The same as plain data."""
    known, people = sending.deliveries(outbox), sending.addressees
    return {
        "schema": 1,
        "series": sending.series.identity,
        "account": sending.account.name,
        "from": sending.account.address,
        "to": [mailbox.address for mailbox in people.to],
        "cc": [mailbox.address for mailbox in people.cc],
        "bcc": [mailbox.address for mailbox in people.bcc],
        "mails": [
            {
                "part": draft.part,
                "total": draft.total,
                "draft": f"mails/{draft.filename}",
                "subject": draft.subject,
                "message_id": sending.ids[draft.part - 1],
                "wire_bytes": size_bytes,
                "attachments": list(draft.attachments),
                "recipients": [
                    {
                        "address": each.recipient,
                        "state": each.state,
                        "reply": in_language(each.reply, language) or None,
                        "changed": each.changed or None,
                    }
                    for each in known[draft.part]
                ],
            }
            for draft, size_bytes in zip(sending.series.drafts, sizes, strict=True)
        ],
    }
