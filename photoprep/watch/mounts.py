"""Which disk or share a folder lies on, and whether changes there are told by events."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# What is written by another machine, or by the system that a virtual one runs in, is not told here.
_WITHOUT_EVENTS = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afpfs", "webdav", "davfs"),
        *("afs", "auristorfs", "ceph", "lustre", "gfs2", "ocfs2", "beegfs", "acfs"),
        *(
            "9p",
            "drvfs",
            "virtiofs",
            "vboxsf",
            "vmhgfs",
            "prl_fs",
            "fakeowner",
            "osxfs",
            "grpcfuse",
        ),
        "remote",  # a drive of Windows that is a share
    }
)
_FUSE = re.compile(r"(?:mac|osx)?fuse\.(.+)")
# Of the file systems that a program serves, these lie on a disk of this machine.
_LOCAL_FUSE = frozenset({"ntfs", "ntfs-3g", "exfat", "encfs", "gocryptfs", "ecryptfs", "bindfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")
_MAC_MOUNT = re.compile(r"(?P<source>.+) on (?P<point>/.*) \((?P<kind>[^,)]+)[^)]*\)")
_REMOTE_DRIVE = 4  # GetDriveTypeW's DRIVE_REMOTE


@dataclass(frozen=True, slots=True)
class Mount:
    """What a folder lies on: where that is mounted, its kind (``ext4``, ``cifs`` …), from where.

    ``kind`` and ``source`` are empty where the system does not tell them.
    """

    point: str
    kind: str = ""
    source: str = ""

    @property
    def tells_changes(self) -> bool:
        """Whether events come from it for every change, by whomever. Of an unknown kind: yes."""
        kind = self.kind.casefold()
        served = _FUSE.fullmatch(kind)
        return served[1] in _LOCAL_FUSE if served else kind not in _WITHOUT_EVENTS


def mount_of(folder: Path) -> Mount:
    """What the folder lies on just now, links followed.

    Raises ``OSError`` where the system does not let it be found out.
    """
    real = os.path.realpath(folder)
    if sys.platform == "win32":
        return _windows_mount(real)
    if sys.platform == "linux":
        # One mount is a line; a namespace without /proc is left with what follows below.
        table = Path("/proc/self/mountinfo")
        if table.exists():
            return covering(real, linux_mounts(os.fsdecode(table.read_bytes())))
    if sys.platform == "darwin":
        told = subprocess.run(["/sbin/mount"], capture_output=True, check=False).stdout
        return covering(real, mac_mounts(os.fsdecode(told)))
    point = Path(real)
    while not point.is_mount() and point != point.parent:
        point = point.parent
    return Mount(str(point))


def is_laid_bare(before: Mount, now: Mount) -> bool:
    """Whether what a folder lay on is away, so that only its bare mount point is left.

    It lies then on what the mount point itself lies on. Device numbers would not do: network
    shares get another one at each mount, and a USB disk another name.
    """
    above = now.point.rstrip("/\\")
    below = before.point.removeprefix(above)
    is_above = before.point.startswith(above) and below.startswith(("/", "\\"))
    return is_above and now.point != before.point


def covering(path: str, mounts: Iterable[Mount]) -> Mount:
    """The mount that a real path lies on: the deepest, and of those at one place the latest."""
    best = Mount("/")
    for mount in mounts:
        inside = path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
        if inside and len(mount.point) >= len(best.point):
            best = mount
    return best


def linux_mounts(mountinfo: str) -> tuple[Mount, ...]:
    """The mounts of ``/proc/self/mountinfo`` (proc(5)), in the order they were made."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        places, kinds = before.split(" "), after.split(" ")
        if len(places) > 4 and len(kinds) > 1:
            found.append(Mount(_plain(places[4]), kinds[0], _plain(kinds[1])))
    return tuple(found)


def mac_mounts(told: str) -> tuple[Mount, ...]:
    """The mounts that macOS's mount(8) tells, one a line: ``//nas/a on /Volumes/a (smbfs)``."""
    matches = (_MAC_MOUNT.fullmatch(line) for line in told.splitlines())
    return tuple(
        Mount(match["point"], match["kind"], match["source"]) for match in matches if match
    )


def _plain(text: str) -> str:
    r"""A field of mountinfo, in which blanks and the like stand as ``\040``."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


def _windows_mount(real: str) -> Mount:
    drive = os.path.splitdrive(real)[0] + "\\"
    if sys.platform == "win32":
        import ctypes

        is_remote = (
            drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == _REMOTE_DRIVE
        )
        return Mount(drive, "remote" if is_remote else "")
    return Mount(drive)
