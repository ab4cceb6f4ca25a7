"""Features of what is written: arrivals, sizes, traces, hot sets, shares, windows, cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from search.features.feature import Feature
from search.maker import Json, Maker

Drawn = Callable[[Maker], Json]


def _another(arrivals: Drawn) -> Callable[[Maker, Json], None]:
    """Return a feature that adds a stream with such arrivals."""

    def add(maker: Maker, scenario: Json) -> None:
        writes = maker.one_of(list(scenario["file_systems"].values()))["writes"]
        size = 256 * maker.unit * maker.one_of((0, 1, 2, 4))
        drawn = arrivals(maker)
        if "bytes" in next(iter(drawn.values())):
            size = size or 256 * maker.unit
        writes[f"w{len(writes)}"] = {"arrivals": drawn, "size": maker.varying(size)}

    return add


def _rate(maker: Maker) -> str:
    """Return a rate of few writes in the run, or many."""
    return f"{maker.one_of((5, 50, 400))} per {maker.duration} s"


def _constant(maker: Maker) -> Json:
    return {"constant": {"rate": f"{maker.one_of((1, 2, 4))} per {maker.time(1, 8)} s"}}


def _volume(maker: Maker) -> Json:
    return {"constant": {"bytes": f"{256 * maker.unit} B per {maker.time(1, 8)} s"}}


def _rate_or_bytes(maker: Maker) -> Json:
    """Return how much is written, by writes or by bytes."""
    if maker.chance(0.3):
        return {"bytes": f"{256 * maker.unit * maker.one_of((5, 50))} B per {maker.duration} s"}
    return {"rate": _rate(maker)}


def _poisson(maker: Maker) -> Json:
    return {"poisson": _rate_or_bytes(maker)}


def _on_off(maker: Maker) -> Json:
    times = {key: maker.varying(maker.step * maker.between(1, 20)) for key in ("on", "off")}
    return {"on_off": {**times, "rate": _rate(maker)}}


def _profile(maker: Maker) -> Json:
    zone = maker.one_of(("UTC", "Europe/Rome", "Asia/Kathmandu"))
    factors = {"hours": [1, 9, 0, 3] * 6, **maker.maybe(0.5, weekdays=[1, 2, 3, 0.5, 1, 0, 7])}
    return {"profile": {**_rate_or_bytes(maker), **factors, "timezone": zone}}


def _batch(maker: Maker) -> Json:
    writes = maker.one_of((1, 2, 4, 64))
    over = writes * maker.step * maker.between(0, 3)
    at = maker.one_of(("00:00", "00:00:20", "00:01", "23:59"))
    zone = maker.maybe(0.3, timezone=maker.one_of(("Europe/Rome", "America/New_York")))
    every = maker.one_of((over + maker.step * maker.between(2, 20), "1 day"))
    if every == "1 day":
        over = min(over, 80_000)
    return {"batch": {"at": at, "every": every, "writes": writes, "over": over, **zone}}


# --- traces -----------------------------------------------------------------------------------


def _trace_of_totals(maker: Maker, scenario: Json) -> None:
    period = maker.step * maker.one_of((4, 8))
    writes = {"writes_per_row": maker.one_of((1, 2, 4))}
    rows = maker.one_of((maker.duration // period + 1, 3))
    repeat = {} if period * rows > maker.duration else {"repeat": True, "length": period * rows}
    late = maker.one_of((0, 0, maker.step * maker.between(1, 9)))
    lines = [f"{late + period * k},{_row(maker)}" for k in range(rows)]
    aligned = {"align": "start"} if late else {}
    _add_trace(maker, scenario, lines, {"period": period, **writes, **repeat, **aligned})


def _row(maker: Maker) -> int:
    return 1024 * maker.unit * maker.between(0, 4)


def _trace_of_writes(maker: Maker, scenario: Json) -> None:
    times = sorted(maker.step * maker.between(1, 25) for _ in range(maker.between(1, 12)))
    lines = [f"{time_s},{_row(maker)}" for time_s in times]
    repeat = maker.maybe(0.4, repeat=True, length=times[-1] + maker.step)
    _add_trace(maker, scenario, lines, {**repeat, **maker.maybe(0.3, align="start")})


def _counter(maker: Maker, scenario: Json) -> None:
    period, total, lines = maker.step * 4, 0, []
    for k in range(maker.duration // period + 2):
        total = 0 if k == 5 else total + _row(maker)
        lines.append(f"{period * k},{total}")
    options = {"period": period, "counter": True, "writes_per_row": 2}
    _add_trace(maker, scenario, lines, options)


def _odd_trace(maker: Maker, scenario: Json) -> None:
    """Add one with other columns and units, rows of reads, and periods that are missing."""
    start = datetime.fromisoformat(scenario.get("start", "2026-01-01T00:00:00Z")).timestamp()
    period = maker.step * 4
    rows = [
        f"{start + period * k:.0f},{kind},{maker.between(0, 4)}"
        for k in range(maker.duration // period + 1)
        for kind in ("Write", "Read")
        if k % 5 or k < 2
    ]
    rows.insert(0, "at,kind,data")
    options = {
        "file": maker.file("\n".join(rows) + "\n", "csv"),
        "time": "at",
        "bytes": "data",
        "unit": "KiB",
        "per": "period",
        "where": {"kind": "Write"},
        "time_unit": "s",
        "missing": "zero",
        "period": period,
        "writes_per_row": 2,
    }
    _add(maker, scenario, options)


def _old_trace(maker: Maker, scenario: Json) -> None:
    """Add one of last year, which its `start` moves here."""
    since = datetime.fromisoformat("2025-05-05T00:00:00+00:00")
    period = maker.step * 4
    lines = [
        f"{(since + timedelta(seconds=period * k)).isoformat()},{_row(maker)}"
        for k in range(maker.duration // period + 1)
    ]
    _add_trace(maker, scenario, lines, {"period": period, "start": since.isoformat()})


def _resampled(maker: Maker, scenario: Json) -> None:
    lines = [f"{3600 * k},{_row(maker)}" for k in range(24 * 4)]
    zone = maker.one_of(("UTC", "Europe/Rome"))
    options = {"period": 3600, "resample": "days", "timezone": zone, "writes_per_row": 60}
    _add_trace(maker, scenario, lines, {**options, "start": "2025-05-05T00:00:00Z"})


def _add_trace(maker: Maker, scenario: Json, lines: list[str], options: Json) -> None:
    text = "\n".join(["timestamp,value", *lines]) + "\n"
    _add(maker, scenario, {"file": maker.file(text, "csv"), **options})


def _add(maker: Maker, scenario: Json, trace: Json) -> None:
    writes = maker.one_of(list(scenario["file_systems"].values()))["writes"]
    writes[f"t{len(writes)}"] = {"trace": trace}


# --- what streams are besides -----------------------------------------------------------------


def _some(
    maker: Maker, scenario: Json, change: Callable[[Maker, Json], Any], share: float = 0.6
) -> None:
    """Change some of the streams, at least one."""
    streams = [
        part for system in scenario["file_systems"].values() for part in system["writes"].values()
    ]
    chosen = [each for each in streams if maker.chance(share)] or [maker.one_of(streams)]
    for each in chosen:
        change(maker, each)


def _each_stream(change: Callable[[Maker, Json], Any]) -> Callable[[Maker, Json], None]:
    return lambda maker, scenario: _some(maker, scenario, change)


def _hot(maker: Maker, stream: Json) -> None:
    block = maker.unit * maker.one_of((128, 256, 512))
    shares = (0, 1, 1) if maker.is_exact else (0.5, 0.9, 1)
    stream["hot_set"] = {"size": block * maker.between(1, 8), "block": block}
    stream["hot_set"] |= maker.maybe(0.7, share=maker.one_of(shares))


def _in_file(maker: Maker, stream: Json) -> None:
    stream["in_file"] = {"size": 256 * maker.unit * maker.between(16, 32)}
    stream.pop("new_files", None)


def _files(maker: Maker, stream: Json) -> None:
    stream["files"] = maker.between(1, 4)


def _new_bytes(maker: Maker, stream: Json) -> None:
    stream["new_bytes"] = maker.one_of((0, 0.25, 0.5, 1))


def _new_files(maker: Maker, stream: Json) -> None:
    if "in_file" not in stream:
        stream["new_files"] = maker.one_of((0, 0.25, 0.5, 1))


def _window(maker: Maker, stream: Json) -> None:
    begin = maker.time(0, maker.duration // maker.step - 1)
    stream |= maker.maybe(0.6, **{"from": begin})
    stream |= maker.maybe(0.6, to=begin + maker.step * maker.between(1, 40))


def _growth(maker: Maker, stream: Json) -> None:
    stream["growth"] = maker.one_of((0.5, 2, 1.1))


def _in_cells(maker: Maker, scenario: Json) -> None:
    """Let streams be drawn in cells, some of them of many writes; a profile begins at a minute."""
    if "throttle" in maker.chosen:
        return

    def change(maker: Maker, stream: Json) -> None:
        kinds = set(stream.get("arrivals", {}))
        if kinds & {"poisson", "on_off", "profile"}:
            stream["drawn"] = maker.one_of(("cells", "cells", "auto", "each"))

    _another(_fast)(maker, scenario)
    _some(maker, scenario, change, 0.8)
    if maker.chance(0.2):
        scenario.setdefault("defaults", {})["drawn"] = maker.one_of(("cells", "auto", "each"))


def _fast(maker: Maker) -> Json:
    rate = f"{maker.one_of((0.5, 3, 40))} per s"
    times: Json = {"on": maker.step * maker.between(1, 9), "off": maker.step * maker.between(1, 9)}
    profile: Json = {"rate": rate, "hours": [1, 9, 0, 3] * 6}
    arrivals: list[Json] = [{"poisson": {"rate": rate}}, {"on_off": {**times, "rate": rate}}]
    return maker.one_of([*arrivals, arrivals[0], {"profile": profile}])


ARRIVALS = (
    Feature("constant", _another(_constant)),
    Feature("bytes per time", _another(_volume)),
    Feature("batch", _another(_batch)),
    Feature("poisson", _another(_poisson), draws=True),
    Feature("on and off", _another(_on_off), draws=True),
    Feature("profile", _another(_profile), draws=True),
    Feature("trace of totals", _trace_of_totals),
    Feature("trace of writes", _trace_of_writes),
    Feature("trace of a counter", _counter),
    Feature("trace with columns", _odd_trace),
    Feature("trace of last year", _old_trace),
    Feature("resampled trace", _resampled, draws=True),
    Feature("cells", _in_cells, draws=True),
)
STREAMS = (
    Feature("hot set", _each_stream(_hot)),
    Feature("in one file", _each_stream(_in_file)),
    Feature("files of a write", _each_stream(_files)),
    Feature("new bytes", _each_stream(_new_bytes)),
    Feature("new files", _each_stream(_new_files)),
    Feature("from and to", _each_stream(_window)),
    Feature("growth of a stream", _each_stream(_growth)),
)
