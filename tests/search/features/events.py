"""Features of what happens: disturbances at given and at random times, and calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from search.features.feature import Feature
from search.features.worlds import link_of
from search.maker import CUSTOM, DESTINATION, OPTIONAL, SOURCE, THIRD, Json, Maker

Drawn = Callable[[Maker, Json], Json]


def _lasting(maker: Maker) -> Json:
    return maker.maybe(0.85, **{"for": maker.step * maker.between(1, 16)})


def _opt_out(maker: Maker, _: Json) -> Json:
    return {"opt_out": maker.one_of((SOURCE, DESTINATION))}


def _region_outage(maker: Maker, _: Json) -> Json:
    return {"region_outage": maker.one_of((SOURCE, SOURCE, maker.place, THIRD))}


def _link_outage(maker: Maker, _: Json) -> Json:
    return {"link_outage": f"{SOURCE} -> {maker.place}"}


def _degraded(maker: Maker, scenario: Json) -> Json:
    link_of(maker, scenario).setdefault("capacity", maker.unit * 128)
    factor = maker.one_of((0.25, 0.5, 1))
    return {"link_degraded": f"{SOURCE} -> {maker.place}", "factor": factor}


def _key_disabled(maker: Maker, _: Json) -> Json:
    return {"kms_key_disabled": maker.target(maker.replications)}


def _permission(maker: Maker, _: Json) -> Json:
    return {"permission_lost": maker.target(maker.replications)}


def _fence(maker: Maker, _: Json) -> Json:
    return {"fence": maker.target(maker.members)}


def _move(maker: Maker, _: Json) -> Json:
    home, to = (maker.one_of(maker.members) for _ in range(2))
    return {"move_writes": home, "to": to, **maker.maybe(0.3, following=True)}


def _error(maker: Maker, _: Json) -> Json:
    operation = maker.one_of(
        (
            "CreateReplicationConfiguration",
            "DeleteReplicationConfiguration",
            "UpdateFileSystemProtection",
            "CreateFileSystem",
        )
    )
    options = {**maker.maybe(0.3, times=2), **maker.maybe(0.3, region=SOURCE)}
    return {"api_error": operation, "code": "InternalServerError", **options}


def _fail(maker: Maker, _: Json) -> Json:
    return {"fail": maker.target(maker.members)}


KINDS: dict[str, Drawn] = {
    "opt-out": _opt_out,
    "Region outage": _region_outage,
    "link outage": _link_outage,
    "link degraded": _degraded,
    "key disabled": _key_disabled,
    "permission lost": _permission,
    "fence": _fence,
    "moved writes": _move,
    "API error": _error,
    "failure": _fail,
}


def _event(draw: Drawn) -> Callable[[Maker, Json], None]:
    """Return a feature that adds one or two of such events."""

    def add(maker: Maker, scenario: Json) -> None:
        events = scenario.setdefault("events", [])
        for _ in range(maker.one_of((1, 1, 2))):
            event = draw(maker, scenario)
            lasts = {} if "fail" in event else _lasting(maker)
            events.append({"at": _when(maker, events), **event, **lasts})

    return add


def _when(maker: Maker, events: list[Json]) -> object:
    """Return a time, often one at which something else happens."""
    known = [event["at"] for event in events if not isinstance(event["at"], str)]
    known += [event["at"] + event["for"] for event in events if "for" in event and known]
    inside = [at for at in known if at <= maker.duration]
    return maker.one_of(inside) if inside and maker.chance(0.3) else maker.when()


def _fault(draw: Drawn, name: str) -> Callable[[Maker, Json], None]:
    def add(maker: Maker, scenario: Json) -> None:
        fault = draw(maker, scenario)
        targets = fault.values()
        each = any(isinstance(target, str) and "[*]" in target for target in targets)
        every = maker.varying(maker.step * maker.between(4, 40))
        lasts = {} if "fail" in fault else {"for": maker.varying(maker.step * maker.between(1, 6))}
        scenario.setdefault("faults", {})[name] = {
            **fault,
            "every": every,
            **lasts,
            **(maker.maybe(0.5, each=True) if each else {}),
        }

    return add


# --- calls ------------------------------------------------------------------------------------


def _call(at: object, operation: str, region: str | None = None, **given: object) -> Json:
    where = {} if region is None else {"region": region}
    return {"at": at, "call": operation, "with": given, **where}


def _add_calls(maker: Maker, scenario: Json, calls: list[Json]) -> None:
    inside = [call for call in calls if call["at"] <= maker.duration]
    scenario.setdefault("events", []).extend(inside)


def _failover(maker: Maker, scenario: Json) -> None:
    """Delete a configuration; perhaps go the way back, or the same way once more."""
    at = maker.time(2, maker.duration // maker.step // 2)
    source, replica = maker.one_of(maker.items("a")), maker.one_of(maker.replicas)
    region = maker.maybe(0.3, region=maker.one_of((SOURCE, DESTINATION)))
    calls = [{**_call(at, "DeleteReplicationConfiguration", SourceFileSystemId=source), **region}]
    at = at + maker.time(2, 12)
    there, back = (source, replica), (replica, source)
    old, new = back if maker.chance(0.7) else there
    if maker.chance(0.8):
        calls += [_unprotect(at, new), _create(maker, at, old, new)]
        if maker.chance(0.3):
            later = at + maker.time(2, 30)
            calls.append(_call(later, "DeleteReplicationConfiguration", SourceFileSystemId=old))
    _add_calls(maker, scenario, calls)


def _unprotect(at: object, name: str) -> Json:
    given = {"FileSystemId": name, "ReplicationOverwriteProtection": "DISABLED"}
    return _call(at, "UpdateFileSystemProtection", **given)


def _create(maker: Maker, at: object, source: str, destination: str) -> Json:
    wanted: Json = {"FileSystemId": destination}
    if maker.chance(0.3):
        wanted = maker.one_of(
            ({"Region": THIRD}, {"AvailabilityZoneName": f"{THIRD}a"}, {"Region": OPTIONAL})
        )
    return _call(
        at, "CreateReplicationConfiguration", SourceFileSystemId=source, Destinations=[wanted]
    )


def _update(maker: Maker, scenario: Json) -> None:
    for _ in range(maker.between(1, 3)):
        mode = maker.one_of(("bursting", "elastic", "provisioned", "provisioned", None))
        given: Json = {"FileSystemId": maker.one_of([*maker.items("a"), *maker.replicas])}
        given |= {} if mode is None else {"ThroughputMode": mode}
        if mode in ("provisioned", None):
            given["ProvisionedThroughputInMibps"] = float(maker.one_of((1, 2, 8)))
        _add_calls(maker, scenario, [_call(maker.when(), "UpdateFileSystem", **given)])


def _other_calls(maker: Maker, scenario: Json) -> None:
    """Call what moves no sync: mount targets, access points, policies, tags, descriptions."""
    name = maker.one_of(maker.items("a"))
    of: Json = {"FileSystemId": name}
    tags = [{"Key": "team", "Value": "ü"}]
    policy = {"Status": maker.one_of(("ENABLED", "DISABLED"))}
    rules = [{"TransitionToIA": "AFTER_30_DAYS"}]
    offered: list[tuple[str, Json]] = [
        ("CreateMountTarget", {**of, "SubnetId": "subnet-0a1b2c3d"}),
        ("CreateAccessPoint", {**of, "ClientToken": "once"}),
        ("PutBackupPolicy", {**of, "BackupPolicy": policy}),
        ("PutLifecycleConfiguration", {**of, "LifecyclePolicies": rules}),
        ("TagResource", {"ResourceId": name, "Tags": tags}),
        ("DescribeReplicationConfigurations", {}),
        ("DescribeFileSystems", of),
        ("DescribeMountTargets", of),
        ("DeleteFileSystem", of),
        ("DeleteFileSystem", {"FileSystemId": maker.one_of(maker.replicas)}),
    ]
    for _ in range(maker.between(1, 4)):
        operation, given = maker.one_of(offered)
        where = maker.one_of((SOURCE, SOURCE, DESTINATION))
        _add_calls(maker, scenario, [_call(maker.when(), operation, where, **given)])


def _new_file_system(maker: Maker, scenario: Json) -> None:
    """Make a file system and replicate it, both by calls."""
    at = maker.time(0, 20)
    given: Json = {"CreationToken": "made", **maker.maybe(0.4, Encrypted=True)}
    calls = [_call(at, "CreateFileSystem", SOURCE, **given)]
    calls.append(_create(maker, at + maker.time(0, 9), "made", maker.one_of(maker.replicas)))
    calls[-1]["region"] = SOURCE
    _add_calls(maker, scenario, calls)


def _expected(maker: Maker, scenario: Json) -> None:
    at = maker.when()
    call = _call(at, "DescribeFileSystems", THIRD)
    _add_calls(maker, scenario, [{**call, "expect": "ok"}])


def _dated(maker: Maker, scenario: Json) -> None:
    """Write the times of some events as dates."""
    start = datetime.fromisoformat(scenario.get("start", "2026-01-01T00:00:00Z"))
    for event in scenario.get("events", []):
        if maker.chance(0.5) and isinstance(event["at"], int):
            event["at"] = (start + timedelta(seconds=event["at"])).isoformat()


def _custom_outage(maker: Maker, scenario: Json) -> None:
    scenario["regions"].setdefault(CUSTOM, {"custom": True})
    event = {"at": maker.when(), "region_outage": CUSTOM, **_lasting(maker)}
    scenario.setdefault("events", []).append(event)


EVENTS = (
    *(Feature(name, _event(draw)) for name, draw in KINDS.items()),
    *(
        Feature(f"fault: {name}", _fault(draw, f"f{k}"))
        for k, (name, draw) in enumerate(KINDS.items())
    ),
    Feature("outage elsewhere", _custom_outage),
    Feature("failover", _failover),
    Feature("UpdateFileSystem", _update),
    Feature("other calls", _other_calls),
    Feature("new file system", _new_file_system, second=False),
    Feature("expected call", _expected),
    Feature("dates of events", _dated),
)
