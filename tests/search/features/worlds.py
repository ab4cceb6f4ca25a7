"""Features of what is there: time, Regions, links, file systems and replications."""

from __future__ import annotations

from datetime import datetime, timedelta

from search.features.feature import Feature
from search.maker import CUSTOM, DESTINATION, LINK, OPTIONAL, SOURCE, THIRD, Json, Maker
from search.maker import THROTTLED_UNIT as MIB_HALF

STARTS = (
    "2026-03-29T00:55:00Z",  # the night in which Europe puts its clocks forward
    "2026-10-25T00:55:00Z",  # and that in which it puts them back
    "2026-01-30T23:30:00Z",  # half an hour before the 30th day since new year ends
    "2026-03-01T23:58:20+02:00",
)


def base(maker: Maker) -> Json:
    """Return a scenario without any feature but those that its names depend on."""
    found: Json = {
        "name": f"search-{maker.seed}",
        "duration": maker.duration,
        "regions": {name: {"default": False} for name in (SOURCE, DESTINATION)},
        "file_systems": {"a": system(maker, SOURCE)},
        "replications": {"dr": replication(maker, "a", {"region": maker.place})},
    }
    if maker.existing:
        found["file_systems"]["z"] = system(maker, maker.place)
        found["replications"]["dr"]["destination"] = {"file_system": "z"}
    if maker.second:
        found["file_systems"]["b"] = system(maker, maker.one_of((SOURCE, SOURCE, THIRD)))
        found["replications"]["dr2"] = replication(maker, "b", {"region": maker.place})
    if maker.place == CUSTOM:
        found["regions"][CUSTOM] = {"custom": True}
    if maker.count:
        for name in ("a", "z") if maker.existing else ("a",):
            found["file_systems"][name]["count"] = maker.count
    return found


def system(maker: Maker, region: str) -> Json:
    """Return a file system with one stream."""
    return {"region": region, "writes": {"w": stream(maker)}}


def stream(maker: Maker) -> Json:
    """Return a plain stream of equal writes."""
    size = 256 * maker.unit * maker.one_of((0, 1, 1, 2, 4, 8))
    return {"arrivals": {"constant": {"rate": f"1 per {maker.time(1, 8)} s"}}, "size": size}


def replication(maker: Maker, source: str, destination: Json) -> Json:
    """Return an established replication with a plain sync."""
    interval = maker.one_of((0, *[maker.time(1, 14) for _ in range(4)]))
    sync = {
        "preset": "none",
        "interval": interval,
        "gap": maker.time(0, 4) if interval else maker.step * maker.between(1, 4),
        "throughput": maker.unit * maker.one_of((32, 64, 128, 256, 1024)),
    }
    control = {"preset": "none"}
    return {
        "source": source,
        "destination": destination,
        "established": True,
        "sync": sync,
        "control": control,
    }


def systems(scenario: Json) -> list[Json]:
    """Return all declared file systems."""
    return list(scenario["file_systems"].values())


def each_replication(scenario: Json) -> list[Json]:
    """Return all declared replications."""
    return list(scenario["replications"].values())


def region_of(scenario: Json, name: str) -> Json:
    """Return the section of a Region, added if it was not there."""
    found: Json = scenario["regions"].setdefault(name, {})
    return found


def link_of(maker: Maker, scenario: Json) -> Json:
    """Return the section of the link from the source to the destination."""
    name = f"{SOURCE} -> {maker.place}"
    found: Json = scenario.setdefault("links", {}).setdefault(name, {})
    return found


# --- structure, drawn by `base` ---------------------------------------------------------------


def _nothing(_: Maker, _scenario: Json) -> None:
    """Leave it to `base`, which knows it by its name."""


def _items(maker: Maker, scenario: Json) -> None:
    if maker.count:
        ordinal = str(maker.between(1, maker.count))
        changed: Json = {"size": 256 * maker.unit * 7, "files": 3}
        scenario["file_systems"]["a"]["items"] = {ordinal: changed}
        items = {ordinal: {"sync.interval": maker.step * maker.between(2, 9)}}
        scenario["replications"]["dr"]["items"] = items


def _each(maker: Maker, scenario: Json) -> None:
    if maker.count:
        low = maker.step * maker.between(2, 5)
        uniform = {"uniform": {"low": low, "high": 3 * low}}
        scenario["replications"]["dr"]["sync"]["interval"] = {"each": uniform}
        scenario["file_systems"]["a"]["files"] = {"each": {"uniform": {"low": 1, "high": 50}}}


# --- time -------------------------------------------------------------------------------------


def _start(maker: Maker, scenario: Json) -> None:
    scenario["start"] = maker.one_of(STARTS)


