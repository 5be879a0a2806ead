"""A folder as a share of this machine: sshfs, which is FUSE, before a real sftp-server.

What is written into the folder itself is, as seen from the share, written by another machine: no
event tells of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.support import mounts_refused

SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")
# Nothing of what it was told before: as a share looks whose machine asks each time.
_OPTIONS = "passive,dir_cache=no,attr_timeout=0,entry_timeout=0"
_PATIENCE_S = 20.0


def shares_refused() -> str:
    """Why no share can be mounted here; empty where one can."""
    if refused := mounts_refused():
        return refused
    if not Path("/dev/fuse").exists():
        return "the system has no FUSE (a container?)"
    there = SFTP_SERVER.exists() and shutil.which("sshfs")
    return "" if there or "PHOTOPREP_REQUIRE_READERS" in os.environ else "needs sshfs, sftp-server"


@contextmanager
def share_of(folder: Path, mounted: Path) -> Iterator[Path]:
    """The folder, mounted at another place while the block lasts."""
    mounted.mkdir(exist_ok=True)
    (their_end, our_end), (our_start, their_start) = os.pipe(), os.pipe()
    command = ["sshfs", "-f", "-o", _OPTIONS, f":{folder}", str(mounted)]
    with (
        subprocess.Popen([SFTP_SERVER], stdin=their_end, stdout=their_start),
        subprocess.Popen(command, stdin=our_start, stdout=our_end) as served,
    ):
        for end in (their_end, our_end, our_start, their_start):
            os.close(end)
        deadline_s = time.monotonic() + _PATIENCE_S
        while not mounted.is_mount():
            assert served.poll() is None, "sshfs ended at once"
            assert time.monotonic() < deadline_s, "sshfs does not mount"
            time.sleep(0.02)
        try:
            yield mounted
        finally:
            # As a server goes that nobody asked: whoever has a file of it open is left with that.
            served.kill()
            subprocess.run(["fusermount3", "-u", "-z", str(mounted)], check=True)
