"""Addresses and paths are told apart by their texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.errors import UsageError
from photoprep.remote_address import (
    check_no_address,
    checked_address,
    is_address,
    own_name,
    scheme_of,
    store_of,
    takes_files_whole,
)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("s3://bucket/catalogue", "s3"),
        ("S3://bucket", "s3"),
        ("  gs://bucket/a b  ", "gs"),
        ("sftp://host/a", "sftp"),
        ("my-store+x.2://host/a", "my-store+x.2"),
    ],
)
def test_an_address_has_a_scheme(text: str, scheme: str) -> None:
    assert is_address(text)
    assert scheme_of(text) == scheme


@pytest.mark.parametrize(
    "text",
    [
        "photos",
        "/photos",
        "C:\\photos",
        "C://photos",
        "file:///photos",
        "FILE://x/y",
        "a:b",
        "",
        "://x",
    ],
)
def test_a_path_is_no_address(text: str) -> None:
    assert not is_address(text)
    assert not is_address(Path(text))


def test_addresses_are_tidied() -> None:
    assert checked_address(" S3://Bucket/Some Folder// ") == "s3://Bucket/Some Folder"
    assert own_name("s3://bucket/a/b") == "b"
    assert store_of("s3://bucket/a/b") == "s3://bucket"
    assert checked_address("sftp://me@host/a") == "sftp://me@host/a"


@pytest.mark.parametrize("text", ["s3://", "s3:///", "s3://  "])
def test_an_address_names_something(text: str) -> None:
    with pytest.raises(UsageError, match="no address in a store"):
        checked_address(text)


@pytest.mark.parametrize("text", ["s3://key:secret@bucket/a", "sftp://me:secret@host/a"])
def test_an_address_holds_no_password(text: str) -> None:
    with pytest.raises(UsageError, match="must not hold a password") as refused:
        checked_address(text)
    assert "secret" not in str(refused.value)
    assert "secret" not in refused.value.hint


def test_results_go_where_files_are_put_whole_alone() -> None:
    assert takes_files_whole("s3://bucket/a")
    assert takes_files_whole("abfs://container/a")
    assert not takes_files_whole("sftp://host/a")
    assert not takes_files_whole("http://host/a")


def test_a_path_that_was_an_address_is_refused(tmp_path: Path) -> None:
    check_no_address(None, Path("photos"), Path("C:\\photos"), Path("file:///photos"))
    with pytest.raises(UsageError, match="has to be a folder of this computer"):
        check_no_address(Path("photos"), Path("s3://bucket/a"))
    odd = tmp_path / "s3:" / "bucket"
    odd.mkdir(parents=True)
    check_no_address(odd)
