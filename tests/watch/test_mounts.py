from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from photoprep.watch.mounts import (
    Mount,
    covering,
    is_laid_bare,
    linux_mounts,
    mac_mounts,
    mount_of,
)
from tests.faults.support import mounts_refused, small_disk

MOUNTINFO = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:41 / /mnt/nas rw,relatime shared:7 - cifs //nas/photos rw,vers=3.1.1
41 27 0:42 / /mnt/auto rw - autofs systemd-1 rw,fd=41
42 41 0:43 / /mnt/auto rw - nfs4 nas:/photos rw
43 27 0:44 / /mnt/My\\040Share rw - fuse.sshfs me@nas:/photos rw
44 27 254:1 /sub /mnt/nas-2 rw - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("path", "point", "kind"),
    [
        ("/home/me/inbox", "/", "ext4"),
        ("/mnt/nas", "/mnt/nas", "cifs"),
        ("/mnt/nas/inbox", "/mnt/nas", "cifs"),
        ("/mnt/nas-2/inbox", "/mnt/nas-2", "xfs"),
        ("/mnt/nas-3", "/", "ext4"),
        ("/mnt/auto/inbox", "/mnt/auto", "nfs4"),
        ("/mnt/My Share/inbox", "/mnt/My Share", "fuse.sshfs"),
    ],
)
def test_a_path_lies_on_the_deepest_mount_and_the_latest(path: str, point: str, kind: str) -> None:
    mount = covering(path, linux_mounts(MOUNTINFO))
    assert (mount.point, mount.kind) == (point, kind)


def test_the_mounts_of_macos_are_read() -> None:
    told = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//me@nas._smb._tcp.local/My%20Photos on /Volumes/My Photos (smbfs, nodev, nosuid)\n"
        "map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)\n"
        "no mount at all\n"
    )
    mount = covering("/Volumes/My Photos/inbox", mac_mounts(told))
    assert mount == Mount("/Volumes/My Photos", "smbfs", "//me@nas._smb._tcp.local/My%20Photos")
    assert not mount.tells_changes
    assert covering("/Users/me", mac_mounts(told)).tells_changes


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "xfs", "apfs", "tmpfs", "fuseblk", "", "zfs"])
def test_disks_of_this_machine_tell_changes(kind: str) -> None:
    assert Mount("/", kind).tells_changes


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "SMB3", "9p", "fuse.sshfs", "remote"])
def test_what_others_write_elsewhere_is_not_told(kind: str) -> None:
    assert not Mount("/", kind).tells_changes


@pytest.mark.parametrize(
    ("before", "now", "is_bare"),
    [
        ("/mnt/nas", "/", True),
        ("/mnt/nas", "/mnt", True),
        ("/mnt/nas", "/mnt/nas", False),
        ("/", "/mnt/nas", False),
        ("/", "/", False),
        ("/mnt/nas", "/mn", False),
        ("/mnt/nas", "/srv", False),
    ],
)
def test_a_share_that_is_away_leaves_its_bare_mount_point(
    before: str, now: str, is_bare: bool
) -> None:
    assert is_laid_bare(Mount(before), Mount(now)) == is_bare


def test_this_very_folder_lies_on_something(tmp_path: Path) -> None:
    mount = mount_of(tmp_path)
    assert os.path.ismount(mount.point)
    assert str(tmp_path.resolve()).startswith(mount.point)


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_a_disk_that_was_mounted_is_seen_and_so_is_its_going(tmp_path: Path) -> None:
    before = mount_of(tmp_path)
    with small_disk(tmp_path / "dis k", 64):
        there = mount_of(tmp_path / "dis k")
        assert there == Mount(str(tmp_path / "dis k"), "tmpfs", "tmpfs")
        link = tmp_path / "link"
        link.symlink_to("dis k")
        assert mount_of(link) == there
    assert mount_of(tmp_path / "dis k") == before
    assert is_laid_bare(there, before)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has one root")
def test_a_folder_that_is_not_there_lies_where_it_would_be(tmp_path: Path) -> None:
    assert mount_of(tmp_path / "not/there") == mount_of(tmp_path)
