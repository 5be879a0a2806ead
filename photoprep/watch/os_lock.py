"""A lock of the operating system on an open file: whoever dies lets go of it."""

from __future__ import annotations

import errno
import os
import sys

_REFUSED = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    # A region that is locked cannot be read by others either: one far behind what is written.
    _FAR_BYTES = 1 << 30

    def try_lock(handle: int) -> bool:
        """Take the lock; False where another process has it.

        Raises ``OSError`` where there are no locks to be had.
        """
        os.lseek(handle, _FAR_BYTES, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _REFUSED:
                return False
            raise
        return True

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Take the lock; False where another process has it.

        Raises ``OSError`` where there are no locks to be had. It belongs to the open file (flock):
        closing another handle of the same file does not lose it, and a process that this one starts
        does not get it, because Python's handles are closed there.
        """
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _REFUSED:
                return False
            raise
        return True
