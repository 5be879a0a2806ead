"""The mails of an output folder, put among an account's drafts, each once.

A draft is known by its Message-ID, which is fixed when it is made: whatever becomes of a run, the
next one searches first and adds only what is not there. A mail program that opens a draft and
saves it again gives it a new Message-ID (Thunderbird does), but keeps the References, whose first
all mails of a series share. So a draft of the same series with the very same pictures counts as
there too. One with other pictures, or as photoprep once put it there, is of an earlier plan: it is
named, and left for the person to delete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from photoprep.errors import MailRefusedError
from photoprep.language import say
from photoprep.mail.draft_files import DraftFile, Identity, attachments_of, identity_of
from photoprep.mail.imap import Mailbox
from photoprep.units import say_bytes

# added by this run, or to be added where it is a rehearsal; there under its own Message-ID; there
# as a mail program saved it again.
Status = Literal["added", "to-add", "there", "saved-again"]


@dataclass(frozen=True, slots=True)
class PlacedDraft:
    """A draft, and how it comes to be among the account's."""

    draft: DraftFile
    status: Status


def put_drafts(
    drafts: Sequence[DraftFile],
    mailbox: Mailbox,
    folder: str,
    *,
    now: datetime,
    known_series: Sequence[str] = (),
    dry_run: bool = False,
    on_placed: Callable[[PlacedDraft], None] = lambda _: None,
) -> list[Identity]:
    """Add the drafts that the folder of the mailbox has not, in their order.

    ``on_placed`` is told of each as soon as it is known to be there. ``now`` becomes the internal
    date of all of them. A rehearsal (``dry_run``) adds nothing. ``known_series`` are the roots of
    series that earlier runs put there.

    Returns the drafts of earlier plans that lie there.

    Raises:
        MailRefusedError: a draft is larger than the server takes, which is asked before the first
            is added; or the server says no.
        TryLaterError: the connection broke. Whether the draft that was under way is there shows
            the search of the next run.

    """
    mailbox.look_into(folder)
    there = {
        draft.output for draft in drafts if mailbox.find("Message-ID", draft.identity.message_id)
    }
    saved_again, earlier = _strangers(drafts, mailbox, known_series)
    statuses: dict[str, Status] = {
        draft.output: "there"
        if draft.output in there
        else "saved-again"
        if draft.output in saved_again
        else "to-add"
        for draft in drafts
    }
    to_add = [draft for draft in drafts if statuses[draft.output] == "to-add"]
    if to_add:
        _check_sizes(to_add, mailbox.largest_bytes(folder))
    for draft in drafts:
        status = statuses[draft.output]
        if status == "to-add" and not dry_run:
            mailbox.append(folder, draft.data, name=draft.filename, when=now)
            status = "added"
        on_placed(PlacedDraft(draft, status))
    return earlier


def _strangers(
    drafts: Sequence[DraftFile], mailbox: Mailbox, known_series: Sequence[str]
) -> tuple[set[str], list[Identity]]:
    """What lies there of the same or an earlier series under other Message-IDs.

    Returns the outputs of the drafts that lie there saved again, and the drafts of earlier plans.
    What has X-Unsent is as photoprep put it there, because mail programs drop it.
    """
    own = {draft.identity.message_id for draft in drafts}
    by_content = {_content(draft.identity, draft.data): draft.output for draft in drafts}
    saved_again: set[str] = set()
    earlier: list[Identity] = []
    for series in dict.fromkeys([*(draft.identity.series for draft in drafts), *known_series]):
        for message in mailbox.find("References", series) if series else ():
            identity = identity_of(mailbox.head(message))
            if identity.message_id in own or identity.series != series:
                continue
            if identity.unsent:
                earlier.append(identity)
                continue
            content = _content(identity, mailbox.whole(message))
            if content in by_content:
                saved_again.add(by_content[content])
            elif content.pictures:  # without any it is an answer that somebody is writing
                earlier.append(identity)
    return saved_again, earlier


class _Content(NamedTuple):
    """What a mail program leaves as it is when it saves a draft."""

    series: str
    numbering: str
    pictures: tuple[str, ...]


def _content(identity: Identity, data: bytes) -> _Content:
    return _Content(identity.series, identity.numbering, attachments_of(data))


def _check_sizes(drafts: Sequence[DraftFile], largest_bytes: int | None) -> None:
    for draft in drafts:
        if largest_bytes is not None and len(draft.data) > largest_bytes:
            raise MailRefusedError(
                say(
                    "{name} has {size}, and the server takes drafts of at most {largest}; "
                    "none was added.",
                    name=draft.filename,
                    size=say_bytes(len(draft.data)),
                    largest=say_bytes(largest_bytes),
                ),
                hint=say("Lower max_bytes under [mail] in the preset, and prepare again."),
            )
