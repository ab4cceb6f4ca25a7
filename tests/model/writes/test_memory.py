"""Pending writes that the memory of the machine cannot hold end a run in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.commands import command
from helpers.worlds import constant, numbers, scenario, simulate

from efssim.cli.main import _lacks_memory
from efssim.model.kernel import memory
from efssim.study.trial.outcome import TrialError

NEVER = {"interval": 60, "throughput": "1 B/s"}


def small(monkeypatch: pytest.MonkeyPatch, machine: int) -> None:
    monkeypatch.setattr(memory, "_ALWAYS_BYTES", 2**16)
    monkeypatch.setattr(memory, "machine_bytes", lambda: machine)


def test_a_replication_that_falls_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    world = scenario({"w": constant("1 per s", 10)}, NEVER, "10 days")
    small(monkeypatch, 2**26)
    assert numbers(simulate(world))["writes"]["count"] == 864_000
    small(monkeypatch, 2**22)
    with pytest.raises(MemoryError, match=r"^[\d,]+ writes that no sync has published would take"):
        simulate(world)


def test_one_that_keeps_up_takes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, 2**22)
    simulate(scenario({"w": constant("1 per s", 10)}, {"interval": 60}, "10 days"))


@pytest.mark.parametrize("more", [(), ("-n", "2", "-w", "1")], ids=["a run", "trials"])
def test_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(
        """
name: s
duration: 10 days
file_systems:
  fs: {region: us-east-1, writes: {w: {arrivals: {constant: {rate: 1 per s}}, size: 10}}}
replications:
  dr:
    source: fs
    destination: {region: us-west-2}
    sync: {interval: 60, throughput: 1 B/s}
""",
        encoding="utf-8",
    )
    small(monkeypatch, 2**22)
    done = command("run", "s.yaml", "-q", *more)
    assert (done.code, done.out) == (3, "")
    assert "out of memory: " in done.err
    assert "writes that no sync has published would take" in done.err
    assert "`drawn: cells`" in done.err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), ""),
        (MemoryError("a list would take 9 GiB"), "a list would take 9 GiB"),
        (TrialError(3, 1, "MemoryError:"), ""),
        (
            TrialError(3, 1, "_ArrayMemoryError: Unable to allocate 9 GiB"),
            "Unable to allocate 9 GiB",
        ),
        (ImportError("libx.so: failed to map segment"), ""),
        (TrialError(3, 1, "ValueError: MemoryError: no"), None),
        (ImportError("no module"), None),
        (ValueError("MemoryError"), None),
    ],
    ids=repr,
)
def test_errors_that_are_for_lack_of_memory(error: Exception, told: str | None) -> None:
    assert _lacks_memory(error) == told


def test_the_memory_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = memory.machine_bytes()
    assert whole is not None
    assert whole > 2**28
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_LIMITS", (str(limit), str(tmp_path / "none")))
    for text, expected in (("1073741824\n", 2**30), ("max\n", memory._physical_bytes())):
        limit.write_text(text, encoding="ascii")
        assert memory.machine_bytes() == expected
