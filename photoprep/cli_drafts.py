"""The command ``drafts``: the mails of an output folder into an account's folder for drafts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_complete import account_names
from photoprep.cli_exits import console, exit_codes
from photoprep.cli_language import told
from photoprep.cli_options import JsonOption
from photoprep.errors import PhotoprepError
from photoprep.language import say, say_number
from photoprep.units import say_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from photoprep.mail.account import Account
    from photoprep.mail.draft_files import Identity
    from photoprep.mail.drafts import PlacedDraft

_STATUS = {
    "added": say("added"),
    "to-add": say("would be added"),
    "there": say("there already"),
    "saved-again": say("there already, saved again by a mail program"),
}


def drafts(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that photoprep prepared.")],
    account: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The mail account. (default: the only one)",
            autocompletion=account_names,
        ),
    ] = None,
    folder: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The folder for drafts. (default: the one that the server marks as such)",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be added.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the mails of a prepared folder among an account's drafts, each once."""
    with exit_codes():
        from photoprep.files import at_home
        from photoprep.mail.placing import place_drafts

        out = Path(at_home(str(out)))
        placed: list[PlacedDraft] = []
        chosen: Account | None = None
        found = ""

        def tell(each: PlacedDraft) -> None:
            placed.append(each)
            if not as_json:
                _print(_line(each))

        def hear(which: Account, name: str) -> None:
            nonlocal chosen, found
            chosen, found = which, name

        try:
            earlier = place_drafts(
                out,
                account,
                folder=folder,
                now=datetime.now(UTC),
                dry_run=dry_run,
                on_begin=hear,
                on_placed=tell,
            )
        except PhotoprepError:
            if as_json and chosen:  # what was added before is there all the same
                typer.echo(json.dumps(_data(placed, [], chosen.name, found), indent=2))
            raise
        assert chosen is not None  # noqa: S101 (it has been heard of)
        if as_json:
            typer.echo(json.dumps(_data(placed, earlier, chosen.name, found), indent=2))
            return
        for identity in earlier:
            _print(
                say(
                    "A draft of an earlier plan of this series lies there too: {subject}. "
                    "Delete it if it is not wanted.",
                    subject=identity.subject,
                )
            )
        _print(_summary(placed, chosen.address, found))


def _print(text: str) -> None:
    console(stderr=False).print(told(text), highlight=False, markup=False, soft_wrap=True)


def _line(each: PlacedDraft) -> str:
    return say(
        "{name}: {status} ({size}, {subject})",
        name=each.draft.filename,
        status=_STATUS[each.status],
        size=say_bytes(len(each.draft.data)),
        subject=each.draft.identity.subject,
    )


def _summary(placed: Sequence[PlacedDraft], address: str, folder: str) -> str:
    new = [each for each in placed if each.status in {"added", "to-add"}]
    if any(each.status == "to-add" for each in new):
        return say_number(
            len(new),
            "{count} draft would be added to {folder} of {address}; nothing was.",
            "{count} drafts would be added to {folder} of {address}; nothing was.",
            folder=folder,
            address=address,
        )
    return say_number(
        len(new),
        "{count} draft added to {folder} of {address}; {there} there already.",
        "{count} drafts added to {folder} of {address}; {there} there already.",
        folder=folder,
        address=address,
        there=len(placed) - len(new),
    )


def _data(
    placed: Sequence[PlacedDraft], earlier: Sequence[Identity], account: str, folder: str
) -> dict[str, object]:
    return {
        "schema": 1,
        "account": account,
        "folder": folder,
        "drafts": [
            {
                "output": each.draft.output,
                "status": each.status,
                "subject": each.draft.identity.subject,
                "message_id": each.draft.identity.message_id,
                "wire_bytes": len(each.draft.data),
            }
            for each in placed
        ],
        "earlier": [
            {"subject": identity.subject, "message_id": identity.message_id} for identity in earlier
        ],
    }
