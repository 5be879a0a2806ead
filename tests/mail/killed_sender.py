"""Sends a folder's series and kills itself at one of the journal's steps.

``python -m tests.mail.killed_sender FOLDER PORT STEP within|after RECIPIENT...``: at the commit of
that number, before it is carried out or just after.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photoprep.mail.outbox import Outbox
from tests.mail.outgoing_folder import journal, postman, sending_of


def main(folder: Path, port: int, step: int, moment: str, recipients: list[str]) -> None:
    """Do what the arguments say; ends by itself only when there are fewer steps."""
    transaction = Outbox._transaction
    steps = 0

    @contextmanager
    def counted(self: Outbox) -> Iterator[None]:
        nonlocal steps
        steps += 1
        with transaction(self):
            yield
            if steps == step and moment == "within":
                os.kill(os.getpid(), signal.SIGKILL)
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)

    Outbox._transaction = counted  # type: ignore[method-assign]
    with Outbox(journal(folder)) as outbox:
        postman(sending_of(folder, port, *recipients), outbox).deliver()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
