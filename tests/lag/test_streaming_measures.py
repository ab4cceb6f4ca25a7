"""Tests of what is measured while a run goes on: blocks do not show, and memory is bounded."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from helpers.worlds import numbers, poisson, scenario, simulate
from hypothesis import given
from hypothesis import strategies as st

import efssim
from efssim.lag.age.curves import OldestPending
from efssim.lag.age.rpo import Violations
from efssim.lag.age.sawtooth import Teeth, age_teeth
from efssim.lag.weighted.binned import state_of_ends
from efssim.lag.weighted.block_sums import BlockSums
from efssim.lag.weighted.streaming import StreamedRamps
from efssim.lag.weighted.time_weighted import Ramps
from efssim.records.run_records import OpenWrites, ReplicationRecords, Snapshot

SHARES = np.array([0.001, 0.07, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0])
cuts = st.lists(st.integers(0, 60), max_size=4)


def pieces(cuts, length):
    """Return slices that divide a length."""
    edges = sorted(min(cut, length) for cut in cuts)
    return [slice(a, b) for a, b in zip([0, *edges], [*edges, length], strict=True)]


def test_a_sum_hangs_on_its_terms_alone():
    terms = np.random.default_rng(1).lognormal(0, 5, 100_000)
    whole, parts = BlockSums(), BlockSums()
    whole.add(terms)
    for part in np.split(terms, [1, 7, 16_383, 16_384, 16_390, 70_000]):
        parts.add(part)
        parts.total()
    assert whole.total() == parts.total() == pytest.approx(math.fsum(terms), rel=1e-14)


def test_a_copied_sum_goes_its_own_way():
    terms = BlockSums()
    terms.add(np.ones(5))
    other = terms.copy()
    other.add(np.ones(20_000))
    assert (terms.total(), other.total()) == (5.0, 20_005.0)


# --- violations ---------------------------------------------------------------------------------

gaps = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=40)


@given(gaps, cuts, st.integers(0, 12))
def test_violations_are_maximal_intervals_above_the_target(steps, cuts, target_s):
    completed = np.cumsum([step for step, _ in steps]).astype(float)
    cut = completed - [back for _, back in steps]
    cut = np.maximum.accumulate(cut)
    teeth = age_teeth(completed, cut, (0.0, 0.0))
    target_s += 0.5  # ages at completions are whole
    found = Violations(target_s)
    for part in pieces(cuts, len(steps)):
        found.add(Teeth(teeth.begin_s[part], teeth.end_s[part], teeth.origin_s[part]))
    # By hand, in half seconds: the age just after each, and the runs of those above the target.
    middles = np.arange(0.0, completed[-1], 0.5) + 0.25
    tooth = completed.searchsorted(middles, "right")
    above = middles - teeth.origin_s[tooth] > target_s
    edges = np.flatnonzero(np.diff(np.concatenate(([0], above.astype(int), [0]))))
    spans = [(a / 2, b / 2) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert [(v.begin_s, v.end_s) for v in found] == spans
    assert len(found) == len(spans)
    assert found.total_s() == sum(b - a for a, b in spans)
    assert found.longest_s() == max((b - a for a, b in spans), default=0.0)
    peaks = [(teeth.high[(teeth.end_s > a) & (teeth.begin_s < b)]).max() for a, b in spans]
    assert [v.peak_s for v in found] == peaks


# --- ramps --------------------------------------------------------------------------------------


def ramps_in(low, high, parts, exact=1 << 20):
    made = StreamedRamps(exact)
    for part in parts:
        made.add(low[part], high[part])
    return made


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)), min_size=1, max_size=60), cuts)
def test_few_segments_are_exact_and_many_are_near(ends, cuts):
    pairs = np.sort(np.array(ends), axis=1)
    low, high = pairs[:, 0].copy(), pairs[:, 1].copy()
    parts, exact = pieces(cuts, len(low)), Ramps(low, high, 2.0)
    kept = ramps_in(low, high, parts).over_time(2.0)
    # Segments without length are left out, which moves the rounding of the sums.
    np.testing.assert_allclose(kept.quantile(SHARES), exact.quantile(SHARES), rtol=1e-12)
    binned = ramps_in(low, high, parts, exact=0).over_time(2.0)
    assert binned.max() == exact.max()
    assert binned.total_s == pytest.approx(exact.total_s, rel=1e-12)
    assert binned.mean() == pytest.approx(exact.mean(), rel=1e-12)
    # A quantile lies within a bin, 0.79 % wide, of one of the exact quantiles beside its share:
    # where no time passes between two values, a rounding of the share chooses between them.
    around = SHARES[:-1, None] + np.array([-1e-9, 0.0, 1e-9])
    near = exact.quantile(around.clip(1e-12, 1.0))
    for found, candidates in zip(binned.quantile(SHARES[:-1]), near, strict=True):
        assert np.abs(found - candidates).min() <= 0.008 * candidates.max()


def test_binned_ramps_do_not_show_their_pieces():
    rng = np.random.default_rng(3)
    low = rng.uniform(4, 6, 50_000)
    high = low + rng.exponential(60, len(low))
    whole = ramps_in(low, high, [slice(None)], exact=1000).over_time()
    parts = pieces([3, 40_000, 40_001], len(low))
    split = ramps_in(low, high, parts, exact=1000).over_time()
    np.testing.assert_array_equal(split.quantile(SHARES), whole.quantile(SHARES))
    assert (split.mean(), split.max()) == (whole.mean(), whole.max())
    exact = Ramps(low, high)
    np.testing.assert_allclose(whole.quantile(SHARES), exact.quantile(SHARES), rtol=0.004)
    for x in (-0.5, 0.0, 4.5, 60.0, 1e9):
        assert whole.share_at_most(x) == pytest.approx(exact.share_at_most(x), abs=0.002)


def test_a_copy_of_binned_ramps_goes_its_own_way():
    one = ramps_in(np.zeros(3), np.full(3, 5.0), [slice(None)], exact=0)
    other = one.copy()
    other.add(np.zeros(9), np.full(9, 50.0))
    assert (one.over_time().max(), other.over_time().max()) == (5.0, 50.0)
    assert one.total_s == 15.0


def test_sums_of_eight_billion_ends_fit_into_64_bits():
    last = state_of_ends(np.nextafter([2.0], 0.0))  # the end of a bin: no part is larger
    assert 2**33 * last.parts[0] < 2**63


def test_time_at_zero_alone():
    made = StreamedRamps(exact=0).over_time(5.0)
    assert (made.max(), made.quantile(0.5), made.share_at_most(0.0)) == (0.0, 0.0, 1.0)


# --- oldest pending -----------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), cuts, st.booleans())
def test_the_oldest_pending_write_by_hand(counts, cuts, begins_new):
    """Syncs every 10 s that take 4 s, each with some writes a second apart before its cut."""
    records = ReplicationRecords(last_replicated_s=None if begins_new else 0.0)
    made = OldestPending(0.0, records)
    cut = 10.0 * np.arange(1, len(counts) + 1)
    writes = [c - np.arange(n, 0, -1.0) + 0.5 for c, n in zip(cut, counts, strict=True)]
    first = np.array([w[0] if len(w) else np.nan for w in writes])
    for part in pieces(cuts, len(counts)):
        if part.stop > part.start:
            made.add({"completed_s": cut[part] + 4.0, "first_write_s": first[part]})
    now_s = cut[-1] + 9.5
    still = (OpenWrites(np.array([cut[-1] + 7.5]), np.array([1]), 1),)
    ramps = made.until(Snapshot(now_s, still, None, 0, 0)).ramps
    # By hand, in half seconds.
    published = np.repeat(cut + 4.0, counts)
    times = np.append(np.concatenate(writes), cut[-1] + 7.5)
    published = np.append(published, np.inf)
    middles = np.arange(14.0 if begins_new else 0.0, now_s, 0.5) + 0.25
    ages = []
    for now in middles:
        pending = times[(times <= now) & (published > now)]
        ages += [now - pending.min()] if len(pending) else []
    assert ramps.total_s == pytest.approx(len(ages) / 2)
    mean = ramps.over_time().mean()
    assert mean == pytest.approx(np.mean(ages)) if ages else mean is None


# --- a run --------------------------------------------------------------------------------------


def busy(**top):
    size = {"lognormal": {"median": 2000, "sigma": 2}}
    sync = {"interval": 20, "setup": {"exponential": {"mean": 9}}, "throughput": 6000}
    return scenario({"w": poisson("1 per s", size)}, sync, "3 h", warm_up=600, **top)


def test_without_records_the_summary_is_the_same():
    kept, bare = simulate(busy()), efssim.run(busy(records="off"))
    assert bare.summary == kept.summary
    assert json.loads(json.dumps(bare.summary)) == bare.summary
    assert [tuple(v) for v in bare.violations.itertuples()] == [
        tuple(v) for v in kept.violations.itertuples()
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda result: result.syncs,
        lambda result: result.age(),
        lambda result: result.pending(),
        lambda result: result.plot(),
        lambda result: result.plot_syncs(),
        lambda result: result.plot_pending(),
    ],
)
def test_without_records_what_needs_syncs_says_so(ask):
    with pytest.raises(ValueError, match="records: off"):
        ask(efssim.run(busy(records="off")))


def test_the_laws_are_checked_without_records_too():
    assert numbers(simulate(busy(records="off"))) == numbers(simulate(busy()))
