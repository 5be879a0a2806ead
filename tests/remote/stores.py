"""A real S3 server on this machine: moto's, in a process of its own that can be killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.cluster.clusters import wait_until
from tests.ports import free_port

# What whoever has an account sets in the environment, or in ~/.aws.
_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
BUCKET = "shop"
_REQUEST = re.compile(r'"(?:\x1b\[\d+m)*([A-Z]+) (\S+) HTTP/')  # some are logged in colour


@dataclass
class RealStore:
    """A running server; ``s3`` is another maker's client of it, and ``environment`` a user's."""

    process: subprocess.Popen[bytes]
    log: Path
    environment: dict[str, str]
    s3: Any

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def put_folder(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def contents(self, prefix: str) -> dict[str, bytes]:
        """What lies below a prefix, by its name from there on."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=f"{prefix}/"
        )
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {
            key.removeprefix(f"{prefix}/"): self.s3.get_object(Bucket=BUCKET, Key=key)[
                "Body"
            ].read()
            for key in keys
        }

    def remove(self, key: str) -> None:
        self.s3.delete_object(Bucket=BUCKET, Key=key)

    def requests(self) -> list[tuple[str, str]]:
        """The method and the path of every request since it began."""
        return _REQUEST.findall(self.log.read_text(errors="replace"))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def real_store(folder: Path, *, files_a_page: int = 1000) -> Iterator[RealStore]:
    """A server with an empty bucket, until the block ends; its log lies in the folder."""
    port = free_port()
    log = folder / "requests.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=out,
            stderr=out,
            env=os.environ | {"MOTO_S3_DEFAULT_MAX_KEYS": str(files_a_page)},
        )
    environment = _ACCOUNT | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    s3 = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=_ACCOUNT["AWS_DEFAULT_REGION"],
        aws_access_key_id=_ACCOUNT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_ACCOUNT["AWS_SECRET_ACCESS_KEY"],
    )
    try:
        wait_until(lambda: b"Running on" in log.read_bytes())
        s3.create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": _ACCOUNT["AWS_DEFAULT_REGION"]},
        )
        yield RealStore(process, log, environment, s3)
    finally:
        process.kill()
        process.wait()
        s3.close()


def without_account() -> dict[str, str]:
    """An environment in which nobody may read anything."""
    return dict.fromkeys(_ACCOUNT, "") | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": os.devnull}
