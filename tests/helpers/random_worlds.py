"""Random scenarios, undisturbed and disturbed, as hypothesis draws them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from efssim import Scenario
from helpers.worlds import scenario, seconds

rates = st.sampled_from(["1 per 100 s", "3 per min", "1 per s", "20 per s"])
arrivals = st.one_of(
    st.builds(lambda rate: {"constant": {"rate": rate}}, rates),
    st.builds(lambda rate: {"poisson": {"rate": rate}}, rates),
    st.builds(
        lambda rate, on, off: {"on_off": {"on": on, "off": off, "rate": rate}},
        rates,
        st.floats(1, 300),
        st.floats(1, 300),
    ),
    st.builds(
        lambda rate, hour: {
            "profile": {"rate": rate, "hours": [1] * hour + [9] + [0] * (23 - hour)}
        },
        rates,
        st.integers(0, 23),
    ),
    st.builds(
        lambda writes, over: {
            "batch": {"at": "00:00", "every": 97, "writes": writes, "over": over}
        },
        st.integers(1, 3000),
        seconds(97),
    ),
)
sizes: Any = st.sampled_from(
    [0, 1, "64 KiB", {"exponential": {"mean": 0.4}}, {"lognormal": {"median": 9, "sigma": 2}}]
)
# What a stream overwrites, and whether all of it goes into one large file.
places: Any = st.sampled_from(
    [
        {},
        {"hot_set": {"size": 1000, "block": 7, "share": 0.5}},
        {"hot_set": {"size": "256 KiB", "block": "64 KiB"}},
        {"in_file": {"size": "1 MB"}},
        {"in_file": {"size": 5000}, "hot_set": {"size": 5000, "block": 5000}},
    ]
)
# What it adds to the file system: nothing, all, or a share that leaves fractions.
additions: Any = st.fixed_dictionaries(
    {},
    optional={
        "new_bytes": st.sampled_from([0, "100 %", "50 %", 1 / 3]),
        "new_files": st.sampled_from([0, "100 %", "10 %"]),
    },
)
# When it begins and ends, mostly with the run.
windows: Any = st.one_of(
    st.just({}),
    st.just({}),
    st.builds(
        lambda begin, more: {"from": begin, "to": begin + more},
        st.sampled_from([0, 30, 61.25, 600]),
        st.sampled_from([1, 60, 300.5, 5000]),
    ),
)
streams = st.builds(
    lambda arrival, size, files, growth, place, adds, window: {
        **window,
        "arrivals": arrival,
        "size": size,
        "files": files,
        "growth": growth,
        **place,
        # All writes into one file make no new ones.
        **{key: adds[key] for key in adds if key == "new_bytes" or "in_file" not in place},
    },
    arrivals,
    sizes,
    st.integers(1, 3),
    st.floats(0.2, 3),
    places,
    additions,
    windows,
)
# Streams whose writes are not known one by one, down to a few in a cell.
in_cells = st.builds(
    lambda arrival, size, files, growth, adds, window: {
        **window,
        "arrivals": arrival,
        "size": size,
        "files": files,
        "growth": growth,
        **adds,
        "drawn": "cells",
    },
    arrivals.filter(lambda arrival: set(arrival) & {"poisson", "profile", "on_off"}),
    sizes,
    st.integers(1, 3),
    st.floats(0.2, 3),
    additions,
    windows,
)
syncs = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([0, 1.5, 60, 600]),
        "gap": st.one_of(st.just({"exponential": {"mean": 30}}), st.floats(1, 50)),
        "setup": st.one_of(st.just({"gamma": {"mean": 4, "cv": 1}}), seconds(100)),
        "throughput": st.sampled_from(["none", 10, 1000, "1 MB/s"]),
        "file_rate": st.sampled_from(["none", 2, 1000]),
        "scan_rate": st.sampled_from(["none", 50]),
        "diff_rate": st.sampled_from(["none", "100 kB/s"]),
        "failure_probability": st.sampled_from([0, 0.5]),
        "backoff": seconds(50),
    }
)


# --- what happens to them ---------------------------------------------------------------------

DURATION_S = 2000
SOURCE, DESTINATION = "us-east-1", "us-west-2"
LINK = f"{SOURCE} -> {DESTINATION}"

# Half of the times are multiples of 30 s, where cuts, ends of delays and other events are.
times: Any = st.one_of(st.integers(0, DURATION_S // 30).map(lambda k: 30 * k), seconds(DURATION_S))
lasting: Any = st.one_of(
    st.sampled_from([SOURCE, DESTINATION]).map(lambda region: {"opt_out": region}),
    st.sampled_from([SOURCE, DESTINATION]).map(lambda region: {"region_outage": region}),
    st.just({"link_outage": LINK}),
    st.sampled_from([0.1, 0.7, 1]).map(lambda part: {"link_degraded": LINK, "factor": part}),
    st.just({"kms_key_disabled": "dr"}),
    st.just({"permission_lost": "dr"}),
    st.just(
        {
            "api_error": "CreateReplicationConfiguration",
            "code": "InternalServerError",
            "times": 2,
        }
    ),
)


def _moving(names: list[str]) -> Any:
    """Fences, and writes that move to another file system or home again."""
    name = st.sampled_from(names)
    return st.one_of(
        name.map(lambda name: {"fence": name}),
        st.builds(lambda home, to: {"move_writes": home, "to": to}, name, name),
    )


def _failing(names: list[str]) -> Any:
    return st.sampled_from(names).map(lambda name: {"fail": name})


def _calls(names: list[str]) -> Any:
    """Ways there and back; EFS refuses most of them at most times."""
    name = st.sampled_from(names)
    destinations = st.one_of(
        st.sampled_from([{"Region": DESTINATION}, {"AvailabilityZoneName": "us-east-1b"}]),
        name.map(lambda name: {"FileSystemId": name}),
    )
    operations = st.one_of(
        name.map(lambda name: ("DeleteReplicationConfiguration", {"SourceFileSystemId": name})),
        name.map(
            lambda name: (
                "UpdateFileSystemProtection",
                {"FileSystemId": name, "ReplicationOverwriteProtection": "DISABLED"},
            )
        ),
        st.builds(
            lambda source, destination: (
                "CreateReplicationConfiguration",
                {"SourceFileSystemId": source, "Destinations": [destination]},
            ),
            name,
            destinations,
        ),
    )
    return st.builds(
        lambda call, region: {"call": call[0], "with": call[1], "region": region},
        operations,
        st.sampled_from([SOURCE, DESTINATION]),
    )


def _events(names: list[str]) -> Any:
    durations = st.one_of(st.none(), st.integers(1, 20).map(lambda k: 30 * k), st.floats(0.1, 900))
    return st.one_of(
        st.builds(
            lambda kind, at, lasts: {**kind, "at": at, **({"for": lasts} if lasts else {})},
            st.one_of(lasting, lasting, _moving(names)),
            times,
            durations,
        ),
        st.builds(
            lambda kind, at: {**kind, "at": at},
            st.one_of(_calls(names), _calls(names), _failing(names)),
            times,
        ),
    )


def _faults(names: list[str]) -> Any:
    return st.one_of(
        st.builds(
            lambda kind, every, lasts: {**kind, "every": every, "for": lasts},
            lasting,
            st.sampled_from([{"exponential": {"mean": 300}}, 90, 450.5]),
            st.sampled_from([{"exponential": {"mean": 100}}, 0, 60]),
        ),
        _failing(names).map(lambda kind: {**kind, "every": {"exponential": {"mean": 3000}}}),
    )


delays: Any = st.sampled_from([0, 30, 45.5, {"exponential": {"mean": 60}}])
controls = st.fixed_dictionaries(
    dict.fromkeys(("enabling", "pausing", "resuming", "deleting"), delays)
)
seeds = st.integers(0, 2**63 - 1)
regions = st.fixed_dictionaries(
    {
        "default": st.just(False),
        "opting_in": st.sampled_from([0, 60]),
        "opting_out": st.sampled_from([0, 30]),
    }
)


def _named(prefix: str, parts: list[Any]) -> dict[str, Any]:
    return {f"{prefix}{k}": part for k, part in enumerate(parts)}


@st.composite
def peaceful(draw: st.DrawFn, streams: Any) -> Scenario:
    return scenario(
        _named("s", draw(st.lists(streams, max_size=3))),
        draw(syncs),
        DURATION_S,
        warm_up=draw(st.sampled_from([0, 100, 1999])),
        seed=draw(seeds),
    )


@st.composite
def disturbed(draw: st.DrawFn, streams: Any) -> Scenario:
    sync, control, there = draw(syncs), draw(controls), draw(regions)
    destination = draw(st.sampled_from([{"region": DESTINATION}, {"file_system": "replica"}]))
    names = ["fs", "replica", *["dr.destination"] * ("region" in destination)]
    return scenario(
        _named("s", draw(st.lists(streams, max_size=2))),
        sync,
        DURATION_S,
        files=300,
        replication={
            "destination": destination,
            "established": draw(st.booleans()),
            "control": control,
            "initial": draw(st.sampled_from([{}, {"throughput": 3000, "setup": 3}])),
        },
        file_system={"size": draw(st.sampled_from([0, 1, 30_000]))},
        # Its writes are dropped while it is a destination, and made afterwards.
        others={
            "replica": {
                "region": DESTINATION,
                "writes": _named("r", draw(st.lists(streams, max_size=1))),
            }
        },
        links={LINK: draw(st.sampled_from([{}, {"capacity": 2000, "latency": 0.5}]))},
        regions={SOURCE: there, DESTINATION: there},
        events=draw(st.lists(_events(names), max_size=6)),
        faults=_named("f", draw(st.lists(_faults(names), max_size=2))),
        # What the calls create.
        defaults={"sync": sync, "control": control, "file_system": {"creating": 30}},
        warm_up=draw(st.sampled_from([0, 0, 700])),
        seed=draw(seeds),
    )


worlds = st.one_of(peaceful(streams), disturbed(streams), disturbed(streams))
worlds_in_cells = st.one_of(peaceful(in_cells), disturbed(in_cells), disturbed(in_cells))
