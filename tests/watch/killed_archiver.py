"""Processes that archive a batch and are killed before their Nth change of a disk.

``python -m tests.watch.killed_archiver`` reads ``[N, INBOX, ARCHIVE, NAME, EXPECTED, SOURCES]``
from each line and forks a process for it, which need not load anything any more: N counts what
Python's audit events tell of the two folders; 0 kills never. It prints ``[exit code, changes]``,
where the changes of one that was killed are 0.
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


def work(fatal: int, inbox: str, archive: str, name: str, expected: str, sources: list[str]) -> int:
    """Archive, in a process that has but this to do; returns how many changes there were."""
    watched = (inbox, archive)
    seen = 0

    def count(event: str, details: tuple[object, ...]) -> None:
        nonlocal seen
        if event not in _CHANGES or not str(details[0]).startswith(watched):
            return
        seen += 1
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    finish_interrupted(Path(archive), Path(inbox))
    hashes = json.loads(Path(expected).read_text(encoding="utf-8"))
    archive_batch([Path(each) for each in sources], Path(inbox), Path(archive), name, hashes)
    return seen


def main() -> None:
    for line in sys.stdin:
        ours, theirs = os.pipe()
        process = os.fork()
        if not process:
            # Whatever is raised ends this process with a trace and the exit code 1.
            os.write(theirs, str(work(*json.loads(line))).encode())
            os._exit(0)
        os.close(theirs)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with os.fdopen(ours) as told:
            sys.stdout.write(f"{json.dumps([code, int(told.read() or 0)])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