def _warm_up(maker: Maker, scenario: Json) -> None:
    scenario["warm_up"] = maker.one_of((maker.time(1, 10), maker.time(5, 29), maker.duration - 1))


def _seed(maker: Maker, scenario: Json) -> None:
    scenario["seed"] = maker.one_of((0, 2, 2**63 - 1))


def _texts(_: Maker, scenario: Json) -> None:
    scenario |= {"description": "Drawn: 'quoted' \"twice\", ü\n", "limits": {"values": 50_000}}


# --- Regions and links ------------------------------------------------------------------------


def _region_delays(maker: Maker, scenario: Json) -> None:
    for name in (SOURCE, DESTINATION):
        late = {"opting_in": maker.time(0, 4), "opting_out": maker.time(0, 4)}
        region_of(scenario, name).update(late)


def _not_opted_in(maker: Maker, scenario: Json) -> None:
    region_of(scenario, OPTIONAL).update({"opted_in": False, "opting_in": maker.time(0, 4)})


def _zones(_: Maker, scenario: Json) -> None:
    region_of(scenario, SOURCE)["availability_zones"] = {f"{SOURCE}a": "use1-az4"}


def _quotas(maker: Maker, scenario: Json) -> None:
    region_of(scenario, maker.one_of((DESTINATION, THIRD)))["quotas"] = {
        "file_systems": maker.one_of((2, 4, 8))
    }


def _subnets(maker: Maker, scenario: Json) -> None:
    scenario["subnets"] = {
        "subnet-0a1b2c3d": {"availability_zone": f"{SOURCE}a"},
        "subnet-0123456789abcdef0": {"availability_zone": f"{DESTINATION}b", "vpc": "vpc-0a1b2c3d"},
    }


def _capacity(maker: Maker, scenario: Json) -> None:
    link_of(maker, scenario)["capacity"] = maker.unit * maker.one_of((48, 64, 128, 512))


def _latency(maker: Maker, scenario: Json) -> None:
    link_of(maker, scenario)["latency"] = maker.time(1, 2)


def _concurrency(maker: Maker, scenario: Json) -> None:
    link_of(maker, scenario)["concurrency"] = maker.one_of((1, 1, 2))


