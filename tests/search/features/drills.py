"""The feature of a disaster that is rehearsed: its kind, its runbook, and the way back."""

from __future__ import annotations

from search.maker import SOURCE, Json, Maker


def add_drill(maker: Maker, scenario: Json) -> None:
    """Add a drill of any kind, and its RTO."""
    kind = maker.one_of(("disaster", "disaster", "planned", "restore"))
    if kind == "restore":
        scenario["file_systems"]["a"].setdefault("backups", {"every": maker.step * 10})
    answered = {} if kind == "planned" else _answered(maker, scenario)
    scenario["rto"] = {"target": maker.step * maker.between(5, 60), "attainment": 0.9}
    scenario["drill"] = {
        "replication": maker.one_of(maker.items("dr")),
        **({} if kind == "disaster" and maker.chance(0.5) else {"kind": kind}),
        **maker.maybe(0.7, at=_at(maker)),
        **answered,
        **maker.maybe(0.5, steps=_steps(maker, kind)),
        **(_failback(maker, answered) if kind == "disaster" else {}),
    }


def _at(maker: Maker) -> object:
    times = {"hours": maker.one_of(([8, 18], [22, 6])), "timezone": "Europe/Rome"}
    return maker.one_of((maker.time(2, 20), maker.time(2, 20), "random", times))


def _answered(maker: Maker, scenario: Json) -> Json:
    """Return what happens, and how long it takes until somebody has noticed and decided."""
    file_system = maker.one_of(maker.items("a"))
    disaster = maker.one_of(({"region_outage": SOURCE}, {"fail": file_system}))
    lasts = {} if "fail" in disaster else maker.maybe(0.6, **{"for": maker.time(1, 30)})
    detect = maker.varying(maker.time(0, 3))
    if "late" in scenario.get("alarms", {}) and maker.chance(0.5):
        detect = {"alarm": "late"}
    return {
        **maker.maybe(0.6, disaster={**disaster, **lasts}),
        **maker.maybe(0.5, detect=detect),
        **maker.maybe(0.5, decide=maker.varying(maker.time(0, 3))),
    }


def _steps(maker: Maker, kind: str) -> list[object]:
    first = "restore" if kind == "restore" else "delete"
    retried = {first: None, "retry": maker.step}
    call = {"call": "DescribeFileSystems", **maker.maybe(0.5, retry=maker.step)}
    more = ({"dns": maker.varying(maker.time(1, 3))}, "mount_targets", {"mount_targets": 60}, call)
    later = [step for step in more if maker.chance(0.4)]
    return [maker.one_of((first, retried)), *later]


def _failback(maker: Maker, answered: Json) -> Json:
    """Return the way back, which needs a disaster that ends."""
    if "for" not in answered.get("disaster", {}) or maker.chance(0.4):
        return {}
    way = maker.one_of(("discard", "preserve"))
    return {"failback": way, **maker.maybe(0.5, after=maker.time(0, 5))}
