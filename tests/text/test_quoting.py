"""Messages quote what somebody wrote, and never echo it whole: no line of one is long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.traced import csv, refusal
from hypothesis import given
from hypothesis import strategies as st

import efssim
from efssim.errors import MESSAGE_MAX, QUOTE_MAX, capped, concise
from efssim.scenario import ScenarioError
from efssim.text.quoting import cut, listed, quoted
from efssim.text.yaml.document import parse_document

LINE_MAX = 1500
"""Characters of a line of a message; a screen has two thousand."""

LONG = {
    "letters": "x" * 100_000,
    "quotes": "it's " * 20_000,
    "double quotes": 'a"b ' * 25_000,
    "digits": "9" * 100_000,
    "a quantity": "9" * 200 + " " + "parsec" * 16_000,
    "dots": "a." * 50_000,
    "lines": "a\nb\n" * 25_000,
    "tabs and wide letters": "\t漢字" * 30_000,
    "link": "us-east-1 -> " + "y" * 100_000,
}

FULL = """\
name: full
description: d
start: 2026-01-01T00:00:00Z
duration: 1 day
warm_up: 1 h
seed: 1
records: "on"
rpo: {target: 15 min, attainment: 99 %}
regions: {lab-1: {custom: true}, eu-south-1: {opted_in: true, opting_in: 20 min}}
links: {us-east-1 -> eu-south-1: {capacity: 1 Gbit/s, latency: 90 ms}}
file_systems:
  src:
    region: us-east-1
    size: 1 GiB
    files: 1000
    throughput_mode: provisioned
    provisioned_throughput: 100 MiB/s
    encrypted: true
    growth: 1
    writes:
      a:
        arrivals: {poisson: {rate: 1 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1}}
        hot_set: {size: 1 GiB, block: 64 KiB, share: 50 %}
        files: 1
      b:
        arrivals: {batch: {at: "02:00", every: 1 day, writes: 100, over: 1 min}}
        size: 1 KiB
        in_file: {size: 1 GiB}
      c:
        arrivals: {on_off: {on: 1 min, off: 1 min, rate: 1 per s}}
        size: {pareto: {min: 1, alpha: 2, max: 9}}
      d: {arrivals: {profile: {rate: 1 per s, timezone: UTC}}, size: {uniform: {low: 1, high: 2}}}
      e:
        trace: {file: w.csv, time: t, bytes: v, period: 1 h, unit: KiB, per: second, where: {k: w},
                time_unit: s, missing: zero, align: start, repeat: true, length: 1 day,
                writes_per_row: 2}
  other: {availability_zone: us-west-2a, id: fs-0123456789abcdef0}
replications:
  dr:
    source: src
    destination: {region: eu-south-1, kms_key_id: k}
    established: true
    sync: {interval: 60 s, setup: {gamma: {mean: 5 s, cv: 1}}, throughput: 1 MiB/s, file_rate: none,
           failure_probability: 1 %, backoff: 1 s}
    control: {enabling: 5 min}
    initial: {throughput: 1 MiB/s}
events:
  - {at: 3 h, opt_out: eu-south-1, for: 1 h}
  - {at: 4 h, link_degraded: us-east-1 -> eu-south-1, factor: 0.5, for: 1 h}
  - {at: 5 h, kms_key_disabled: dr, for: 1 h}
  - {at: 6 h, fail: other}
  - {at: 7 h, call: DescribeFileSystems, with: {FileSystemId: src}, region: us-east-1}
  - {at: 8 h, api_error: DescribeFileSystems, code: ThrottlingException, for: 1 h}
faults:
  wan: {link_outage: us-east-1 -> eu-south-1, every: {exponential: {mean: 1 day}}, for: 1 min}
