"""Draws that many worlds have in common: made once, read by each, and no result depends on it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from helpers.full_scenario import FULL
from helpers.random_worlds import DURATION_S, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim import Scenario, ScenarioError
from efssim.model.kernel.draws import Draws, UnitUniform
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.writes.cells.law import SmallWrites, cell_law
from efssim.model.writes.change_sets import Work
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.stream import Stream
from efssim.model.writes.tapes import KnownSyncs, SharedCells, Tape, TapeReader
from efssim.records.states import Amount
from efssim.runs.measured import MeasuredWorld
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Size
from efssim.scenario.unknowns.quantity import quantity_at
from efssim.study.trial.outcome import Done, run_trial
from efssim.text.yaml.paths import parse_path

ALL = 2**30


class Counted:
    """A source of times 0, 1, 2, … with amounts of twice that, up to so many; counts its calls."""

    def __init__(self, total: int) -> None:
        self.total, self.calls, self.made = total, 0, 0

    def make(self) -> Any:
        self.made += 1
        at = 0

        def take(n: int) -> Any:
            nonlocal at
            self.calls += 1
            times = np.arange(at, min(at + n, self.total)).astype(np.float64)
            at += len(times)
            return times, (2 * times).astype(np.int64)[None, :]

        return take


def read(reader: TapeReader, n: int, blocks: int) -> list[float]:
    return [time for _ in range(blocks) for time in reader.take(n)[0].tolist()]


def test_a_second_reader_gets_what_the_first_has_drawn_and_draws_on():
    source = Counted(25)
    tape = Tape(source.make, SharedDraws(ALL))
    first, second = TapeReader(tape), TapeReader(tape)
    assert read(first, 5, 2) == list(range(10))
    times, amounts = second.take(3)
    assert times.tolist() == list(range(10))
    assert amounts.tolist() == [list(range(0, 20, 2))]
    assert source.calls == 2
    assert read(second, 5, 1) == list(range(10, 15))
    assert read(first, 5, 1) == list(range(10, 15))
    assert source.calls == 3
    assert read(first, 50, 3) == list(range(15, 25))
    assert read(second, 50, 3) == list(range(15, 25))
    assert source.made == 1


def test_running_totals_begin_with_zero_and_go_on_where_more_is_drawn():
    tape = Tape(Counted(9).make, SharedDraws(ALL))
    reader = TapeReader(tape)
    assert reader.whole() is None
    read(reader, 3, 2)
    times, sizes, totals, _ = tape.running()
    assert times.tolist() == [0, 1, 2, 3, 4, 5]
    assert sizes.tolist() == [0, 2, 4, 6, 8, 10]
    assert totals.tolist() == [[0, 0, 2, 6, 12, 20, 30]]
    read(reader, 3, 1)
    assert tape.running().totals.tolist() == [[0, 0, 2, 6, 12, 20, 30, 42, 56, 72]]
    with pytest.raises(ValueError, match="read-only"):
        tape.running().times_s[0] = 1.0


@pytest.mark.parametrize("room", [0, 100, 170])
def test_where_there_is_no_room_each_reader_draws_its_own(room: int):
    source = Counted(30)
    shared = SharedDraws(room)
    tape = Tape(source.make, shared)
    first, late = TapeReader(tape), TapeReader(tape)
    late_begins = read(late, 5, 1)
    assert read(first, 5, 1) + read(first, 5, 4) == list(range(25))
    assert late_begins + read(late, 4, 5) == list(range(25))
    assert read(TapeReader(tape), 6, 2) == list(range(12))
    assert not tape.is_kept
    assert shared.keep(room), "the room was given back"


def test_a_reader_goes_on_in_the_midst_of_a_block_of_its_own() -> None:
    """The source returns one write more than it is asked for, and there is room for six."""
    source = Counted(100)

    def make() -> Any:
        take = source.make()
        return lambda n: take(n + 1)

    tape = Tape(make, SharedDraws(6 * 24))
    first, late = TapeReader(tape), TapeReader(tape)
    assert read(late, 5, 1) == read(first, 5, 1) == list(range(6))
    assert read(first, 5, 1) == list(range(6, 12))
    assert not tape.is_kept
    blocks = [late.take(4) for _ in range(2)]
    assert [times.tolist() for times, _ in blocks] == [[6], [7, 8, 9, 10, 11]]
    assert [amounts.tolist() for _, amounts in blocks] == [[[12]], [[14, 16, 18, 20, 22]]]


def test_draws_by_ordinal_are_the_same_with_and_without_others():
    shared = SharedDraws(3 * 8192)
    for trial in (0, 1, 0):
        alone = Draws(5, trial).of("x", UnitUniform())
        among = Draws(5, trial, shared).of("x", UnitUniform())
        assert among.take(1000, 3000).tolist() == alone.take(1000, 3000).tolist()
        assert among[5000] == alone[5000]
    assert Draws(5, 0, shared).of("x", UnitUniform()) is Draws(5, 0, shared).of("x", UnitUniform())


def test_a_source_may_have_nothing():
    nothing = (np.zeros(0), np.zeros((1, 0), dtype=np.int64))
    tape = Tape(lambda: lambda _: nothing, SharedDraws(ALL))
    tape.draw_until(100.0)
    for _ in range(2):
        times, amounts = TapeReader(tape).take(5)
        assert (times.shape, amounts.shape) == ((0,), (1, 0))


def test_a_stream_that_begins_later_has_none_of_the_earlier_writes_of_others() -> None:
    tape = Tape(Counted(40).make, SharedDraws(ALL))
    read(TapeReader(tape), 20, 1)
    whole = Curve(Stream(TapeReader(tape), after_s=-1.0))
    late = Curve(Stream(TapeReader(tape), after_s=3.0))
    for curve in whole, late:
        curve.extend(20)
    assert (whole.has_all, late.has_all) == (True, False)
    # The writes at 0, 1, …, 10 have 0, 2, …, 20 bytes.
    assert whole.written(10.0) == Amount(11, 110)
    assert late.written(10.0) == Amount(7, 98)


def test_curves_of_the_same_writes_look_up_many_equal_cuts_once() -> None:
    tape = Tape(Counted(400).make, SharedDraws(ALL))
    read(TapeReader(tape), 400, 1)
    curves = [Curve(Stream(TapeReader(tape), after_s=-1.0)) for _ in range(2)]
    many_s, few_s = np.arange(1.0, 101.0), np.array([3.0])
    for curve in curves:
        curve.extend(400)
        # Up to 3, of 2, 4 and 6 bytes: too few cuts to be kept.
        assert curve.work(few_s, curve.ends(few_s)).bytes.tolist() == [12]
    first, second = (curve.work(many_s, curve.ends(many_s)) for curve in curves)
    assert first.bytes.tolist() == second.bytes.tolist() == list(range(2, 202, 2))
    assert np.shares_memory(first.bytes, second.bytes)


def work_of(cuts_s: list[float], ends: list[int]) -> Work:
    """Return change sets that end at the given writes; the rest of them says nothing."""
    column = np.array(ends)
    return Work(np.array(cuts_s), *[column] * 5, np.array(cuts_s), column[:, None], column, column)


def test_syncs_are_known_as_far_as_stretches_go_on_at_the_same_step() -> None:
    known = KnownSyncs(SharedDraws(ALL))
    known.add(work_of([10.0, 20.0, 30.0], [1, 4, 5]), 0)
    known.add(work_of([40.0, 50.0, 60.0], [8, 9, 9]), 5)
    for cuts_s, ends, published in (
        ([75.0, 85.0, 95.0], [10, 11, 12], 9),  # a step of 15
        ([70.0, 80.0, 90.0], [10, 11, 12], 8),  # a write is sent again
    ):
        known.add(work_of(cuts_s, ends), published)
        assert known.ends(np.array(cuts_s)) is None
    known.add(work_of([70.0, 80.0], [10, 11]), 9)
    found = [known.ends(np.array(cuts_s)) for cuts_s in ([10.0], [50.0, 60.0], [70.0, 80.0])]
    assert [ends.tolist() for ends in found if ends is not None] == [
        [[1]],
        [[9], [9]],
        [[10], [11]],
    ]
    assert known.ends(np.array([30.0, 40.0])) is None, "of two stretches"
    assert known.ends(np.array([5.0])) is None, "before them all"
    work = known.work(np.array([40.0, 50.0]), 5)
    assert work is not None
    assert work.ends.tolist() == [[8], [9]]
    assert known.work(np.array([40.0, 50.0]), 4) is None, "other writes are published"
    work = known.work(np.array([60.0]), 9)
    assert work is not None
    assert work.ends.tolist() == [[9]]
    assert known.work(np.array([60.0]), 8) is None, "9 are, by the cut at 50"


class Asked:
    """A source that notes how many writes it is asked for: 1000 at once, then one a second."""

    def __init__(self, rows: int = 1) -> None:
        self.rows, self.at = rows, 0
        self.blocks: list[int] = []

    def make(self) -> Any:
        return self.take

    def take(self, n: int) -> Any:
        self.blocks.append(n)
        times = np.maximum(np.arange(self.at, self.at + n) - 999.0, 1.0)
        self.at += n
        return times, np.ones((self.rows, n), dtype=np.int64)


def test_a_run_is_drawn_in_blocks_that_grow_until_one_reaches_beyond_its_end() -> None:
    source = Asked()
    tape = Tape(source.make, SharedDraws(ALL))
    tape.draw_until(100_000.0)
    assert source.blocks == [512, 1024, 2048, 4096, 8192, 16_384, *[32_768] * 3]
    assert tape.count == sum(source.blocks)
    tape.draw_until(200_000.0)
    assert len(source.blocks) == 9, "others have drawn"


def test_a_burst_at_the_begin_does_not_look_like_too_much_for_the_room() -> None:
    """At the rate of the first 512 writes, 6,000 s would have three millions."""
    tape = Tape(Asked().make, SharedDraws(10**6))
    tape.draw_until(6000.0)
    assert tape.is_kept
    assert tape.count > 6000 + 1000


@pytest.mark.parametrize("rows", [1, 3])
def test_the_room_of_writes_is_that_of_times_amounts_and_totals(rows: int) -> None:
    shared = SharedDraws(ALL)
    TapeReader(Tape(Asked(rows).make, shared)).take(10)
    assert ALL - shared.left_bytes == 10 * 8 * (1 + 2 * rows)


def test_writes_by_whole_hours_are_those_up_to_each() -> None:
    times = np.array([0.0, 0.5, 3600.0, 3601.0, 10_800.0, 10_801.0])
    amounts = np.ones((1, len(times)), dtype=np.int64)
    tape = Tape(lambda: lambda _: (times, amounts), SharedDraws(ALL))
    TapeReader(tape).take(1)
    assert tape.running().by_hour.tolist() == [1, 3, 4, 5]


def test_cells_that_others_have_read_are_put_together_with_those_drawn_now() -> None:
    """A cell has one write more than the one before, of ten bytes each."""

    def make() -> Any:
        at = 0

        def take(n: int) -> Any:
            nonlocal at
            counts = np.arange(at, at + n)
            at += n
            return counts, 10 * counts

        return take

    law, draws = cell_law(Distribution[Size].model_validate({"constant": 10}), 1.0), Draws(1)
    writes = SmallWrites(law, draws.generator("n"), draws.generator("b"), 1)
    tape = Tape(make, SharedDraws(ALL))
    TapeReader(tape).take(3)
    cells = SharedCells(writes, TapeReader(tape))
    assert (cells.law, cells.key) == (law, 1)
    for first, last in ((0, 7), (7, 9)):
        found = cells.take(last - first)
        assert [part.tolist() for part in found] == [
            list(range(first, last)),
            list(range(10 * first, 10 * last, 10)),
        ]


# --- whole worlds -----------------------------------------------------------------------------


def ran(scenario: Scenario, shared: SharedDraws | None) -> Any:
    """Return all that a run leaves, or how it failed."""
    try:
        world = MeasuredWorld(scenario, shared=shared)
        world.advance_to_end()
        run = world.so_far()
    except Exception as error:  # the same one has to come with and without
        return repr(error)
    columns = {
        name: {
            column: each.syncs[column].tolist() for column in ("cut_s", "bytes", "first_write_s")
        }
        for name, each in run.outcomes.items()
    }
    return run.digest, repr(run.run_summary), repr(columns), world.lag_states()


VALUES = {"sync.throughput": ["none", 700.0], "sync.interval": [77.0], "sync.setup": [2.5]}


@settings(max_examples=60, deadline=None)
@given(
    worlds,
    st.sampled_from([(path, value) for path, values in VALUES.items() for value in values]),
    st.sampled_from([ALL, ALL, 0, 2_000, 60_000]),
)
def test_a_world_is_the_same_with_the_draws_of_others(
    world: Scenario, change: tuple[str, Any], room: int
):
    varied = world.with_({f"replications.dr.{change[0]}": change[1]})
    shared = SharedDraws(room)
    assert world.duration == DURATION_S
    for each in (world, varied, world):
        assert ran(each, shared) == ran(each, None)


def full(**top: Any) -> Scenario:
    """Return the scenario with every key in 100 minutes, in which everything happens."""
    data: dict[str, Any] = copy.deepcopy(FULL)
    data |= {"duration": "100 min", "warm_up": "5 min", "records": "off", **top}
    for k, event in enumerate(data["events"]):
        event["at"] = f"{10 + 9 * k} min"
        if "for" in event:
            event["for"] = "6 min"
    data["faults"]["wan"]["every"] = {"exponential": {"mean": "1 h"}}
    data["file_systems"]["orders"]["writes"]["oltp"]["arrivals"] = {"poisson": {"rate": 1}}
    logs = data["file_systems"]["logs"]["writes"]
    logs["busy"] = {**logs.pop("w"), "drawn": "cells"}
    return Scenario.model_validate(data)


def numbers(part: Any, path: str = "") -> list[str]:
    """Return the paths of all numbers of a scenario."""
    if isinstance(part, dict):
        return [found for key, each in part.items() for found in numbers(each, _joined(path, key))]
    if isinstance(part, list):  # hours, weekdays, events: those after the first ones are alike
        few = enumerate(part[:2] if part and isinstance(part[0], int | float) else part)
        return [found for k, each in few for found in numbers(each, f"{path}.{k}")]
    quantity = quantity_at(parse_path(path)) if path else None
    return [path] if quantity is not None else []


def _joined(path: str, key: str) -> str:
    key = f'"{key}"' if not key.replace("-", "").replace("_", "").isalnum() else key
    return f"{path}.{key}" if path else key


DRAWN_ANEW = ("file_systems.", "duration", "seed")
"""Where keys begin that change what a stream of writes draws, in any scenario."""


def test_every_number_of_the_grammar_gives_what_a_separate_run_gives():
    base, shared = full(), SharedDraws(ALL)
    run_trial(base, 1, 2, shared=shared)
    tried, redrawn = [], []
    for path in numbers(full().model_dump(mode="json", by_alias=True, exclude_none=True)):
        changed = _changed(base, path)
        if changed is None:
            continue
        before = drawn_writes(shared)
        assert run_trial(changed, 1, 2, shared=shared) == run_trial(changed, 1, 2), path
        tried.append(path)
        if drawn_writes(shared) != before:
            redrawn.append(path)
    assert len(tried) > 60
    assert "replications.dr.sync.throughput" in tried
    assert not [path for path in redrawn if not path.startswith(DRAWN_ANEW)]
    assert [path for path in redrawn if path.endswith("rate")], "other writes are drawn anew"


def _changed(base: Scenario, path: str) -> Scenario | None:
    """Return the scenario with half as much again at a path; None where that is none."""
    quantity = quantity_at(parse_path(path))
    assert quantity is not None
    part: Any = base.model_dump(mode="json", by_alias=True)
    for segment in parse_path(path):
        part = part[segment]
    try:
        number = quantity.parse(part)
        return base.with_({path: quantity.rounded(1.5 * number)}) if number else None
    except (ScenarioError, ValueError):
        return None


def drawn_writes(shared: SharedDraws) -> int:
    """Return how many streams of writes there are that some world drew."""
    return sum(len(made) for name, made in shared._found.items() if ".writes." in str(name))


def test_equal_trials_share_and_others_do_not() -> None:
    shared, base = SharedDraws(ALL), full()
    first: Done = run_trial(base, 1, 2, shared=shared)
    count = drawn_writes(shared)
    assert run_trial(base, 1, 2, shared=shared) == first
    assert drawn_writes(shared) == count
    assert run_trial(base, 1, 3, shared=shared) == run_trial(base, 1, 3)
    assert run_trial(base, 2, 2, shared=shared) == run_trial(base, 2, 2)
    assert drawn_writes(shared) == 3 * count
