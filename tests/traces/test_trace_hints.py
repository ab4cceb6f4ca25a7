"""What a trace is refused for, and that each hint of a message cures what it is about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.traced import csv, minutes, refusal, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import efssim
from efssim.scenario import ScenarioError

TRACE_KEYS = {"align", "repeat", "missing", "period", "unit", "per", "counter"}


def hints(message: str) -> list[dict[str, Any]]:
    """Return the keys of each hint of a message, as YAML has them."""
    texts = [text for text in re.findall(r"`([^`]*)`", message) if ": " in text]
    return [yaml.safe_load("{" + text + "}") for text in texts]


def kind(message: str) -> str:
    """Return what a message is about."""
    return next(word for word in KINDS if word in message)


KINDS = (
    "needs `period`", "holds", "apart, not", "not a whole number of periods",
    "no row inside", "but the run needs",
    "has no row for", "repeats every", "needs a `length`", "more than can be counted",
    "one reading of its counter", "readings of one time",
)  # fmt: skip


def follow(folder: Path, text: str, hint: dict[str, Any], keys: dict[str, Any]) -> list[str]:
    """Return what is wrong once a hint was followed."""
    duration = {"duration": hint["duration"]} if "duration" in hint else {}
    assert set(hint) <= TRACE_KEYS | {"duration"}
    changed = keys | duration | {key: hint[key] for key in hint if key in TRACE_KEYS}
    return refusal(folder, text, **changed)


def at(step_s: int, count: int, begin_s: int = 0) -> str:
    return csv((begin_s + step_s * k, 1_000_000) for k in range(count))


WRONG: dict[str, tuple[str, dict[str, Any], str, list[dict[str, Any]]]] = {
    "hourly": (
        at(3600, 24), {"period": "5 min"},
        "rows are 1 h apart, not 5 min as `period` says",
        [{"period": "1 h"}, {"missing": "zero"}],
    ),
    "minutes": (
        at(60, 1440), {"period": "5 min"},
        "rows are 1 min apart, not 5 min as `period` says", [{"period": "1 min"}],
    ),
    "seconds are no multiple": (
        at(90, 960), {"period": "1 min"},
        "rows are 90 s apart, not 1 min as `period` says", [{"period": "90 s"}],
    ),
    "daily": (
        at(86_400, 1), {"period": "1 h"}, "but the run needs",
        [{"duration": "1 h"}, {"repeat": True}],
    ),
    "another day": (
        at(60, 1440, 10 * 86_400), {"period": "1 min"},
        "has no row inside the run: it covers 2026-01-11 00:00:00 (864000 s) to",
        [{"align": "start"}],
    ),
    "a part of another day": (
        at(60, 720, 10 * 86_400), {"period": "1 min"},
        "has no row inside the run", [],  # aligned it covers half of the run
    ),
    "half a day": (
        at(60, 720), {"period": "1 min"}, "but the run needs",
        [{"duration": "12 h"}, {"repeat": True}, {"missing": "zero"}],
    ),
    "an hour": (  # too little to take the rest for idle
        at(60, 60), {"period": "1 min"}, "but the run needs",
        [{"duration": "1 h"}, {"repeat": True}],
    ),
    "an hour late": (
        at(60, 1440, 3600), {"period": "1 min"}, "but the run needs",
        [{"align": "start"}, {"repeat": True}, {"missing": "zero"}],
    ),
    "an hour late and short": (
        at(60, 720, 3600), {"period": "1 min"}, "but the run needs",
        [{"align": "start", "duration": "12 h"}, {"repeat": True}, {"missing": "zero"}],
    ),
    "sparse": (
        csv((60 * k, 1) for k in range(1440) if k % 100 < 40 or k == 1439), {"period": "1 min"},
        "has no row for 840 of the run's 1,440 periods", [{"missing": "zero"}],
    ),
    "single writes of another day": (
        at(60, 1440, 10 * 86_400), {}, "has no row inside the run", [{"align": "start"}],
    ),
    "a write at the start": (csv([(0, 5)]), {}, "has no row inside the run", []),
    "a unit": (
        csv(minutes(value=3), "timestamp,MB"), {"bytes": "MB", "period": "1 min"},
        "s.csv:1: column 'MB' holds MB, as its name says", [{"unit": "MB"}, {"unit": "MiB"}],
    ),
    "a rate": (
        csv(minutes(value=3), "timestamp,wkB/s"), {"bytes": "wkB/s", "period": "1 min"},
        "column 'wkB/s' holds KiB per second", [{"unit": "KiB", "per": "second"}],
    ),
    "a rate without a period": (
        csv(minutes(value=3), "timestamp,wkB/s"), {"bytes": "wkB/s"},
        "column 'wkB/s' holds KiB per second",
        [{"unit": "KiB", "per": "second", "period": "1 min"}],
    ),
    "a counter": (
        csv(minutes(1441, 3), "timestamp,node_disk_written_bytes_total"),
        {"bytes": "node_disk_written_bytes_total", "period": "1 min"},
        "holds a cumulative counter of bytes", [{"counter": True}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_hints_cure_what_they_are_about(tmp_path: Path, name: str) -> None:
    text, keys, said, expected = WRONG[name]
    (message,) = refusal(tmp_path, text, **keys)
    assert said in message
    assert hints(message) == expected
    for hint in expected:
        assert follow(tmp_path, text, hint, keys) == []


def test_a_message_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        efssim.load(write(tmp_path, at(3600, 24), period="5 min"))
    assert str(caught.value).endswith(
        "s.yaml:10:17: file_systems.src.writes.w.trace.file: rows are 1 h apart, not 5 min as "
        "`period` says; write `period: 1 h` or `missing: zero`"
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the file is written anew
)
@given(
    step_s=st.sampled_from([1, 60, 90, 300, 3600]),
    count=st.integers(1, 120),
    begin_s=st.sampled_from([-7200, -60, 0, 30, 60, 3600, 864_000]),
    holes=st.sampled_from([1, 2, 3, 7, 50]),
    column=st.sampled_from(["value", "MB", "wkB/s", "a_bytes_total"]),
    period=st.sampled_from([None, "1 s", "1 min", "90 s", "5 min", "1 h"]),
    duration=st.sampled_from(["5 min", "1 h", "1 day"]),
)
def test_no_hint_is_a_false_one(
    tmp_path: Path,
    step_s: int,
    count: int,
    begin_s: int,
    holes: int,
    column: str,
    period: str | None,
    duration: str,
) -> None:
    """Whatever a trace is like: with a hint this fault is gone, and nothing else came instead."""
    rows = [(begin_s + step_s * k, 7) for k in range(count) if k % holes or holes == 1 or k == 0]
    text = csv(rows, f"timestamp,{column}")
    keys: dict[str, Any] = {"bytes": column, "duration": duration}
    if period is not None:
        keys["period"] = period
    messages = refusal(tmp_path, text, **keys)
    kinds = {kind(message) for message in messages}
    for message in messages:
        for hint in hints(message):
            left = {kind(other) for other in follow(tmp_path, text, hint, keys)}
            assert kind(message) not in left
            if kind(message) not in ("holds", "apart, not"):  # which hide what else there is
                assert left <= kinds


def test_missing_zero_lifts_what_is_missing_only(tmp_path: Path) -> None:
    """Coverage and multiples of the period; not rows off the grid, another day, or a unit."""
    zero = {"period": "1 min", "missing": "zero"}
    assert refusal(tmp_path, at(300, 100), **zero) == []
    assert refusal(tmp_path, csv([(3600, 1)]), **zero) == []
    for text, said in (
        (at(90, 960), "rows are 90 s apart"),
        (at(300, 10, 90_000), "no row inside the run"),
        (csv((60 * k + k % 2, 1) for k in range(1440)), "not a whole number of periods"),
    ):
        assert said in " ".join(refusal(tmp_path, text, **zero))
    (message,) = refusal(tmp_path, csv(minutes(), "timestamp,MB"), bytes="MB", **zero)
    assert "holds MB" in message


def test_jitter_is_no_grid(tmp_path: Path) -> None:
    """Rows that are late by up to 9 s have distances of their own."""
    text = csv((60 * k + (7 * k) % 10, 1) for k in range(1440))
    (message,) = refusal(tmp_path, text, period="1 min")
    assert message.startswith("1,439 of 1,440 rows are not a whole number of periods (1 min)")
    assert hints(message) == []
