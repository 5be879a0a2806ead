"""The drafts of one output folder, from its files to an account's folder, start to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from photoprep.mail.account import Account
from photoprep.mail.accounts import choose_account, load_accounts
from photoprep.mail.draft_files import Identity, read_drafts
from photoprep.mail.drafts import PlacedDraft, put_drafts
from photoprep.mail.drafts_record import open_drafts_record
from photoprep.mail.imap import open_mailbox
from photoprep.mail.passwords import password_of


def place_drafts(
    out: Path,
    account: str | None,
    *,
    folder: str = "",
    now: datetime,
    dry_run: bool = False,
    on_begin: Callable[[Account, str], None] = lambda _account, _folder: None,
    on_placed: Callable[[PlacedDraft], None] = lambda _: None,
) -> list[Identity]:
    """Put the drafts of an output folder among those of an account, each once.

    ``account`` is its name; None for the only one. ``folder`` is the account's for drafts; empty
    for the one that the server marks as such. ``on_begin`` hears both before the first draft is
    looked for. The rest is as for ``drafts.put_drafts``.

    Returns the drafts of earlier plans that lie there.

    Raises:
        UsageError: this is no output folder with mails.
        AccountError: there is no such account or no password, or the server does not take it.
        OutputBusyError, CannotWriteError: the folder's record of drafts cannot be used.
        MailRefusedError, TryLaterError: as for ``drafts.put_drafts``.

    """
    mails = read_drafts(out)
    chosen = choose_account(load_accounts(), account)
    with (
        open_drafts_record(out, rehearsal=dry_run) as record,
        open_mailbox(chosen, password_of(chosen)) as mailbox,
    ):
        found = mailbox.drafts_folder(folder)
        on_begin(chosen, found)
        known = record.series()
        if not dry_run:
            record.remember(mail.identity.series for mail in mails)
        return put_drafts(
            mails,
            mailbox,
            found,
            now=now,
            known_series=known,
            dry_run=dry_run,
            on_placed=on_placed,
        )
