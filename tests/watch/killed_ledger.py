"""A daemon's bookkeeping that goes on until it is killed: one line for all that is recorded.

Each line is written after the ledger's word, so that the ledger may be one step ahead of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from photoprep.watch.batch import Outcome
from photoprep.watch.ledger import Ledger
from photoprep.watch.plan import after, next_batch
from tests.watch.scans import NOW, folder, see


def main(path: str, first: int) -> None:
    """Batches come, are begun and done, one after the other."""

    def say(what: str) -> None:
        sys.stdout.write(f"{what}\n")
        sys.stdout.flush()

    with Ledger(Path(path)) as ledger:
        left = ledger.found_running(NOW)
        say(f"opened {ledger.rebuilt or 'whole'} {len(left)}")
        number = first
        while True:
            number += 1
            names = [name for name, batch in ledger.batches().items() if batch.state != "gone"]
            see(ledger, *(folder(name, ("1.jpg", 1, 1)) for name in {*names, f"B{number}"}))
            say(f"new B{number}")
            while batch := next_batch(ledger.batches(), NOW):
                begun = ledger.begin(batch.name, NOW)
                say(f"begun {batch.name}")
                state, next_try = after(begun, Outcome(0), NOW)
                ledger.end(batch.name, Outcome(0), state, next_try, now=NOW)
                say(f"done {batch.name}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
