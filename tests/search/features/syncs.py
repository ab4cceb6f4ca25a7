"""Features of how a replication syncs, and of rates that follow the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from search.features.feature import Feature
from search.features.worlds import each_replication, link_of
from search.maker import Json, Maker


def _key(name: str, value: Callable[[Maker], Any]) -> Callable[[Maker, Json], None]:
    """Return a feature that sets a key of `sync` of each replication."""

    def add(maker: Maker, scenario: Json) -> None:
        for part in each_replication(scenario):
            part["sync"][name] = value(maker)

    return add


def _phase(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        interval = part["sync"]["interval"]
        if isinstance(interval, int) and interval:
            part["sync"]["phase"] = maker.step * maker.between(0, interval // maker.step - 1)


def _gated(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        part["sync"].pop("phase", None)
        part["sync"] |= {"interval": 0, "gap": maker.varying(maker.step * maker.between(1, 4))}


def _failures(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        part["sync"] |= {
            "failure_probability": maker.one_of((0.1, 0.5)),
            "backoff": maker.varying(maker.time(0, 3)),
            **maker.maybe(0.5, backoff_max=maker.time(1, 6)),
        }
        if part["sync"].get("throughput") == "none":
            part["sync"]["setup"] = maker.step  # else an attempt takes no time


def _measured(maker: Maker, scenario: Json) -> None:
    sync = scenario["replications"]["dr"]["sync"]
    if isinstance(sync["interval"], int) and sync["interval"]:
        low, high = sync["interval"] / 2, 2 * sync["interval"]
        part = {"interval": {"low": low, "high": high}, "source": "measured in May"}
        scenario["replications"]["dr"]["measured"] = part


# --- calendars --------------------------------------------------------------------------------


def _local(scenario: Json, zone: str, time_s: float) -> datetime:
    """Return what the clock of a zone shows so long after the start."""
    start = datetime.fromisoformat(scenario.get("start", "2026-01-01T00:00:00+00:00"))
    there = (start + timedelta(seconds=time_s)).astimezone(ZoneInfo(zone))
    return there.replace(tzinfo=None)


def _window(maker: Maker, scenario: Json, zone: str) -> Json:
    begin, last = (maker.step * maker.between(*span) for span in ((-4, 60), (1, 40)))
    if maker.chance(0.4):
        since, until = (_local(scenario, zone, at) for at in (begin, begin + last))
        if until <= since:  # the clock was put back in between
            until = since + timedelta(hours=2)
        return {"begin": since.isoformat(), "end": until.isoformat()}
    names = (f"{_local(scenario, zone, at):%H:%M}" for at in (begin, begin + 60 + last))
    today = f"{_local(scenario, zone, begin):%a}"
    return {**dict(zip(("from", "to"), names, strict=True)), **maker.maybe(0.3, weekdays=[today])}


def _windows(maker: Maker, scenario: Json) -> Json:
    zone = maker.one_of(("UTC", "Europe/Rome", "Europe/Rome", "Asia/Kathmandu"))
    found = [_window(maker, scenario, zone) for _ in range(maker.between(1, 3))]
    return {"timezone": zone, "windows": found}


def _calendar(maker: Maker, scenario: Json, base: Any) -> Json:
    found = _windows(maker, scenario)
    for window in found["windows"]:
        rate = maker.one_of((32, 64, 128, 256, 1024, 0))
        window["value"] = maker.unit * rate or "none"
    return {"base": base, **found}


def _throughput_windows(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        base = part["sync"].get("throughput", "none")
        part["sync"]["throughput"] = _calendar(maker, scenario, base)


def _capacity_windows(maker: Maker, scenario: Json) -> None:
    link = link_of(maker, scenario)
    link["capacity"] = _calendar(maker, scenario, link.get("capacity", "none"))


def _blackouts(maker: Maker, scenario: Json) -> None:
    for part in each_replication(scenario):
        how = maker.maybe(0.6, in_flight=maker.one_of(("finish", "stall")))
        part["blackouts"] = {**_windows(maker, scenario), **how}


SYNCS = (
    Feature("gap alone", _gated),
    Feature("phase", _phase),
    Feature("gap", _key("gap", lambda maker: maker.varying(maker.step * maker.between(1, 4)))),
    Feature("setup", _key("setup", lambda maker: maker.varying(maker.time(0, 3)))),
    Feature("no throughput", _key("throughput", lambda _: "none")),
    Feature("file rate", _key("file_rate", lambda maker: maker.one_of((0.25, 0.5, 1)))),
    Feature("scan rate", _key("scan_rate", lambda maker: maker.one_of((1, 2, 8)))),
    Feature("diff rate", _key("diff_rate", lambda maker: maker.unit * maker.one_of((128, 512)))),
    Feature("failed attempts", _failures, draws=True),
    Feature("measured", _measured),
    Feature("throughput by the clock", _throughput_windows),
    Feature("capacity by the clock", _capacity_windows),
    Feature("blackouts", _blackouts),
)
