"""`efssim serve` under load, over loopback: `python -m benchmarks.port`.

Three loads on a server in a process of its own: 100 clients that keep their connections for 30 s
and ask for the replications again and again; 200 connections opened at once; and 100,000 requests,
with the memory of the server before and after. Each number is printed beside the one asked for.
Latencies are of the clock of this host, so that what else runs on it counts, and the clients too,
which are threads of one process; the load average is printed with them.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

CLIENTS, LASTS_S, RATIO = 100, 30.0, 5.0
AT_ONCE, ANSWERED_S = 200, 1.0
REQUESTS, WARM, GROWTH = 100_000, 5_000, 0.05
SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "failover.yaml"
HEAD = (
    b"GET /2015-02-01/file-systems/replication-configurations HTTP/1.1\r\nHost: localhost\r\n\r\n"
)


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Serve a scenario; yield the port and the id of the process."""
    command = [sys.executable, "-m", "efssim", "serve", str(SCENARIO), "--port", "0", "--quiet"]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*command, "--speed", "60"], stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        found = re.search(r":(\d+)$", process.stderr.readline())
        assert found is not None
        try:
            yield int(found[1]), process.pid
        finally:
            process.terminate()
            process.wait(20)
            said.close()


class Plug:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb")

    def ask(self) -> bool:
        """Send a request and read the answer whole; return whether it succeeded."""
        self._socket.sendall(HEAD)
        status = self._reader.readline().split()[1]
        length = 0
        while line := self._reader.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return len(self._reader.read(length)) == length and status == b"200"

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()


def many_clients(port: int) -> tuple[list[float], int]:
    """Return the latencies in seconds of all requests, and how many of them failed."""
    end_s = time.perf_counter() + LASTS_S

    def client(_: int) -> tuple[list[float], int]:
        plug, took_s, failed = Plug(port), [], 0
        while (begin_s := time.perf_counter()) < end_s:
            failed += not plug.ask()
            took_s.append(time.perf_counter() - begin_s)
        plug.close()
        return took_s, failed

    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = list(pool.map(client, range(CLIENTS)))
    return [one for took_s, _ in parts for one in took_s], sum(failed for _, failed in parts)


def opened_at_once(port: int) -> tuple[float, int]:
    """Return the seconds until the last of the connections is answered, and how many failed."""
    ready = threading.Barrier(AT_ONCE + 1)

    def client(_: int) -> tuple[float, bool]:
        ready.wait()
        plug = Plug(port)
        answered = plug.ask()
        at_s = time.perf_counter()
        plug.close()
        return at_s, answered

    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(client, range(AT_ONCE))
        ready.wait()
        begin_s = time.perf_counter()
        found = list(parts)
    return max(at_s for at_s, _ in found) - begin_s, sum(not answered for _, answered in found)


def resident_bytes(process: int) -> int:
    """Return the memory of a process that is resident."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def growth(port: int, process: int) -> tuple[float, float]:
    """Return the memory in MiB after the first requests, and its relative growth by many more."""
    plug = Plug(port)
    for _ in range(WARM):
        plug.ask()
    before = resident_bytes(process)
    for _ in range(REQUESTS):
        plug.ask()
    plug.close()
    return before / 2**20, resident_bytes(process) / before - 1


def line(what: str, reached: str, asked: str, is_met: bool) -> None:
    """Print a number beside the one asked for."""
    print(f"{what:<52} {reached:>14}   asked: {asked:<12} {'met' if is_met else 'MISSED'}")


def main(only: Callable[[str], bool] = lambda _: True) -> None:
    """Run the loads and print."""
    print(f"load average of {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}")
    with serving() as (port, process):
        Plug(port).ask()
        if only("once"):
            took_s, failed = opened_at_once(port)
            line(
                f"{AT_ONCE} connections at once: last answered",
                f"{took_s:.3f} s",
                f"{ANSWERED_S:g} s",
                took_s <= ANSWERED_S,
            )
            line(f"{AT_ONCE} connections at once: errors", f"{failed}", "0", failed == 0)
        if only("clients"):
            took, failed = many_clients(port)
            took.sort()
            p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
            print(
                f"{CLIENTS} clients for {LASTS_S:g} s: {len(took):,} requests, "
                f"p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms"
            )
            line(
                f"{CLIENTS} clients: p99 / p50 of latency",
                f"{p99 / p50:.2f}",
                f"{RATIO:g}",
                p99 <= RATIO * p50,
            )
            line(f"{CLIENTS} clients: errors", f"{failed}", "0", failed == 0)
        if only("memory"):
            mib, grown = growth(port, process)
            line(
                f"{REQUESTS:,} requests: growth of {mib:.0f} MiB",
                f"{grown:.2%}",
                f"{GROWTH:.0%}",
                grown <= GROWTH,
            )


if __name__ == "__main__":
    main(lambda part: not sys.argv[1:] or part in sys.argv[1:])
