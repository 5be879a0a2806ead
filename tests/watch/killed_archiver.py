"""A process that archives a batch and is killed before its Nth change of a disk.

``python -m tests.watch.killed_archiver N INBOX ARCHIVE NAME EXPECTED.json SOURCE...``: N counts
what Python's audit events tell of the two folders; 0 kills never. Prints how many there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from photoprep.watch.archive import archive_batch, finish_interrupted

_CHANGES = frozenset(
    {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.utime", "os.chmod"}
)


def main(arguments: list[str]) -> None:
    fatal, inbox, archive, name, expected, *sources = arguments
    watched = (inbox, archive)
    seen = 0

    def count(event: str, details: tuple[object, ...]) -> None:
        nonlocal seen
        if event not in _CHANGES or not str(details[0]).startswith(watched):
            return
        seen += 1
        if seen == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    finish_interrupted(Path(archive), Path(inbox))
    hashes = json.loads(Path(expected).read_text(encoding="utf-8"))
    archive_batch([Path(each) for each in sources], Path(inbox), Path(archive), name, hashes)
    sys.stdout.write(f"{seen}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
