"""Real Dask clusters on this machine: a scheduler and workers, processes that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.lines import FarSide
from tests.ports import free_port

WITHIN_S = 60.0


@dataclass
class RealCluster:
    """A scheduler in a process of its own, and the workers that were started for it."""

    folder: Path
    address: str
    options: Sequence[str] = ()
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def scheduler(self) -> subprocess.Popen[bytes]:
        return self.processes[0]

    def start_worker(
        self,
        name: str,
        *,
        nanny: bool = False,
        env: Mapping[str, str] | None = None,
        beyond: FarSide | None = None,
    ) -> None:
        """Begin one of one thread; it has yet to join. It works in a folder of its own."""
        own = self.folder / name
        own.mkdir()
        address = self.address_from(beyond) if beyond else self.address
        options = [address, "--name", name, "--nthreads", "1", "--nworkers", "1"]
        options += ["--host", beyond.far if beyond else "127.0.0.1"]
        options += ["--no-dashboard", "--local-directory", str(own)]
        options += [] if nanny else ["--no-nanny"]
        within = beyond.within if beyond else ()
        self.workers[name] = self.start("worker", own, [*options, *self.options], env, within)

    def address_from(self, beyond: FarSide) -> str:
        """The scheduler's address for what is on the far side of a line."""
        return self.address.replace("127.0.0.1", beyond.near)

    def start(
        self,
        kind: str,
        cwd: Path,
        options: Sequence[str],
        env: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> subprocess.Popen[bytes]:
        environment = os.environ | (env or {})
        with (self.folder / f"{cwd.name}.log").open("wb") as log:
            process = subprocess.Popen(
                [*within, sys.executable, "-m", "dask", kind, *options],
                cwd=cwd,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def kill(self, name: str) -> None:
        """End a worker as a power cut would."""
        process = self.workers.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def wait_for_workers(self, count: int) -> None:
        """Wait until there are so many."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            wait_until(lambda: len(client.nthreads()) >= count)

    def log(self) -> str:
        """What all processes have printed."""
        return "".join(
            path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))
        )

    def end(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def real_cluster(
    folder: Path,
    *,
    scheme: str = "tcp",
    host: str = "127.0.0.1",
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[RealCluster]:
    """A scheduler without workers, which all end with the block."""
    folder.mkdir()
    port = free_port()
    cluster = RealCluster(folder, f"{scheme}://127.0.0.1:{port}", options)
    own = folder / "scheduler"
    own.mkdir()
    listening = ["--host", host, "--port", str(port), "--no-dashboard"]
    if scheme == "tls":
        listening = ["--host", "tls://127.0.0.1", "--port", str(port), "--no-dashboard"]
    cluster.start("scheduler", own, [*listening, *options], env)
    try:
        wait_until(lambda: answers(port))
        yield cluster
    finally:
        cluster.end()


def wait_until(holds: object) -> None:
    """Wait until a call tells that something holds, for a minute at most."""
    assert callable(holds)
    ends_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < ends_s, "this does not come to hold"
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
