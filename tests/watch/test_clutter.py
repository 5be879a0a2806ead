from __future__ import annotations

import pytest

from photoprep.catalogue import found
from photoprep.watch.clutter import is_clutter, is_under_way
from photoprep.watch.found import WATCH_MARKER


@pytest.mark.parametrize(
    "name",
    [
        "._IMG_1.jpg",
        ".DS_Store",
        ".hidden",
        "@eaDir",
        "#recycle",
        "#snapshot",
        "$RECYCLE.BIN",
        "Thumbs.db",
        "thumbs.DB",
        "desktop.ini",
        ".sync",  # Resilio's own folder, which stays
        ".sync_4f2a91.db",  # Nextcloud's own database, which stays
        ".sync_4f2a91.db-wal",
        "._sync_4f2a91.db",
        "._IMG_1.jpg.part",
        ".stfolder",
        ".app.config",
        WATCH_MARKER,
    ],
)
def test_clutter_is_of_no_account(name: str) -> None:
    assert is_clutter(name)
    assert not is_under_way(name)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg.part",
        "IMG_1.JPG.PART",
        "Unconfirmed 81273.crdownload",
        "IMG_1.jpg.filepart",
        "IMG_1.jpg.partial",
        "IMG_1.jpg.1a2b3c4d.partial",
        "4A6B.tmp",
        "~$catalogue.xlsx",
        ".~lock.catalogue.ods#",
        ".sync.IMG_1.jpg",
        ".syncthing.IMG_1.jpg.tmp",
        "~syncthing~IMG_1.jpg.tmp",
        "IMG_1.jpg.!sync",
        "photos.zip.!qB",
        ".IMG_1.jpg.Ab3dEf",  # rsync
        ".photo of lid.jpeg.x9Yz01",
        ".IMG_1.jpg.~4f2a91",  # Nextcloud
        ".IMG_1.jpg.icloud",
        ".rsync-partial",
        ".SynologyWorkingDirectory",
    ],
)
def test_a_transfer_is_told_by_its_name_hidden_or_not(name: str) -> None:
    assert is_under_way(name)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg",
        "part.jpg",
        "Toolbox.X100.jpg",
        "photoprep.toml",
        "~ sale.jpg",
        "IMG 1.part 2.jpg",
        "箱子.jpg",
        "tmp",
        "\udcff.jpg",
        "Box. spare parts",
    ],
)
def test_a_persons_files_are_neither(name: str) -> None:
    assert not is_clutter(name)
    assert not is_under_way(name)


def test_what_prepare_leaves_aside_is_clutter_here_too() -> None:
    for name in found._CLUTTER | found._CLUTTER_FOLDERS:
        assert is_clutter(name)
