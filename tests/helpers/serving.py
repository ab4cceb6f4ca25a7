"""A running `efssim serve`, as other processes find it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from helpers.places import EFSSIM

SCENARIO = """
name: served
duration: 1 day
defaults:
  sync: {preset: none, interval: 60, setup: 5}
  control: {preset: none, enabling: 100, deleting: 90}
file_systems:
  orders: {region: us-east-1, size: 1 GiB}
"""
WATCHED = """
name: watched
duration: 1 day
regions: {eu-south-1: {}}
defaults:
  sync: {preset: none, interval: 300, setup: 5}
file_systems:
  orders:
    region: us-east-1
    writes: {w: {arrivals: {constant: {rate: 1 per s}}, size: 1000}}
  other: {region: us-east-1, size: 100 GiB}
replications:
  dr: {source: orders, destination: {region: eu-south-1}, established: true}
  late: {source: other, destination: {region: us-west-2}}
"""
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


class Serving:
    """A running `efssim serve` with its port and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stderr is not None
        self.first = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.first)
        assert found, self.first
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Return status and decoded body of a request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
        return answer.status, json.loads(text) if text else None

    def advance(self, duration: float | str) -> Any:
        status, told = self.ask("POST", "/_efssim/advance", json.dumps({"duration": duration}))
        assert status == 200, told
        return told

    def client(self, region: str = "us-east-1", service: str = "efs") -> Any:
        # One attempt: what the server answers is what a test sees.
        config = Config(retries={"total_max_attempts": 1})
        options: dict[str, Any] = {
            "region_name": region,
            "endpoint_url": self.url,
            "config": config,
        }
        return boto3.client(service, **options, **KEYS)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return exit code and what was said since."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@contextmanager
def served(folder: Path, *options: str, scenario: str = SCENARIO) -> Iterator[Serving]:
    """Serve a scenario from a folder, with options of the command."""
    (folder / "s.yaml").write_text(scenario, encoding="utf-8")
    command: list[str | Path] = [EFSSIM, "serve", "s.yaml", "--port", "0", *options]
    hears = signal.default_int_handler  # also where the shell of the tests ignores Ctrl-C
    process = subprocess.Popen(
        command,
        cwd=folder,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, hears),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Serving(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