defaults: {sync: {interval: 1 min}, undocumented: {}}
"""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every key and item."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


def changed(path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> dict[str, Any]:
    content: dict[str, Any] = deepcopy(DATA)
    place: Any = content
    for key in path[:-1]:
        place = place[key]
    change(place, path[-1])
    return content


DATA: dict[str, Any] = parse_document(FULL, "full.yaml").data
PLACES = list(places(DATA))


def places_for(kind: str) -> list[tuple[Any, ...]]:
    """Return every place for one kind of text; for the others every fifth, from another one on."""
    return PLACES if kind == "letters" else PLACES[list(LONG).index(kind) % 5 :: 5]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.csv").write_text(csv([(3600 * k, "5,w") for k in range(24)], "t,v,k"), encoding="utf-8")


def check(error: BaseException) -> None:
    """See that what an error says is in lines that are not long."""
    for line in str(error).splitlines() or [""]:
        assert len(line) <= LINE_MAX, f"{len(line)} characters: {line[:200]} … {line[-200:]}"


def refused(content: Any) -> None:
    try:
        efssim.load(content)
    except efssim.EfssimError as error:
        check(error)


def test_the_scenario_itself_is_sound() -> None:
    content = deepcopy(DATA)
    efssim.load(content)
    assert len(PLACES) > 100


@pytest.mark.parametrize("kind", LONG)
def test_a_long_value_in_every_place(kind: str) -> None:
    def put(place: Any, key: Any) -> None:
        place[key] = LONG[kind]

    for path in places_for(kind):
        refused(changed(path, put))


@pytest.mark.parametrize("kind", LONG)
def test_a_long_name_in_every_place(kind: str) -> None:
    def rename(place: Any, key: Any) -> None:
        if isinstance(place, dict):
            place[LONG[kind]] = place.pop(key)

    for path in places_for(kind):
        refused(changed(path, rename))


@pytest.mark.parametrize("kind", LONG)
def test_long_texts_of_yaml(kind: str) -> None:
    text = LONG[kind]
    for whole in (
        text, f"name: {text}", f'name: "{text}', f"a: &{text} b", f"a: *{text}", f"a: !{text} b",
        f"? [{text}]\n: b", f"{text}: 1\n{text}: 2", f"a: {{{text}", f"- {text}", f"%{text}",
    ):  # fmt: skip
        refused(whole + "\n")


@pytest.mark.parametrize("kind", LONG)
def test_long_cells_of_a_trace(tmp_path: Path, kind: str) -> None:
    cell = '"' + LONG[kind].replace('"', '""') + '"'
    for text, keys in (
        (csv([(0, 1), (cell, 1)]), {}),
        (csv([(0, 1), (60, cell)]), {}),
        (csv([(0, 1)], f"{cell},value"), {}),
        (csv([(0, 1)], f"timestamp,{cell}"), {"bytes": LONG[kind]}),
        (csv([(0, f"1,{cell}")], f"timestamp,value,{cell}"), {"where": {LONG[kind]: "x"}}),
        (csv([(0, f"1,{cell}")], "timestamp,value,k"), {"where": {"k": "x"}}),
        (csv([(0, f"1,{cell}")]), {}),
        (csv([(cell, 1)], ",".join([cell, "value"] + [f"c{k}" for k in range(1000)])), {}),
        (csv([(0, 1)], "timestamp," + ",".join(f"MB {k} {'y' * 500}" for k in range(200))), {}),
        (csv([(0, 1)], f"timestamp,{cell[:-1]}"), {}),
        (csv([(0, 1)], f'timestamp,"{LONG["letters"]} MB"'), {"bytes": f"{LONG['letters']} MB"}),
    ):
        for message in refusal(tmp_path, text, **keys):
            assert len(message) <= LINE_MAX


def test_long_arguments_of_python() -> None:
    place = {"region": "us-east-1"}
    scenario = efssim.load({"name": "t", "duration": 10, "file_systems": {"a": place}})
    world = efssim.Simulation(scenario)
    describe = partial(world.call, "DescribeFileSystems")
    for text in LONG.values():
        for call in (
            lambda text=text: scenario.with_({text: 1}),
            lambda text=text: scenario.with_({f"file_systems.a.{text}": 1}),
            lambda text=text: scenario.with_(seed=text),
            lambda text=text: world.apply({"opt_out": text}),
            lambda text=text: world.apply({text: text}),
            lambda text=text: world.write(text, {}),
            lambda text=text: world.write("a", {text: 1}),
            lambda text=text: world.advance(text),
            lambda text=text: world.call(text, {}, region="us-east-1"),
            lambda text=text: describe({"FileSystemId": text}, region="us-east-1"),
            lambda text=text: describe({text: 1}, region="us-east-1"),
            lambda text=text: describe({"Marker": text}, region=text),
            lambda text=text: efssim.sweep(scenario, {text: "1,2"}),
            lambda text=text: efssim.sweep(scenario, {"file_systems.a.size": text}),
            lambda text=text: efssim.plan(scenario, text, ("1 s", "2 s")),
            lambda text=text: efssim.plan(scenario, "duration", (text, "2 s")),
        ):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it is short
                call()
            check(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "{}"], ["run", "s.yaml", "--set", "{}"], ["run", "s.yaml", "--set", "{}=1"],
        ["run", "s.yaml", "--set", "duration={}"], ["run", "s.yaml", "--trials", "{}"],
        ["run", "s.yaml", "--precision", "{}"], ["run", "s.yaml", "--{}"], ["{}"],
        ["run", "s.yaml", "--format", "{}"], ["validate", "{}"], ["run", "s.yaml", "--out", "{}"],
        ["estimate", "s.yaml", "--outage", "{}"], ["plan", "s.yaml", "--vary", "{}"],
        ["plan", "s.yaml", "--vary", "duration={}..2 s"],
        ["plan", "s.yaml", "--vary", "duration=1 s..2 s", "--replication", "{}"],
        ["sweep", "s.yaml", "--vary", "{}=1,2"], ["sweep", "s.yaml", "--vary", "duration={}"],
        ["sweep", "s.yaml", "--vary", "duration=10 s", "--measure", "{}"],
    ],
)  # fmt: skip
def test_long_words_on_the_command_line(words: list[str]) -> None:
    Path("s.yaml").write_text("name: t\nduration: 10 s\n", encoding="utf-8")
    long = [word.replace("{}", LONG["letters"]) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", "from efssim.cli import main; main()", *long],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr[:1000]
    lines = done.stderr.splitlines()
    assert lines
    assert max(map(len, lines)) <= LINE_MAX
    assert len(lines) <= 20


# ---- the helpers --------------------------------------------------------------------------------


def test_short_texts_stay_as_they_are() -> None:
    assert quoted("abc") == "'abc'"
    assert quoted("it's") == "'it's'"
    assert quoted("a\nb") == '"a\\nb"'
    assert cut("x" * QUOTE_MAX) == "x" * QUOTE_MAX
    assert cut("x" * (QUOTE_MAX + 1)) == "x" * (QUOTE_MAX - 1) + "…"
    assert listed(["a", "b"]) == "a, b"
    assert listed(range(15), most=3) == "0, 1, 2, 12 more"
    sentence = "'abc' is not a size such as '64 KiB' (did you mean 'b'?)"
    assert concise(sentence) == sentence
    apart = f"the run's rows {'and more ' * 20}are not the file's"
    assert concise(apart) == apart


def test_the_end_of_a_message_stays() -> None:
    message = concise(f"{'x ' * 5000}is wrong (did you mean 'this'?)")
    assert message.endswith("is wrong (did you mean 'this'?)")
    assert concise(f"'{'y' * 5000}' is wrong") == f"'{'y' * (QUOTE_MAX - 1)}…' is wrong"


@given(st.text(max_size=3000), st.integers(10, 1000))
def test_helpers_are_short_and_one_line(text: str, most: int) -> None:
    assert len(capped(text, most)) <= most
    for short in (cut(text), quoted(text)):
        assert short.isprintable()
        assert len(short) <= 12 * QUOTE_MAX + 2
    assert concise(text).isprintable()
    assert len(concise(text)) <= 12 * MESSAGE_MAX


def test_a_problem_is_one_line() -> None:
    with pytest.raises(ScenarioError) as caught:
        efssim.load({"name": "t", "duration": 10, "a\nb" * 1000: "c\nd"})
    assert "\n" not in str(caught.value)
