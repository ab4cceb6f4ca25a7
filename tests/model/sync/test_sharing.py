"""Transfers that share a link: closed forms, and a second model that fills them with water."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from helpers.water import Claim, ends

import efssim
from efssim.model.entities.sharing import LinkShares, Transfer
from efssim.model.entities.sharing import claim as claim_of
from efssim.model.kernel.clock import Clock, Turn

LINK = "us-east-1 -> eu-west-1"
WRITES = {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}


# --- the division alone -------------------------------------------------------------------------


def divided(claims: Sequence[Claim], capacities: Sequence[tuple[float, float]]) -> list[float]:
    """Return when each transfer ends on a simulated link."""
    clock = Clock()
    shares = LinkShares(clock, capacities[0][1])
    found = [float("nan")] * len(claims)

    def begin(k: int) -> None:
        wanted = claims[k]
        ends_s = clock.now + wanted.bytes / wanted.cap
        of = claim_of(wanted.cap, wanted.weight)
        shares.join(Transfer(ends_s, of, lambda now_s: found.__setitem__(k, now_s)))

    for k, wanted in enumerate(claims):
        clock.call_at(wanted.begin_s, Turn.CUT, lambda k=k: begin(k))
    for at_s, size in capacities[1:]:
        clock.call_at(at_s, Turn.DISTURBANCE_BEGIN, lambda size=size: shares.resize(size))
    clock.run()
    return found


CASES = {
    # 50 each: both end at 20
    "two equal": ([(0, 1000, 100), (0, 1000, 100)], [(0, 100)], [20, 20]),
    # 50 each to 6; then 100/3: 700 left of the first two: 21 more; the third: 300 left at 27
    "a third half-way": (
        [(0, 1000, 100), (0, 1000, 100), (6, 1000, 100)],
        [(0, 100)],
        [27, 27, 30],
    ),
    # 50 each to 10, 25 each from then on
    "a capacity that halves": ([(0, 1000, 100)] * 2, [(0, 100), (10, 50)], [30, 30]),
    # the first takes its 10, the other what is left: 90, then 100
    "one with a small cap": ([(0, 100, 10), (0, 1000, 100)], [(0, 100)], [10, 11]),
    # 75 and 25 to 4; then the second has 100: 300 left after its 100
    "weights": ([(0, 300, 100, 3), (0, 400, 100, 1)], [(0, 100)], [4, 7]),
    # 3 : 1 of 200 is more than the cap of the first: 100 and 100
    "a weight beyond the cap": ([(0, 300, 100, 3), (0, 400, 200, 1)], [(0, 200)], [3, 3.5]),
    # it takes no time at full speed, and none at half of it
    "nothing to send": ([(0, 1000, 100), (5, 0, 100)], [(0, 100)], [10, 5]),
    "room for all": ([(0, 100, 10), (0, 300, 20)], [(0, 30)], [10, 15]),
    # no progress from 1 to 5
    "no capacity for a while": ([(0, 100, 10)] * 2, [(0, 10), (1, 0), (5, 10)], [24, 24]),
}


@pytest.mark.parametrize("case", CASES)
def test_closed_forms(case: str) -> None:
    rows, capacities, expected = CASES[case]
    claims = [Claim(*row) for row in rows]
    assert divided(claims, capacities) == pytest.approx(expected, rel=1e-12)
    assert ends(claims, capacities) == pytest.approx(expected, rel=1e-12)


def _random_claims(draw: np.random.Generator) -> list[Claim]:
    whole = draw.random() < 0.3  # many things then happen at one instant
    claims = []
    for _ in range(draw.integers(1, 12, endpoint=True)):
        begin_s, size = draw.uniform(0, 50), draw.uniform(1, 2000)
        cap, weight = (
            draw.uniform(1, 150),
            float(draw.choice([1.0, 1.0, 2.0, draw.uniform(0.1, 5)])),
        )
        if whole:
            begin_s, size = float(round(begin_s, -1)), 10.0 * round(size)
            cap, weight = (
                float(draw.choice([10, 20, 50])),
                float(draw.integers(1, 2, endpoint=True)),
            )
        claims.append(Claim(begin_s, size, cap, weight))
    return claims


def test_equal_to_water_filling_in_2000_random_cases() -> None:
    for seed in range(2000):
        draw = np.random.default_rng(seed)
        claims = _random_claims(draw)
        times = sorted(draw.uniform(1, 100) for _ in range(draw.integers(0, 4, endpoint=True)))
        capacities = [(0.0, 100.0), *((at_s, draw.uniform(0, 200)) for at_s in times), (150, 90.0)]
        assert divided(claims, capacities) == pytest.approx(ends(claims, capacities), rel=1e-9)


def test_bytes_over_a_bound_link_are_capacity_times_busy_time() -> None:
    """The caps of any two are above the capacity, so it is in full use while two are there."""
    draw = np.random.default_rng(5)
    claims = [Claim(draw.uniform(0, 40), draw.uniform(100, 900), 100.0) for _ in range(60)]
    busy_s, until_s = 0.0, 0.0
    found = divided(claims, [(0.0, 100.0)])
    for begin_s, end_s in sorted(zip((claim.begin_s for claim in claims), found, strict=True)):
        busy_s += max(0.0, end_s - max(begin_s, until_s))
        until_s = max(until_s, end_s)
    assert sum(claim.bytes for claim in claims) == pytest.approx(100.0 * busy_s, rel=1e-9)


# --- syncs that share a link --------------------------------------------------------------------


def scenario(parts: Sequence[dict[str, Any]], capacity: object = 100, **top: Any) -> Any:
    """Return file systems of one write a second of 60 B, each replicated over one link."""
    systems, replications = {}, {}
    for k, part in enumerate(parts):
        own = dict(part)
        system = {"region": "us-east-1", "writes": {"w": WRITES}, **own.pop("file_system", {})}
        sync = {"preset": "none", "interval": 100, "throughput": 100, **own.pop("sync", {})}
        systems[f"fs{k}"] = system
        replications[f"dr{k}"] = {
            "source": f"fs{k}",
            "destination": {"region": "eu-west-1"},
            "established": True,
            "control": {"preset": "none"},
            "sync": sync,
            **own,
        }
    given = {
        "name": "sharing",
        "duration": 1000,
        "links": {LINK: {"capacity": capacity}},
        "file_systems": systems,
        "replications": replications,
        **top,
    }
    return efssim.load(given)


def spans(world: Any, name: str = "dr0") -> list[tuple[float, float, int]]:
    """Return cut, completion and bytes of the syncs of a replication."""
    found = efssim.run(world, verify=True).outcomes[name].syncs
    columns = (found[key].tolist() for key in ("cut_s", "completed_s", "bytes"))
    return list(zip(*columns, strict=True))


def test_syncs_that_share_a_link() -> None:
    # Alone 60 s of 100 B/s, together 120 s; then back to back: 1.2 times as much each time.
    expected = [(100, 220, 6000), (220, 364, 7200), (364, 536.8, 8640)]
    for name in ("dr0", "dr1"):
        assert spans(scenario([{}, {}]), name)[:3] == [pytest.approx(row) for row in expected]


def test_a_degradation_that_makes_a_link_shared_and_its_end() -> None:
    event = {"at": 120, "link_degraded": LINK, "factor": 0.25, "for": 40}
    world = scenario([{}, {}], 200, events=[event])
    # 2000 B by 120, then 40 s of 25 B/s: 3000 left, of 100 B/s again from 160
    assert spans(world)[:3] == [(100, 190, 6000), (200, 260, 6000), (300, 360, 6000)]


def test_setup_needs_no_share() -> None:
    world = scenario([{"sync": {"setup": 60}}, {}])
    # The other one is alone to 160 and back at 200, when 4000 B of the first are sent.
    assert spans(world, "dr1")[0] == (100, 160, 6000)
    assert spans(world)[0] == pytest.approx((100, 240, 6000))


def test_a_sync_without_writes_scans_nothing() -> None:
    writes = {"w": {"arrivals": {"constant": {"rate": "1 per 250 s"}}, "size": 60}}
    system = {"writes": writes, "files": 500}
    world = scenario([{"sync": {"scan_rate": "10 per s"}, "file_system": system}, {}])
    # The writes are at 250 and 500: 50 s of scan, then 1.2 s of half the link.
    empty = [(at_s, at_s, 0) for at_s in (100, 200, 400)]
    busy = (300, pytest.approx(351.2, rel=1e-12), 60)
    assert spans(world)[:4] == [*empty[:2], busy, empty[2]]


def test_a_transfer_that_files_bind_takes_no_more_than_it_can_use() -> None:
    world = scenario([{"sync": {"file_rate": "0.5 per s"}}, {}])
    # 100 files in 200 s: 30 B/s; the other one has 70 B/s: 6000 B in 85.7 s
    assert spans(world)[0] == pytest.approx((100, 300, 6000))
    assert spans(world, "dr1")[0] == pytest.approx((100, 100 + 6000 / 70, 6000))


def test_an_outage_of_the_link_stalls_all_of_its_users() -> None:
    event = {"at": 150, "link_outage": LINK, "for": 30}
    expected = [(100, 250, 6000), (250, 430, 9000)]
    for name in ("dr0", "dr1"):
        found = spans(scenario([{}, {}], events=[event]), name)[:2]
        assert found == [pytest.approx(row) for row in expected]


def test_a_pause_frees_the_share_at_once() -> None:
    event = {"at": 120, "permission_lost": "dr1", "for": 400}
    world = scenario([{}, {}], events=[event])
    # 1000 B by 120, then the link is its own
    assert spans(world)[:2] == [pytest.approx(row) for row in [(100, 170, 6000), (200, 260, 6000)]]
    result = efssim.run(world)
    (lost,) = result.outcomes["dr1"].abandoned
    assert lost.abandoned_s == 120
    assert lost.wire_bytes == pytest.approx(1000, abs=1)  # the share is rounded down


@pytest.mark.parametrize("writes", [{"w": WRITES}, {}], ids=["with bytes", "without"])
def test_a_sync_that_a_pause_ends_in_its_setup_neither_sends_nor_completes(writes: Any) -> None:
    setup = {"sync": {"setup": 60}, "file_system": {"writes": writes}}
    event = {"at": 120, "permission_lost": "dr0", "for": 400}
    world = scenario([setup, {}], duration=500, events=[event])
    assert spans(world) == []
    assert spans(world, "dr1") == [(at_s, at_s + 60, 6000) for at_s in (100, 200, 300, 400)]


def test_a_failure_frees_the_share_at_once() -> None:
    world = scenario([{}, {}], events=[{"at": 120, "fail": "fs1"}])
    assert spans(world)[:2] == [pytest.approx(row) for row in [(100, 170, 6000), (200, 260, 6000)]]


def test_a_deletion_frees_the_share_at_once() -> None:
    event = {"at": 120, "call": "DeleteReplicationConfiguration"}
    world = scenario([{}, {}], events=[{**event, "with": {"SourceFileSystemId": "fs1"}}])
    assert spans(world)[:2] == [pytest.approx(row) for row in [(100, 170, 6000), (200, 260, 6000)]]


def test_initial_syncs_share_with_rates_of_their_own() -> None:
    anew = {"established": False, "initial": {"throughput": 30}, "file_system": {"size": 6000}}
    world = scenario([anew, {}], duration=201)
    # 30 B/s to 100, when the other begins: 70 B/s are left for it.
    assert spans(world) == [(0, 200, 6000)]
    assert spans(world, "dr1") == [pytest.approx((100, 100 + 6000 / 70, 6000))]


def test_weights_of_replications() -> None:
    world = scenario([{"sync": {"weight": 3}}, {}])
    # 75 and 25 B/s to 180; then 4000 B of 100 B/s, 20 s before the first is cut again; then 25 B/s
    assert spans(world)[0] == pytest.approx((100, 180, 6000))
    assert spans(world, "dr1")[0] == pytest.approx((100, 280, 6000))


def test_the_part_of_a_link_is_by_the_bytes_of_its_own_users() -> None:
    """60 and 20 B/s over 100 B/s: 0.8; 60 B/s alone over another link of 100 B/s: 0.6."""
    few = {"writes": {"w": {"arrivals": {"constant": {"rate": "1/s"}}, "size": 20}}}
    away = {"destination": {"region": "eu-west-2"}}
    links = {LINK: {"capacity": 100}, "us-east-1 -> eu-west-2": {"capacity": 100}}
    result = efssim.run(scenario([{}, {"file_system": few}, away], links=links))
    found = {name: each["syncs"] for name, each in result.summary["replications"].items()}
    expected = {"dr0": 0.8, "dr1": 0.8, "dr2": 0.6}
    for name, utilisation in expected.items():
        assert found[name]["utilisation"] == pytest.approx(utilisation), name


def test_the_sync_in_flight_at_the_end() -> None:
    result = efssim.run(scenario([{}, {}], duration=150))
    for outcome in result.outcomes.values():
        assert outcome.open_sync.wire_bytes == 2500
        # 3500 B at half the link
        assert outcome.open_sync.left_s == pytest.approx(70, rel=1e-12)


def test_the_time_left_of_a_slowed_sync_and_of_one_at_full_speed() -> None:
    result = efssim.run(scenario([{"sync": {"throughput": 10}}, {}], duration=150))
    # 5500 B at its own 10 B/s; the other has the 90 B/s that are left, for 1500 B
    for name, left_s in (("dr0", 550), ("dr1", 1500 / 90)):
        assert result.outcomes[name].open_sync.left_s == pytest.approx(left_s, rel=1e-12)


@pytest.mark.parametrize("sync", [{}, {"failure_probability": "40 %", "backoff": 3, "setup": 2}])
def test_a_link_that_is_shared_but_never_binds_changes_no_bit(sync: dict[str, Any]) -> None:
    """One replication alone, and beside one that never syncs but could send as much."""
    idle = {"sync": {"interval": 100_000}}
    stream = {"arrivals": {"poisson": {"rate": "2/s"}}, "size": {"lognormal": {"median": 30}}}
    busy = {"sync": sync, "file_system": {"writes": {"w": stream}}}
    stream["size"]["lognormal"]["sigma"] = 0.7
    alone, beside = (scenario(parts, 150.0, duration=20_000) for parts in ([busy], [busy, idle]))
    found = spans(alone)
    assert len(found) > 40
    assert spans(beside) == found
    columns = [
        efssim.run(world).outcomes["dr0"].syncs["attempts"].tolist() for world in (alone, beside)
    ]
    assert columns[0] == columns[1]


def test_failing_attempts_on_a_degraded_link_last_as_with_its_capacity() -> None:
    """An attempt fails after a share of the time that it takes on the link, not at full speed."""
    sync = {"failure_probability": "40 %", "backoff": 3, "setup": 2}
    few = {"writes": {"w": {**WRITES, "size": 20}}}
    idle = {"sync": {"interval": 100_000}}
    fast, slow = ({"sync": {**sync, "throughput": rate}, "file_system": few} for rate in (250, 100))
    event = {"at": 0, "link_degraded": LINK, "factor": 0.25, "for": 10_000}
    found = spans(scenario([fast, idle], 400, duration=10_000, events=[event]))
    expected = spans(scenario([slow], 250, duration=10_000))
    assert len(found) == len(expected) > 60
    assert np.array(found) == pytest.approx(np.array(expected), rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_random_syncs_equal_water_filling(seed: int) -> None:
    """Each replication has one transfer: its initial sync."""
    draw = np.random.default_rng(seed)
    parts, claims = [], []
    for _ in range(draw.integers(2, 8, endpoint=True)):
        size, begin_s = int(draw.integers(100, 20_000)), draw.uniform(0, 100)
        cap, weight = draw.uniform(10, 120), float(draw.choice([1.0, draw.uniform(0.1, 5)]))
        parts.append(
            {
                "established": False,
                "file_system": {"size": size, "writes": {}},
                "initial": {"setup": begin_s},
                "sync": {"throughput": cap, "weight": weight, "interval": 100_000},
            }
        )
        claims.append(Claim(begin_s, size, cap, weight))
    at_s, lasts_s, factor = draw.uniform(10, 100), draw.uniform(10, 100), draw.uniform(0.1, 0.9)
    event = {"at": at_s, "link_degraded": LINK, "factor": factor, "for": lasts_s}
    world = scenario(parts, 100.0, duration=5000, events=[event])
    expected = ends(claims, [(0.0, 100.0), (at_s, 100.0 * factor), (at_s + lasts_s, 100.0)])
    found = [spans(world, f"dr{k}")[0][1] for k in range(len(parts))]
    assert found == pytest.approx(expected, rel=1e-9)
