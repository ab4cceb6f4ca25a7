"""What people write instead of the right form: an error that names it, or what they meant."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from helpers.full_scenario import FULL, replaced
from helpers.worlds import scenario

import efssim
from efssim.scenario.workload.processes.batch import Batch

HEAD = "name: s\nduration: 10 days\n"
WORLD = (
    HEAD
    + """\
file_systems:
  a:
    region: us-east-1
    writes:
      w: {arrivals: {poisson: {rate: 1 per s}}, size: 1 KiB}
replications: {dr: {source: a, destination: {region: us-west-2}}}
"""
)
PROFILE = "{profile: {rate: 1 per s, %s}}"


def refusal(text, *overrides):
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(text, overrides)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{poisson: {rate: 1 per s}}",
            PROFILE % f"hours: {[1] * 23}",
            "hours: needs 24 values, not 23",
        ),
        (
            "{poisson: {rate: 1 per s}}",
            PROFILE % "timezone: America/NewYork",
            "unknown time zone 'America/NewYork' (did you mean 'America/New_York'?)",
        ),
        (HEAD, HEAD + "rpo: 15 min\n", "rpo: must be a mapping, such as {target: 15 min}"),
        ("{poisson: {rate: 1 per s}}", "{poisson: 1 per s}", "such as {rate: 1 per s}"),
        ("destination: {region: us-west-2}", "destination: us-west-2", "such as {region: us-west"),
        ("    region:", "\t  region:", "a tab indents this line, and YAML takes spaces only"),
        (
            HEAD,
            HEAD + "events: [{at: 1 h, call: DeleteReplicationConfiguration,"
            " with: {SourceFileSystemID: a}}]\n",
            "events.0.with.SourceFileSystemID: unknown parameter of DeleteReplicationConfiguration"
            " (did you mean 'SourceFileSystemId'?)",
        ),
        (
            HEAD,
            HEAD + "events: [{at: 2025-12-31, fail: a}]\n",
            "events.0.at: is before the start of the run, so it would never happen",
        ),
        (
            HEAD,
            HEAD + "events: [{at: 2026-01-12T00:00Z, fail: a}]\n",
            "events.0.at: is after the end of the run, so it would never happen",
        ),
        (
            HEAD,
            HEAD + "events: [{at: 2026-13-01, fail: a}]\n",
            "events.0.at: '2026-13-01' is not a date such as '2026-01-31T12:00:00Z'",
        ),
        (
            "{rate: 1 per s}",
            "{rate: 1 per s, bytes: 1 GB per day}",
            "bytes: goes without `rate`: either writes or bytes per time",
        ),
        ("{rate: 1 per s}", "{bytes: none}", "bytes: needs a rate of bytes, not `none`"),
        ("{rate: 1 per s}", "{}", "poisson: needs rate or bytes"),
        ("rate: 1 per s}}, size: 1 KiB", "bytes: 1 GB/day}}, size: 0", "a finite mean above 0"),
        ("rate: 1 per s", "rate: 1 GB per day", "is a rate of bytes, not of events"),
    ],
)
def test_an_error_names_the_right_form(old, new, told):
    assert WORLD.count(old) == 1
    lines = refusal(WORLD.replace(old, new))
    assert len(lines) == 1
    assert told in lines[0]
    assert lines[0].startswith("<text>:")


def test_a_key_without_its_path():
    (line,) = refusal(WORLD, "interval=5")
    assert line == (
        "--set:1:1: interval: unknown key (did you mean 'replications.dr.sync.interval' or"
        " 'defaults.sync.interval'?)"
    )
    base = efssim.load(WORLD)
    meant = (
        r"^--vary:1:1: throughput: unknown key \(did you mean "
        r"'replications\.dr\.sync\.throughput' or "
    )
    with pytest.raises(efssim.ScenarioError, match=meant):
        efssim.plan(base, "throughput", (1, 2))
    with pytest.raises(efssim.ScenarioError, match=meant):
        efssim.sweep(base, {"throughput": [1, 2]})


def test_a_measure_without_its_lag():
    found = efssim.sweep(
        scenario({}, {"interval": 60}), {"replications.dr.sync.interval": [60, 90]}, workers=1
    )
    with pytest.raises(efssim.StudyError, match=r"did you mean 'time_since_last_sync_s\.p99' or "):
        found.check_measure("p99")


# Dates


def test_a_date_is_a_time():
    world = efssim.load(WORLD + "events: [{at: 2026-01-03T06:00+01:00, fail: a}]\n")
    assert world.events[0].at == 2 * 86400 + 5 * 3600
    assert world == efssim.load(world.model_dump(mode="json", by_alias=True, exclude_unset=True))
    assert world.with_(start="2026-01-02").events[0].at == 86400 + 5 * 3600
    told = scenario({}, {"interval": 60}, "2 days").with_(
        events=[{"at": datetime(2026, 1, 2, tzinfo=UTC), "fail": "fs"}]
    )
    assert told.events[0].at == 86400
    assert efssim.run(told).timeline[0].begin_s == 86400


def test_a_date_in_a_scenario_that_has_no_start():
    lines = refusal(WORLD + "start: soon\nevents: [{at: 2026-01-03, fail: a}]\n")
    assert "start: 'soon' is not a date" in lines[0]


# Volumes


@pytest.mark.parametrize(
    ("size", "mean"),
    [("1 MB", 1e6), ({"exponential": {"mean": "1 MB"}}, 1e6),
     ({"uniform": {"low": 0, "high": "4 MB"}}, 2e6)],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["poisson", "constant", "profile"])
def test_a_volume_is_a_rate_by_the_mean_size(size, mean, kind):
    def world(how):
        return scenario({"w": {"arrivals": {kind: how}, "size": size}}, {"interval": 60}, "1 day")

    by_bytes, by_rate = world({"bytes": "43.2 GB per day"}), world({"rate": 5e5 / mean})
    assert efssim.run(by_bytes).digest == efssim.run(by_rate).digest
    process = getattr(by_bytes.file_systems["fs"].writes["w"].arrivals, kind)
    assert process.rate.per_s == pytest.approx(5e5 / mean)
    again = by_bytes.with_({"file_systems.fs.writes.w.size": "2 MB"})
    process = getattr(again.file_systems["fs"].writes["w"].arrivals, kind)
    assert process.rate.per_s == pytest.approx(0.25)


def test_a_volume_adds_up():
    world = scenario(
        {"w": {"arrivals": {"constant": {"bytes": "200 GB per day"}}, "size": "1 MB"}},
        {"interval": 60}, "1 day",
    )  # fmt: skip
    written = efssim.run(world).summary["replications"]["dr"]["writes"]
    assert written["bytes"] == 200e9
    assert written["count"] == 200_000


def test_a_volume_without_a_size_has_one_problem():
    (line,) = refusal(
        WORLD.replace("rate: 1 per s", "bytes: 1 GB per day").replace(", size: 1 KiB", "")
    )
    assert "needs arrivals and size, or a trace" in line


# Time zones of batches


def batch(**more):
    given = {"at": "02:00", "every": "1 day", "writes": 1, "over": 0, **more}
    return Batch.model_validate(given)


def first(part, start, n):
    return [start + timedelta(seconds=s) for s in itertools.islice(part.begins(start), n)]


def test_a_batch_follows_the_clock_of_its_zone():
    start = datetime(2026, 3, 28, tzinfo=UTC)
    # Berlin changes to summer time on 29 March 2026 at 01:00 UTC.
    local = first(batch(timezone="Europe/Berlin", at="04:00"), start, 3)
    assert [f"{moment:%d %H:%M}" for moment in local] == ["28 03:00", "29 02:00", "30 02:00"]
    utc = first(batch(at="04:00"), start, 3)
    assert [f"{moment:%d %H:%M}" for moment in utc] == ["28 04:00", "29 04:00", "30 04:00"]
    # Every 6 h is no time of day: from the first job on by the clock that never changes.
    hours = first(batch(timezone="Europe/Berlin", at="04:00", every="6 h"), start, 6)
    assert np.ptp(np.diff([moment.timestamp() for moment in hours])) == 0


def test_a_batch_in_utc_is_what_it_was():
    start = datetime(2026, 1, 1, 6, tzinfo=UTC)
    assert list(itertools.islice(batch(every="6 h").begins(start), 3)) == [72000, 93600, 115200]
    assert batch().first_after(start) == 20 * 3600


def test_jobs_never_overlap_when_the_clock_leaps():
    start = datetime(2026, 3, 28, tzinfo=UTC)
    part = batch(timezone="Europe/Berlin", over="1 day", writes=3)
    begins = np.array(list(itertools.islice(part.begins(start), 5)))
    assert (np.diff(begins) >= 86400).all()
    world = scenario(
        {"w": {"arrivals": {"batch": part.model_dump(exclude_unset=True)}, "size": 1}},
        {"interval": 3600}, "5 days",
    ).with_(start=start)  # fmt: skip
    efssim.run(world, verify=True)


# Pairs of problems


OFF = ("file_systems", "orders", "writes", "bursts", "arrivals", "on_off", "off")
BAD = {
    ("duration",): "soon",
    ("warm_up",): "-1 s",
    ("rpo", "target"): "0 s",
    ("links", "us-east-1 -> eu-south-1", "capacity"): "fast",
    ("regions", "eu-south-1", "opting_in"): "later",
    ("file_systems", "orders", "region"): "us-east-9",
    ("file_systems", "orders", "size"): "2 TIB",
    ("file_systems", "orders", "writes", "oltp", "size"): "small",
    ("file_systems", "orders", "writes", "oltp", "files"): 0,
    ("file_systems", "orders", "writes", "oltp", "arrivals", "poisson", "rate"): "often",
    ("file_systems", "orders", "writes", "oltp", "hot_set", "share"): 2,
    ("file_systems", "orders", "writes", "daily", "arrivals", "profile", "timezone"): "Berlin",
    ("file_systems", "orders", "writes", "nightly", "arrivals", "batch", "at"): "2 am",
    ("file_systems", "orders", "writes", "nightly", "arrivals", "batch", "over"): "2 days",
    ("file_systems", "orders", "writes", "oltp", "colour"): "red",
    ("replications", "dr", "source"): "order",
    ("replications", "dr", "destination", "region"): "us-east-9",
    ("replications", "dr", "sync", "throughput"): "0 B/s",
    ("replications", "dr", "sync", "failure_probability"): 1,
    ("file_systems", "orders", "writes", "oltp", "hot_set", "block"): "11 GiB",
    ("file_systems", "orders", "writes", "oltp", "size", "lognormal", "sigma"): -1,
    ("file_systems", "orders", "writes", "daily", "size", "uniform", "low"): "2 MiB",
    (*OFF, "pareto", "max"): 1,
    (
        "file_systems",
        "orders",
        "writes",
        "bursts",
        "arrivals",
        "on_off",
        "off",
        "pareto",
        "alpha",
    ): 0,
    ("replications", "dr", "control", "pausing"): "a bit",
    ("events", 0, "opt_out"): "us-east-2",
    ("events", 1, "for"): "long",
    ("events", 2, "factor"): 0,
    ("events", 7, "fail"): "nobody",
    ("events", 8, "at"): "31 days",
    ("events", 6, "code"): "Nope",
    ("faults", "wan", "every"): "0 s",
    ("defaults", "undocumented", "protection_disabled_is_read_only"): "maybe",
}


def problems_of(*changes):
    data = FULL
    for path in changes:
        data = with_value(data, path, BAD[path])
    try:
        efssim.load(data)
    except efssim.ScenarioError as error:
        return {str(problem) for problem in error.problems}
    return set()


def with_value(data, path, value):
    """Return a copy of nested data with another value at a path."""
    head, *rest = path
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[head] = with_value(data[head], rest, value) if rest else value
    return copy


def is_below(path, other):
    return path[: len(other)] == other


def test_time_that_cannot_pass_is_seen_beside_another_problem():
    sync = "established: true, sync: {preset: none, throughput: fast}"
    lines = refusal(WORLD.replace("destination: {", f"{sync}, destination: {{"))
    assert ["fast" in lines[0] or "no time" in lines[0], len(lines)] == [True, 2]
    assert any("interval, gap and setup are all zero, so no time can pass" in x for x in lines)


@pytest.fixture(scope="module")
def alone():
    return {path: problems_of(path) for path in BAD}


def test_each_is_a_problem(alone):
    assert all(alone.values()), [path for path, told in alone.items() if not told]


@pytest.mark.parametrize("one", BAD, ids=lambda path: ".".join(map(str, path)))
def test_a_problem_hides_no_other(alone, one):
    # What follows from a value that is unknown, as whether an event lies in the run, may go.
    follows = {("duration",): {("events", 8, "at"), ("warm_up",)}}
    for other in BAD:
        if (
            not is_below(one, other)
            and not is_below(other, one)
            and other not in follows.get(one, ())
        ):
            assert alone[other] <= problems_of(one, other), other


def test_the_full_scenario_is_still_full():
    assert replaced(("seed",), 2)["seed"] == 2
