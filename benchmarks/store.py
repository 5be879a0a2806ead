"""What originals and results in a store cost, beside a folder and beside copying them here first.

    python -m benchmarks.store FOLDER... [--photos 40] [--runs 3] [--delay-ms 50]
    python -m benchmarks.store --listed 5000

The first prepares the same photos from a folder, from a store into a folder, from store to store,
and from a folder into which they are copied first, as one would by hand. All turn by turn, in
whole processes; medians count. The store is moto's S3 server on this machine, one process of
Python that shares the cores: a real one answers many at once, and is further away, which
``--delay-ms`` plays.

The second lists so many small objects: how long that takes, and what each costs in memory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cluster import chosen
from photoprep.catalogue.remote import scan_address
from photoprep.remote_store import put
from tests.cluster.clusters import answers, wait_until
from tests.ports import free_port
from tests.remote.stores import BUCKET, RealStore, real_store

ADDRESS = f"s3://{BUCKET}/catalogue"

_SLOW_WAY = """
import asyncio, sys

async def carry(reader, writer, delay_s):
    while data := await reader.read(65536):
        await asyncio.sleep(delay_s)
        writer.write(data)
        await writer.drain()
    writer.close()

async def serve(here, there):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(carry(here, writer, float(sys.argv[3])), carry(reader, there, 0))

async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[2])) as server:
        await server.serve_forever()

asyncio.run(main())
"""
_COPY = f"import s3fs; s3fs.S3FileSystem().get('{BUCKET}/catalogue', 'here', recursive=True)"


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--photos", type=int, default=40, help="how many, evenly from the folders")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--delay-ms", type=float, default=0, help="how late each answer comes")
    parser.add_argument("--listed", type=int, help="how many small objects to list")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        real_store(Path(name)) as store,
        at_a_distance(store, options.delay_ms / 1000) as environment,
    ):
        place = Path(name)
        os.environ |= environment | {"PHOTOPREP_DATA_DIR": str(place / "data")}
        if options.listed:
            measure_list(options.listed)
        if options.folders:
            photos = chosen(options.folders, options.photos, place / "catalogue")
            store.put_folder(photos, "catalogue")
            compare(photos, place, store, options.runs)
    return 0


@contextmanager
def at_a_distance(store: RealStore, delay_s: float) -> Iterator[dict[str, str]]:
    """The environment of somebody to whom each request takes so much longer, for the block."""
    if not delay_s:
        yield store.environment
        return
    port = free_port()
    nearby = store.environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
    way = subprocess.Popen([sys.executable, "-c", _SLOW_WAY, nearby, str(port), str(delay_s)])
    try:
        wait_until(lambda: answers(port))
        yield store.environment | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        way.kill()
        way.wait()


def compare(photos: Path, place: Path, store: RealStore, runs: int) -> None:
    """Seconds of every way, as ratios to the folder's, and the requests that each makes."""
    out = place / "out"

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "photoprep", *arguments, "--no-mails", "--quiet"]
        subprocess.run(command, cwd=place, check=True)

    def copied_first() -> None:
        subprocess.run([sys.executable, "-c", _COPY], cwd=place, check=True)
        run("here", "--out", str(out))

    ways: dict[str, Callable[[], None]] = {
        "a folder": lambda: run(str(photos), "--out", str(out)),
        "a store": lambda: run(ADDRESS, "--out", str(out)),
        "copied here first": copied_first,
        "store to store": lambda: run(ADDRESS, "--out", f"s3://{BUCKET}/results"),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    requests: dict[str, int] = {}
    for _ in range(runs):
        for way, work in ways.items():
            for name in ("out", "data", "here"):
                shutil.rmtree(place / name, ignore_errors=True)
            for key in store.contents("results"):
                store.remove(f"results/{key}")
            before, began_s = len(store.requests()), time.perf_counter()
            work()
            seconds[way].append(time.perf_counter() - began_s)
            requests[way] = len(store.requests()) - before
    base = statistics.median(seconds["a folder"])
    for way, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{way:20} {median:6.2f} s  {median / base:5.2f} x  {requests[way]:5} requests")


def measure_list(count: int) -> None:
    """Seconds and bytes of a list, for each object."""
    address = f"s3://{BUCKET}/many"
    for start in range(0, count, 500):
        put({f"{address}/{number}.jpg": b"x" for number in range(start, min(start + 500, count))})
    tracemalloc.start()
    began_s = time.perf_counter()
    dropped = scan_address(address)
    taken_s = time.perf_counter() - began_s
    kept_bytes, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = len(dropped.files)
    print(f"{found} objects: {1e6 * taken_s / found:.0f} us each (traced)")
    print(f"kept {kept_bytes / found:.0f} bytes each, {most_bytes / found:.0f} while listing")


if __name__ == "__main__":
    sys.exit(main())
