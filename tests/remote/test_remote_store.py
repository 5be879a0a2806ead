"""Files in a real store: listed, read in parts and whole, and known again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep import remote_store
from photoprep.errors import (
    MissingExtraError,
    PhotoError,
    SourceChangedError,
    SourceUnreadableError,
    UsageError,
)
from photoprep.remote_listing import objects_below
from photoprep.remote_store import (
    Range,
    RemoteObject,
    check_unchanged,
    look_at,
    pieces_of_object,
    put,
    ranges_of,
    remove,
)
from tests.remote.conftest import speak_to
from tests.remote.stores import BUCKET, RealStore, real_store

# What people call files, and what addresses, fsspec's chains and patterns make of such names.
HOSTILE = [
    "产品 图/a b.jpg",
    "#1?.jpg",
    "100%25.jpg",
    "a::b.jpg",
    "[x]*.jpg",
    'it\'s "so".jpg',
    "é.jpg",
]


def listed(prefix: str) -> dict[str, RemoteObject]:
    start = f"s3://{BUCKET}/{prefix}/"
    return {found.address.removeprefix(start): found for found in objects_below(start)}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_file_is_called_it_is_listed_read_put_and_removed(
    store: RealStore, name: str
) -> None:
    store.put(f"names/{name}", b"content of it")
    found = listed("names")[name]
    assert found.size_bytes == 13
    assert found.tag
    assert ranges_of([Range(found, 0, 7)]) == [b"content"]
    assert b"".join(pieces_of_object(found)) == b"content of it"
    assert look_at(found.address).is_as(found)
    put({found.address: b"new"})
    assert store.contents("names")[name] == b"new"
    remove(found.address)
    assert name not in store.contents("names")


def test_marks_of_folders_are_no_files_and_an_address_may_be_a_file(store: RealStore) -> None:
    store.put("marks/", b"")
    store.put("marks/inner/", b"")
    store.put("marks/inner/a.jpg", b"1")
    store.put("marks-of-others/b.jpg", b"2")
    assert list(listed("marks")) == ["inner/a.jpg"]
    (alone,) = objects_below(f"s3://{BUCKET}/marks/inner/a.jpg")
    assert alone.address == f"s3://{BUCKET}/marks/inner/a.jpg"
    assert objects_below(f"s3://{BUCKET}/mar") == []


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_files_have_the_addresses_that_were_asked_for(store: RealStore, scheme: str) -> None:
    store.put("schemes/a.jpg", b"1")
    (found,) = objects_below(f"{scheme}://{BUCKET}/schemes")
    assert found.address == f"{scheme}://{BUCKET}/schemes/a.jpg"
    assert b"".join(pieces_of_object(found)) == b"1"


def test_parts_come_in_the_order_in_which_they_are_asked_for(store: RealStore) -> None:
    for name, content in {"a": b"0123456789", "b": b"", "c": b"xyz"}.items():
        store.put(f"parts/{name}", content)
    found = listed("parts")
    gone = replace(found["a"], address=f"s3://{BUCKET}/parts/gone")
    asked = [
        Range(found["c"], 1, 10),
        Range(found["b"], 0, 4),
        Range(gone, 0, 4),
        Range(found["a"], 8, 4),
        Range(found["a"], 0, 2),
        Range(found["a"], 10, 2),
    ]
    got = ranges_of(asked)
    assert [piece for piece in got if isinstance(piece, bytes)] == [b"yz", b"", b"89", b"01", b""]
    assert isinstance(got[2], SourceUnreadableError)
    assert "vanished" in got[2].message


def test_a_large_file_comes_whole_in_pieces(
    store: RealStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_store, "_PIECE_BYTES", 1000)
    content = bytes(range(256)) * 10
    store.put("large/a.tif", content)
    pieces = list(pieces_of_object(listed("large")["a.tif"]))
    assert [len(piece) for piece in pieces] == [1000, 1000, 560]
    assert b"".join(pieces) == content


def test_content_that_its_tag_proves_is_not_asked_about_again(store: RealStore) -> None:
    store.put("proven/a.jpg", b"content")
    found = listed("proven")["a.jpg"]
    before = len(store.requests())
    assert b"".join(pieces_of_object(found)) == b"content"
    assert [method for method, _ in store.requests()[before:]] == ["GET"]
    in_parts = replace(found, tag='"9b2cf535f27731c974343645a3985328-2"')
    with pytest.raises(SourceChangedError):  # asked, and not what is there
        list(pieces_of_object(in_parts))


@pytest.mark.parametrize("after", [b"other", b"a longer one"])
def test_one_that_is_replaced_while_it_is_read_is_an_error(
    store: RealStore, after: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_store, "_PIECE_BYTES", 4)
    store.put("changing/a.jpg", b"first")
    found = listed("changing")["a.jpg"]
    pieces = pieces_of_object(found)
    assert next(pieces) == b"firs"
    store.put("changing/a.jpg", after)
    with pytest.raises(SourceChangedError, match="changed while it was being read"):
        list(pieces)
    with pytest.raises(SourceChangedError):
        check_unchanged(found)


def test_one_that_is_gone_says_so(store: RealStore) -> None:
    store.put("going/a.jpg", b"first")
    found = listed("going")["a.jpg"]
    store.remove("going/a.jpg")
    for asked in (lambda: list(pieces_of_object(found)), lambda: check_unchanged(found)):
        with pytest.raises(SourceUnreadableError, match="vanished"):
            asked()


def test_looks_prove_what_the_store_s_tag_proves(store: RealStore) -> None:
    store.put("looks/a.jpg", b"first")
    first = listed("looks")["a.jpg"]
    store.put("looks/a.jpg", b"other")  # as long, and perhaps within the same second
    second = listed("looks")["a.jpg"]
    later_ns = 10_000_000_000
    again = replace(first, looked_ns=first.looked_ns + later_ns)
    assert again.stamp.shows_unchanged(replace(first, looked_ns=first.looked_ns + later_ns).stamp)
    assert not second.stamp.shows_unchanged(first.stamp)
    assert (second.stamp.size_bytes, second.stamp.inode) != (
        first.stamp.size_bytes,
        first.stamp.inode,
    )
    says_nothing = replace(first, tag="", mtime_ns=0)
    assert not says_nothing.stamp.shows_unchanged(says_nothing.stamp)


def test_what_no_store_is_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="No store is known by nowhere://"):
        objects_below("nowhere://bucket/a")
    with pytest.raises(MissingExtraError) as missing:
        objects_below("abfs://container/a")  # of which no library is installed for the tests
    assert "adlfs" in missing.value.hint


def test_without_the_extra_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtraError) as missing:
        objects_below("s3://bucket/a")
    assert 'pip install "photoprep[cluster]"' in missing.value.hint


def test_a_store_that_is_gone_costs_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_store(tmp_path) as running:
        speak_to(running, monkeypatch)
        running.put("a.jpg", b"content")
        (found,) = objects_below(f"s3://{BUCKET}/a.jpg")
        running.end()
        with pytest.raises(PhotoError, match="The store does not give the file"):
            list(pieces_of_object(found))
