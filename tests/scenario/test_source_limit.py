"""What a source could take, by hand, and the sentence where more was written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, poisson, scenario

import efssim
from efssim.lag.limits.source_limit import SourceLimit, source_limit
from efssim.records.stored import HourlyTotals, Throughput
from efssim.report.figures.files import drawings
from efssim.report.files.trials import _drawn
from efssim.report.html.run import run_page
from efssim.report.html.studies.trials import trials_page
from efssim.report.text.run import text_report
from efssim.report.text.trials import study_text
from efssim.scenario.regions.facts import write_limit

MIB, GIB, TIB = 2**20, 2**30, 2**40
HOUR_S = 3600.0


def found(
    rates: list[float], size: int, mode: str = "bursting", provisioned: float | None = None
) -> SourceLimit:
    """Return what there is to say about hours of these rates in MiB/s; nothing is new."""
    written = np.concatenate(([0], np.cumsum([round(rate * MIB * HOUR_S) for rate in rates])))
    # The last entry is now: the run ends with a whole hour.
    written = np.append(written, written[-1]).astype(np.int64)
    hours = HourlyTotals(written, np.full(len(written), size, dtype=np.int64))
    modes = [Throughput(0.0, mode, provisioned, write_limit(mode, "us-east-1", one_zone=False))]
    return source_limit(hours, len(rates) * HOUR_S, modes)


def test_full_credits_of_100_gib_last_145_662_s_at_20_mib_per_s() -> None:
    # 2.1 TiB / (20 MiB/s - 5,000 KiB/s) = 145,662.7 s: in hour 40, which has 20 - … to give
    assert found([20] * 40, 100 * GIB).hours_above == 0
    above = found([20] * 43, 100 * GIB)
    assert (above.hours_above, above.first_above_s) == (3, 40 * HOUR_S)
    left = 2.1 * TIB - 40 * HOUR_S * (20 * MIB - 5000 * 1024)
    assert above.limit_bytes_per_s == pytest.approx(5000 * 1024 + left / HOUR_S, rel=1e-9)


def test_credits_come_back_at_the_baseline() -> None:
    # After the hours at 20 MiB/s a day at 1 MiB/s earns 3.88 MiB/s, for 6.17 h at 15.12 MiB/s.
    quiet = [20] * 41 + [1] * 24
    assert found(quiet + [20] * 6, 100 * GIB).hours_above == 1
    assert found(quiet + [20] * 7, 100 * GIB).hours_above == 2


@pytest.mark.parametrize(
    ("rate", "size", "limit"),
    [
        (100, GIB, None),
        (101, GIB, 100),
        (399, 4 * TIB, None),
        (401, 4 * TIB, 400),
        (3073, 40 * TIB, 3072),  # the Region's limit
    ],
)
def test_bursting_has_a_largest_rate(rate: float, size: int, limit: float | None) -> None:
    assert found([rate], size).limit_bytes_per_s == (None if limit is None else limit * MIB)


@pytest.mark.parametrize(
    ("rate", "mode", "provisioned", "limit"),
    [
        (64, "provisioned", 64, None),
        (65, "provisioned", 64, 64),
        (90, "provisioned", 64, 64),
        (5120, "elastic", None, None),
        (5121, "elastic", None, 5120),
    ],
)
def test_other_modes(rate: float, mode: str, provisioned: float | None, limit: float) -> None:
    amount = None if provisioned is None else provisioned * MIB
    assert found([1, rate], TIB, mode, amount).limit_bytes_per_s == (
        None if limit is None else limit * MIB
    )


def test_the_baseline_holds_where_less_is_provisioned() -> None:
    # 10 TiB have a baseline of 500 MiB/s
    assert found([400], 10 * TIB, "provisioned", 64 * MIB).hours_above == 0
    assert found([501], 10 * TIB, "provisioned", 64 * MIB).limit_bytes_per_s == 500 * MIB


@pytest.mark.parametrize(
    ("mode", "region", "one_zone", "gib"),
    [
        ("elastic", "eu-central-1", False, 5),
        ("elastic", "eu-central-1", True, 1),
        ("elastic", "eu-south-1", False, 1),
        ("provisioned", "eu-west-1", False, 3414 / 1024),
        ("provisioned", "eu-west-1", True, 1),
        ("bursting", "ap-southeast-2", True, 3),
        ("bursting", "eu-central-1", False, 1),
    ],
)
def test_limits_of_regions(mode: str, region: str, one_zone: bool, gib: float) -> None:
    assert write_limit(mode, region, one_zone) == gib * GIB


# --- in runs ----------------------------------------------------------------------------------


def too_fast(**file_system: Any) -> efssim.Scenario:
    return scenario(
        {"w": constant("1 per s", "200 MiB")},
        {"interval": 60},
        "150 min",
        file_system={"size": "1 GiB", **file_system},
    )


def test_a_run_says_what_its_source_was_to_take() -> None:
    found = numbers(efssim.run(too_fast()))["source_throughput"]
    assert found == {
        "mean_bytes_per_s": 200 * MIB,
        "busiest_hour_bytes_per_s": 200 * MIB,
        # 720,000 MiB later 69.7 MiB/s more: 100 GiB an hour, the third hour is half a one.
        "hours_above": 3,
        "limit_bytes_per_s": 100 * MIB,
        "first_above": "2026-01-01T00:00:00.000000Z",
    }
    elastic = numbers(efssim.run(too_fast(throughput_mode="elastic")))["source_throughput"]
    assert (elastic["hours_above"], elastic["first_above"]) == (0, None)


def test_growth_lifts_the_limit() -> None:
    # 4 TiB from the start take 400 MiB/s; 1 GiB grows by 703 GiB an hour, to 100 MiB/s until 1 TiB
    assert numbers(efssim.run(too_fast(size="4 TiB")))["source_throughput"]["hours_above"] == 0
    sizes = efssim.Simulation(too_fast())
    sizes.advance_to_end()
    hours = sizes._world.account.find("fs").journal.hours()  # type: ignore[union-attr] - it exists
    assert hours.size_bytes.tolist() == [
        GIB + 200 * MIB * second for second in (0, 3600, 7200, 9000)
    ]


def test_a_change_of_mode_counts_from_the_next_hour_on() -> None:
    update = {"FileSystemId": "fs", "ThroughputMode": "elastic"}
    event = {"at": "30 min", "call": "UpdateFileSystem", "with": update}
    world = too_fast().with_({"events": [event]})
    assert numbers(efssim.run(world))["source_throughput"]["hours_above"] == 1


def test_hours_do_not_depend_on_how_writes_are_drawn() -> None:
    world = scenario(
        {"a": poisson("3 per s", {"exponential": {"mean": 1000}}), "b": constant("7 per h")},
        {"interval": 60},
        "30 h",
    )
    once, often = efssim.Simulation(world), efssim.Simulation(world)
    once.advance_to_end()
    for _ in range(120):
        often.advance("15 min")
        often.result()
    ends = [part._world.account.find("fs").journal.hours() for part in (once, often)]  # type: ignore[union-attr] - it exists
    assert len(ends[0].written_bytes) == 32
    for first, second in zip(*ends, strict=True):
        assert np.array_equal(first, second)


def test_reports_name_it() -> None:
    result = efssim.run(too_fast())
    page = run_page(result, drawings(result), "")
    sentence = "WRITTEN FASTER THAN THE SOURCE COULD TAKE: 3 hours, the first from 2026-01-01 00:00"
    assert sentence in " ".join(text_report(result, "").split())
    assert sentence in " ".join(page.split())
    for words in (
        "when its throughput mode took 100 MiB/s at most",
        "the busiest hour has 200 MiB/s",
    ):
        assert words in " ".join(text_report(result, "").split())
        assert words in " ".join(page.split())
    assert sentence in " ".join(result._repr_html_().split())
    quiet = efssim.run(too_fast(throughput_mode="elastic"))
    assert "FASTER" not in text_report(quiet, "")


def test_reports_of_trials_name_it() -> None:
    world = too_fast().with_({"file_systems.fs.writes.w": poisson("1 per s", "200 MiB")})
    trials = efssim.run_trials(world, trials=3)
    found = trials.summary["replications"]["dr"]["source_throughput"]
    assert (found["hours_above"], found["first_above"]) == (3, None)
    assert found["limit_bytes_per_s"] == 100 * MIB
    sentence = "WRITTEN FASTER THAN THE SOURCE COULD TAKE in 3 of 3 trials: up to 3 hours"
    page = trials_page(trials, _drawn(trials), "")
    for report in (study_text(trials, ""), page, trials._repr_html_()):
        assert sentence in " ".join(report.split())