def _weights(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        part["sync"]["weight"] = maker.one_of((0.5, 1, 2, 7))
    link_of(maker, scenario).setdefault("capacity", maker.unit * 64)


# --- file systems -----------------------------------------------------------------------------


def _one_zone(maker: Maker, scenario: Json) -> None:
    if maker.chance(0.5):
        source = scenario["file_systems"]["a"]
        source["availability_zone"] = f"{SOURCE}a"
        del source["region"]
    destination = scenario["replications"]["dr"]["destination"]
    if "region" in destination and maker.place != CUSTOM and maker.chance(0.7):
        destination["availability_zone"] = f"{maker.place}b"
        if maker.chance(0.5):
            del destination["region"]


def _content(maker: Maker, scenario: Json) -> None:
    for part in systems(scenario):
        part["size"] = 256 * maker.unit * maker.between(0, 40)
        part["files"] = maker.between(0, 16)


def _modes(maker: Maker, scenario: Json) -> None:
    for part in systems(scenario):
        part["throughput_mode"] = maker.one_of(("bursting", "provisioned", "elastic"))
        if part["throughput_mode"] == "provisioned":
            part["provisioned_throughput"] = f"{maker.one_of((1, 2, 4, 900))} MiB/s"


def _throttle(maker: Maker, scenario: Json) -> None:
    for part in systems(scenario):
        part |= {"throttle": maker.chance(0.8), **_terms(maker)}
        if not part["throttle"]:
            for key in ("burst_credits", "other_load", "standard_share"):
                part.pop(key, None)
    destination = scenario["replications"]["dr"]["destination"]
    if "file_system" not in destination and maker.chance(0.4):
        destination |= maker.one_of(({"throttle": False}, {"throttle": True, **_terms(maker)}))


def _terms(maker: Maker) -> Json:
    # An odd number of bytes: what waits for credits is not made at times of the lattice.
    odd = 12_345_677
    amount = maker.one_of((None, odd, odd, odd + 2**27, odd + 2**29, odd + 2**33))
    return {
        **({} if amount is None else {"burst_credits": amount}),
        **maker.maybe(0.4, other_load=maker.one_of((MIB_HALF, 4 * MIB_HALF))),
        **maker.maybe(0.3, standard_share=0.25),
    }


def _encryption(maker: Maker, scenario: Json) -> None:
    scenario["file_systems"]["a"]["encrypted"] = False
    destination = scenario["replications"]["dr"]["destination"]
    if "file_system" not in destination:
        destination["kms_key_id"] = "alias/dr"


def _id(maker: Maker, scenario: Json) -> None:
    if not maker.count:
        scenario["file_systems"]["a"]["id"] = "fs-0123456789abcdef0"


def _growth(maker: Maker, scenario: Json) -> None:
    for part in systems(scenario):
        part["growth"] = maker.one_of((0.5, 2))


def _monthly_growth(maker: Maker, scenario: Json) -> None:
    start = datetime.fromisoformat(scenario.get("start", "2026-01-01T00:00:00Z"))
    since = start - timedelta(days=30, seconds=-maker.one_of((0, 60, maker.step)))
    monthly: Json = {"per": "month", "factor": 2, "since": since.isoformat()}
    part = scenario["file_systems"]["a"]
    if maker.chance(0.5):
        part["growth"] = {**monthly, **maker.maybe(0.3, size=1.5, files=1.5)}
    for name in part["writes"]:
        part["writes"][name].update(maker.maybe(0.5, growth=monthly))


def _backups(maker: Maker, scenario: Json) -> None:
    times = {"every": maker.step * maker.between(5, 30), "at": maker.one_of(("00:00", "00:01"))}
    copied = maker.maybe(0.4, copy_to=maker.one_of((DESTINATION, THIRD)))
    scenario["file_systems"]["a"]["backups"] = {**times, **copied}


def _follows(maker: Maker, scenario: Json) -> None:
    part = scenario["file_systems"]["a"]
    if maker.chance(0.5):
        part["writes_follow"] = "failover"
    else:
        part["writes"]["w"]["writes_follow"] = maker.one_of(("failover", "none"))


# --- replications -----------------------------------------------------------------------------


def _created(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        part["established"] = False


def _initial(maker: Maker, scenario: Json) -> None:
    part = scenario["replications"]["dr"]
    part["established"] = False
    part["initial"] = {
        **maker.maybe(0.5, throughput=maker.unit * maker.one_of((64, 256))),
        **maker.maybe(0.5, file_rate=maker.one_of((0.5, 2))),
        **maker.maybe(0.5, setup=maker.varying(maker.time(0, 3))),
    }
    if maker.existing:
        part["initial"]["differing"] = 256 * maker.unit * maker.between(0, 8)


def _overhead(maker: Maker, scenario: Json) -> None:
    scenario["replications"]["dr"]["overhead"] = maker.one_of((0, 1000, "12 MiB"))


def _controls(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        for key in ("enabling", "pausing", "resuming", "deleting"):
            part["control"][key] = maker.varying(maker.time(0, 6))


def _protecting(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        part["control"] |= {"protecting": maker.time(0, 5), "mount_target": maker.time(0, 3)}


def _presets(maker: Maker, scenario: Json) -> None:
    part = scenario["replications"]["dr"]
    part["sync"]["preset"] = maker.one_of(("efs", "efs-unknown"))
    part["control"]["preset"] = maker.one_of(("efs", "efs-unknown"))
    del part["sync"]["throughput"]


WORLD = (
    Feature("fleet", _nothing),
    Feature("existing destination", _nothing),
    Feature("second replication", _nothing),
    Feature("one region", _nothing),
    Feature("custom region", _nothing),
    Feature("items", _items),
    Feature("each", _each),
    Feature("start", _start),
    Feature("warm-up", _warm_up),
    Feature("seed", _seed),
    Feature("description and limits", _texts),
    Feature("opting in and out", _region_delays),
    Feature("Region not opted in", _not_opted_in),
    Feature("ids of zones", _zones),
    Feature("quotas", _quotas),
    Feature("subnets", _subnets),
    Feature("capacity", _capacity),
    Feature("latency", _latency),
    Feature("slots", _concurrency),
    Feature("weights", _weights),
    Feature("one zone", _one_zone),
    Feature("content", _content),
    Feature("throughput modes", _modes),
    Feature("throttle", _throttle),
    Feature("encryption", _encryption),
    Feature("id", _id),
    Feature("growth", _growth),
    Feature("backups", _backups),
    Feature("created in the run", _created),
    Feature("initial", _initial),
    Feature("overhead", _overhead),
    Feature("controls", _controls),
    Feature("protecting", _protecting),
    Feature("presets", _presets),
)
LATE = (
    Feature("growth by month", _monthly_growth),
    Feature("writes follow", _follows),
)
"""Added when the streams are there."""
__all__ = ["LATE", "LINK", "WORLD", "base", "each_replication", "link_of", "stream", "systems"]
