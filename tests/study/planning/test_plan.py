"""Tests of the planner: thresholds that closed forms know, outcomes, confirmation, command line."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import time
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from helpers.places import EFSSIM, SCENARIOS
from helpers.worlds import constant, poisson, scenario, simulate

import efssim
from efssim.report.text.plan import plan_report
from efssim.study.errors import OutOfTimeError, StudyError
from efssim.study.planning.evaluation import Evaluation, evaluated
from efssim.study.planning.findings import Answer, FaultlessWindows
from efssim.study.planning.plan import PlanSearch

matplotlib.use("Agg")

THROUGHPUT = "replications.dr.sync.throughput"
INTERVAL = "replications.dr.sync.interval"
LINK = "us-east-1 -> us-west-2"
ALWAYS = {"attainment": 1.0}


def plan(world: efssim.Scenario, vary: str, *between: object, **options: Any) -> efssim.Plan:
    """Plan without other objectives, in this process, and check what holds for every plan."""
    made = efssim.plan(world, vary, (between[0], between[1]), shares=(), workers=1, **options)
    assert len(made.evaluations) <= 15
    if made.answer is not None:
        ends = sorted((made.answer.fails_at, made.answer.holds_at))
        assert ends[1] <= 1.02 * ends[0]
        smallest = made.answer.holds_at > made.answer.fails_at
        assert made.direction == ("smallest" if smallest else "largest")
    return made


def encloses(made: efssim.Plan, threshold: float) -> bool:
    """Whether a threshold lies in the interval of the answer, ends included."""
    assert made.answer is not None
    ends = sorted((made.answer.fails_at, made.answer.holds_at))
    print(f"{made.parameter.path}: {ends[0]:.6g} to {ends[1]:.6g}, closed form {threshold:.6g}")
    return ends[0] <= threshold <= ends[1]


# --- closed forms: nothing random, the answer is exact up to its interval -----------------------


@pytest.mark.parametrize(("target", "setup"), [(80, 0), (100, 7), (61, 0.5)])
def test_smallest_throughput_of_periodic_syncs(target: float, setup: float) -> None:
    # Whole writes in every interval: the peak is S + rho I + I.
    sync = {"interval": 60, "setup": setup}
    world = scenario({"w": constant()}, sync, "2 h", rpo={"target": target} | ALWAYS)
    made = plan(world, THROUGHPUT, "500 B/s", "1 MiB/s")
    assert made.outcome == "found"
    assert encloses(made, 1000 * 60 / (target - 60 - setup))


def test_largest_interval_of_periodic_syncs() -> None:
    # S + (1 + rho) I <= r, with rho = 0.25.
    sync = {"setup": 10, "throughput": 4000}
    world = scenario(
        {"w": constant("10 per s", "100 B")}, sync, "6 h", rpo={"target": 310} | ALWAYS
    )
    made = plan(world, INTERVAL, "10 s", "1 h")
    assert made.direction == "largest"
    assert encloses(made, 300 / 1.25)


def test_largest_growth_of_a_file_system() -> None:
    # S + I + g rho I <= r with rho = 0.1: g = (r - I - S) / (rho I).
    sync = {"interval": 60, "setup": 5, "throughput": 10_000}
    world = scenario({"w": constant("10 per s", "100 B")}, sync, "2 h", rpo={"target": 83} | ALWAYS)
    made = plan(world, "file_systems.fs.growth", 0.1, 30)
    assert made.direction == "largest"
    assert encloses(made, 18 / 6)


def test_largest_number_of_files() -> None:
    # S + n / scan_rate + I <= r, in whole files.
    sync = {"interval": 60, "setup": 5, "scan_rate": "1 per s"}
    world = scenario({"w": constant()}, sync, "1 h", rpo={"target": 85.5} | ALWAYS)
    # Whole neighbours are further apart than 2 %.
    made = efssim.plan(world, "file_systems.fs.files", (1, 30), shares=())
    assert made.summary["answer"] == {"fails_at": 21, "holds_at": 20, "unit": "count", "text": "20"}


@pytest.mark.parametrize(("gap", "setup", "target"), [(20, 0, 60), (20, 3, 90), (0, 12, 70)])
def test_fluid_sizing_of_gated_cycles(gap: float, setup: float, target: float) -> None:
    # The steady peak S + (1 + rho)(V + S) / (1 - rho) <= r; for S = 0: b = w (r + V) / (r - V).
    written = 10_000
    rho = (target - 2 * setup - gap) / (target + gap)
    threshold = written / rho
    if setup == 0:
        assert threshold == pytest.approx(written * (target + gap) / (target - gap))
    world = scenario(
        {"w": constant("100 per s", "100 B")},
        {"gap": gap, "setup": setup},
        "3 h",
        warm_up="1 h",
        rpo={"target": target} | ALWAYS,
    )
    made = plan(world, THROUGHPUT, "10 kB/s", "1 MB/s")
    assert encloses(made, threshold)


def test_catch_up_after_an_outage() -> None:
    # The outage ends with no sync in flight, 1045 s after the last cut:
    # d_0 = 1045 s, d_1 = rho d_0.
    # The age just before the first catch-up sync completes is d_0 + d_1 <= r.
    outage = {"at": 645, "link_outage": "us-east-1 -> us-west-2", "for": 1000}
    world = scenario(
        {"w": constant("10 per s", "1000 B")},
        {"interval": 60},
        "2 h",
        rpo={"target": 1300} | ALWAYS,
        events=[outage],
    )
    made = plan(world, THROUGHPUT, "15 kB/s", "10 MB/s")
    assert encloses(made, 10_000 * 1045 / (1300 - 1045))


def test_overwrites_that_coalesce() -> None:
    # C = V + U(C) / b, peak V + 2 U(C) / b: at the threshold C = (r + V) / 2.
    block, blocks, gap, target, rate = 65_536, 500, 60, 160, 20
    hot = {"size": block * blocks, "block": block}
    world = scenario(
        {"w": {**constant(f"{rate} per s", f"{block} B"), "hot_set": hot}},
        {"gap": gap},
        "4 h",
        warm_up="1 h",
        rpo={"target": target} | ALWAYS,
    )
    cycle = (target + gap) / 2
    unique = block * blocks * -math.expm1(rate * cycle * math.log1p(-1 / blocks))
    threshold = unique / ((target - gap) / 2)
    assert threshold < rate * block / 1.9  # rho is above 1.9 if overwrites are sent
    made = plan(world, THROUGHPUT, "100 kB/s", "100 MB/s")
    assert encloses(made, threshold)


def test_what_a_plan_says_fails_fails_and_what_it_says_holds_holds() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "2 h", rpo={"target": 80} | ALWAYS)
    made = plan(world, THROUGHPUT, "500 B/s", "1 MiB/s")
    assert made.answer is not None
    for value, met in ((made.answer.fails_at, False), (made.answer.holds_at, True)):
        sync = {"interval": 60, "throughput": value}
        again = scenario({"w": constant()}, sync, "2 h", rpo={"target": 80} | ALWAYS)
        assert simulate(again).summary["replications"]["dr"]["rpo"]["met"] is met


def test_the_text_of_an_answer_is_its_value() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "2 h", rpo={"target": 80} | ALWAYS)
    answer = plan(world, THROUGHPUT, "500 B/s", "1 MiB/s").summary["answer"]
    sync = {"interval": 60, "throughput": answer["text"]}
    written = scenario({"w": constant()}, sync)
    assert written.replications["dr"].sync.throughput == answer["holds_at"]


def test_a_range_that_begins_at_0() -> None:
    # V + 2 rho C ... with rho = 0.5, S = 10: the peak is 10 + 3 (V + 10) <= 100.
    sync = {"setup": 10, "throughput": 20_000}
    streams = {"w": constant("100 per s", "100 B")}
    world = scenario(streams, sync, "3 h", warm_up="1 h", rpo={"target": 100} | ALWAYS)
    made = plan(world, "replications.dr.sync.gap", 0, "10 min")
    assert made.direction == "largest"
    assert encloses(made, 20)


def test_the_target_itself_can_be_planned() -> None:
    sync = {"interval": 60, "setup": 10}
    world = scenario({"w": constant()}, sync, "2 h", rpo=ALWAYS)
    made = plan(world, "rpo.target", "10 s", "1 h")
    assert encloses(made, 70)
    assert "RPO of dr: age at most the target always" in plan_report(made, "x")


# --- outcomes -----------------------------------------------------------------------------------


def test_always_and_never() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    always = plan(world, THROUGHPUT, "100 kB/s", "1 MB/s")
    assert (always.outcome, always.answer, always.direction) == ("always", None, "smallest")
    never = plan(world, THROUGHPUT, "100 kB/s", "1 MB/s", rpo="30 s")
    assert (never.outcome, never.answer) == ("never", None)
    assert always.text == (
        f"every value tried of {THROUGHPUT} from 97.7 KiB/s to 977 KiB/s meets the objective: 7 "
        "of them, none between 549 KiB/s and 977 KiB/s"
    )
    assert never.text == (
        f"no value tried of {THROUGHPUT} from 97.7 KiB/s to 977 KiB/s meets the objective: 7 "
        "of them, none between 549 KiB/s and 977 KiB/s"
    )
    assert len(never.evaluations) <= 7


def test_where_every_value_holds_no_row_of_other_objectives_is_an_answer() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    between = ("100 kB/s", "1 MB/s")
    made = efssim.plan(world, THROUGHPUT, between, shares=(0.9,), workers=1)
    assert made.outcome == "always"
    assert [row.value for row in made.what_if] == [1e5, 1e5]
    assert [row.confirmed for row in made.what_if] == [False, False]


def test_ctrl_c_leaves_what_was_evaluated() -> None:
    def press(_: Evaluation) -> None:
        raise KeyboardInterrupt

    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    made = plan(world, THROUGHPUT, "100 kB/s", "1 MB/s", on_progress=press)
    assert made.partial
    assert (made.outcome, made.answer, len(made.evaluations)) == ("undecided", None, 1)


def test_the_direction_shows_where_every_value_meets_the_objective() -> None:
    world = scenario({"w": constant()}, {"interval": 60, "throughput": "1 MB/s"}, "1 h")
    assert plan(world, "file_systems.fs.growth", 1, 10).direction == "largest"


def test_a_resonance_is_not_monotone() -> None:
    world = efssim.load(SCENARIOS / "resonance.yaml")
    made = plan(world, INTERVAL, "15 min", "60 min")
    assert (made.outcome, made.answer) == ("not_monotone", None)
    runs = made.holds_on
    assert (1800.0, 1800.0) in runs
    assert runs[0][0] == 900.0
    assert runs[0][1] < 1500.0
    by_value = {each.value: each.met for each in made.evaluations}
    assert any(not met for value, met in by_value.items() if runs[0][1] < value < 1800)
    assert "no single limit" in made.text
    assert "30 min" in made.text


def test_the_objective_of_the_scenario_is_replaced() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "2 h")
    made = plan(world, THROUGHPUT, "500 B/s", "1 MB/s", rpo="80 s", attainment="100 %")
    assert encloses(made, 3000)
    assert made.summary["objective"] == {
        "target_s": 80.0,
        "attainment": 1.0,
        "confidence": 0.95,
        "replications": ["dr"],
    }


def test_the_replication_of_the_path_counts_or_all() -> None:
    system = {"region": "us-east-1", "writes": {"w": constant()}}
    part = {"destination": {"region": "us-west-2"}, "established": True}
    world = efssim.Scenario.model_validate(
        {
            "name": "two",
            "duration": "1 h",
            "rpo": ALWAYS,
            "file_systems": {"a": system, "b": system},
            "replications": {
                "slow": {**part, "source": "a", "sync": {"preset": "none", "interval": 100}},
                "fast": {**part, "source": "b", "sync": {"preset": "none", "interval": 10}},
            },
        }
    )
    of_path = plan(world, "replications.fast.sync.setup", "1 ms", "50 s", rpo="30 s")
    assert of_path.objective.replications == ("fast",)
    assert encloses(of_path, 15)  # beyond the interval back to back: 2 S <= r
    named = plan(world, "rpo.target", "5 s", "1 h", replication="fast")
    assert encloses(named, 10)
    both = plan(world, "rpo.target", "5 s", "1 h")
    assert both.objective.replications == ("slow", "fast")
    assert encloses(both, 100)


# --- random scenarios ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def random_plan() -> efssim.Plan:
    world = scenario(
        {"app": poisson("0.1 per s", {"exponential": {"mean": "10 MiB"}})},
        {"gap": "30 s", "setup": {"exponential": {"mean": "2 s"}}},
        "30 min",
        rpo={"target": "100 s", "attainment": 0.97},
    )
    return efssim.plan(world, THROUGHPUT, ("0.5 MiB/s", "20 MiB/s"), trials=10, workers=1)


def test_an_answer_is_confirmed_on_fresh_seeds(random_plan: efssim.Plan) -> None:
    assert random_plan.outcome == "found"
    assert random_plan.answer is not None
    searched = [e for e in random_plan.evaluations if e.stage == "search"]
    last = random_plan.evaluations[-1]
    assert {(e.seed, e.trials) for e in searched} == {(1, 10)}
    assert (last.stage, last.met, last.value) == ("confirmation", True, random_plan.answer.holds_at)
    assert last.seed != 1
    assert last.trials >= 40
    assert last.interval.low >= 0.97


def test_the_same_plan_comes_out_again_in_other_processes(random_plan: efssim.Plan) -> None:
    between = ("0.5 MiB/s", "20 MiB/s")
    again = efssim.plan(random_plan.scenario, THROUGHPUT, between, trials=10, workers=2)
    assert again.summary == random_plan.summary


def test_what_other_objectives_need(random_plan: efssim.Plan) -> None:
    table = random_plan.what_if_table
    assert table["attainment"].tolist() == [1.0, 0.999, 0.99, 0.97, 0.9]
    assert table["value"].is_monotonic_decreasing
    assert table["violations_per_month"].is_monotonic_increasing
    assert table["above_s_per_month"].is_monotonic_increasing
    assert table.loc[table["confirmed"], "attainment"].tolist() == [0.97]
    assert table["peak_s"].iloc[0] <= 100 < table["peak_s"].iloc[-1]


def test_the_table_has_a_row_for_each_evaluation(random_plan: efssim.Plan) -> None:
    table = random_plan.table
    assert len(table) == len(random_plan.evaluations)
    assert table.dtypes.astype(str)[["trials", "seed", "met"]].tolist() == [
        "int64",
        "int64",
        "boolean",
    ]
    assert ((table["low"] <= table["attainment"]) & (table["attainment"] <= table["high"])).all()


def test_a_plan_shows_itself(random_plan: efssim.Plan) -> None:
    assert repr(random_plan) == f"<efssim.Plan of 'test': {random_plan.text}>"
    assert random_plan.text.startswith(f"{THROUGHPUT} of at least ")
    assert "<table" in random_plan._repr_html_()
    axes = random_plan.plot()
    assert axes.get_title(loc="left") == "test"
    assert THROUGHPUT in axes.get_xlabel()


def test_the_report_begins_with_the_answer(random_plan: efssim.Plan) -> None:
    report = plan_report(random_plan, "efssim plan …")
    lines = report.splitlines()
    assert lines[1] == "RPO of dr: age at most 1 min 40 s for 97 % of the time or more"
    assert lines[3].startswith(f"{THROUGHPUT} of at least")
    assert max(map(len, lines)) <= 80
    assert report.index("violations") < report.index("missed") < report.index("reproduce")


def test_an_attainment_of_100_percent_says_how_many_windows_are_behind_it() -> None:
    world = scenario(
        {"app": poisson("0.1 per s", {"exponential": {"mean": "1 MiB"}})},
        {"gap": "30 s", "setup": {"uniform": {"low": "1 s", "high": "3 s"}}},
        "10 min",
        rpo={"target": "100 s"} | ALWAYS,
    )
    made = plan(world, THROUGHPUT, "20 MiB/s", "100 MiB/s", trials=10)
    assert made.outcome == "always"
    assert made.windows == FaultlessWindows(40, 600, 0.05 ** (1 / 40))
    assert "no violation in 40 independent windows of 10 min" in plan_report(made, "x").replace(
        "\n  ", " "
    )


def rarely_out() -> efssim.Scenario:
    """Return rare long outages: most trials lose nothing, and one that does loses a lot."""
    faults = {
        "wan": {
            "link_outage": "us-east-1 -> us-west-2",
            "every": {"exponential": {"mean": "5 h"}},
            "for": {"exponential": {"mean": "3 min"}},
        }
    }
    return scenario({}, {"interval": 30}, "30 min", faults=faults, rpo={"target": "1 min"})


def test_too_few_trials_are_no_proof_of_the_contrary() -> None:
    made = plan(rarely_out(), INTERVAL, "1 s", "29 s", trials=10, attainment="98.9 %")
    assert made.outcome == "never"
    assert {each.stage for each in made.evaluations} == {"search"}  # it takes too many to show
    text = plan_report(made, "x").replace("\n  ", " ")
    assert "was shown to meet the objective" in text
    assert "which is not enough to show it" in text
    assert text.count("can be neither bought nor set") == 1


def test_the_better_end_is_decided_where_few_trials_do() -> None:
    """Ten trials are too few to seem to meet either objective, and to be proof of the contrary."""
    missed = plan(rarely_out(), INTERVAL, "1 s", "29 s", trials=10, attainment="99.9 %")
    assert (missed.outcome, missed.answer, missed.decisive.met) == ("never", None, False)
    assert missed.text.endswith(
        "from 1 s to 29 s meets the objective: 7 of them, none between 12.5 s and 29 s"
    )
    met = plan(rarely_out(), INTERVAL, "1 s", "29 s", trials=10, attainment="97 %")
    assert (met.outcome, met.answer) == ("found", Answer(fails_at=1.0132, holds_at=1.0))
    assert met.text.endswith("at most 1 s meets the objective, and 1.0132 s was not shown to")
    assert "confirmed by 50 trials on a seed of their own" in plan_report(met, "x")
    for made in (missed, met):
        assert (made.decisive.value, made.decisive.stage) == (1.0, "confirmation")
        tried = [(each.value, each.stage) for each in made.evaluations]
        assert len(set(tried)) == len(tried)


def test_the_better_end_may_be_the_high_one() -> None:
    made = plan(rarely_out(), THROUGHPUT, "10 MiB/s", "12 MiB/s", trials=10, attainment="97 %")
    assert (made.outcome, made.direction) == ("found", "smallest")
    assert made.text.endswith("12 MiB/s meets the objective, and 11.864 MiB/s was not shown to")


def test_the_better_end_is_left_open_where_time_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = PlanSearch._evaluate

    def cut(self: PlanSearch, ordinal: int, look: int, trials: int, sure: float) -> Evaluation:
        if look:
            raise OutOfTimeError
        return evaluate(self, ordinal, look, trials, sure)

    monkeypatch.setattr(PlanSearch, "_evaluate", cut)
    between, shares = ("1 s", "29 s"), (0.9,)
    made = efssim.plan(
        rarely_out(), INTERVAL, between, trials=10, attainment="97 %", shares=shares, workers=1
    )
    assert (made.outcome, made.answer, made.out_of_time) == ("never", None, True)
    assert "was shown to meet the objective" in made.text
    # What the search has is still said of other objectives.
    assert [row.attainment for row in made.what_if] == [0.97, 0.9]


def far_apart(faults: dict[str, Any] | None = None) -> efssim.Scenario:
    """Return a scenario that meets 99 % easily at 10 s and never at 1 h."""
    sync = {"interval": 60, "setup": {"uniform": {"low": 1, "high": 2}}}
    return scenario(
        {}, sync, "3 h", rpo={"target": "5 min", "attainment": 0.99}, faults=faults or {}
    )


def test_a_neighbour_is_only_said_to_fail_where_that_is_shown() -> None:
    made = plan(far_apart(), INTERVAL, "10 s", "1 h", trials=10)
    assert made.outcome == "found"
    assert made.answer is not None
    about = [e.met for e in made.evaluations if e.value == made.answer.fails_at]
    said = "does not" if False in about else "was not shown to"
    of_others = "; of 5 values tried from 10 s to 4 min 57 s none between 43.559 s and 3.1623 min"
    assert made.text.endswith(f"{said}{of_others}")
    shown = dataclasses.replace(
        made, evaluations=tuple(dataclasses.replace(e, met=e.met or None) for e in made.evaluations)
    )
    assert shown.text.endswith(f"was not shown to{of_others}")


def test_a_plan_and_trials_have_one_judge() -> None:
    """The same trials say the same, whoever asks: found.md's rare disturbances, and none."""
    rare = {"wan": {"link_outage": LINK, "every": {"exponential": {"mean": "2 days"}}, "for": 600}}
    for faults in (None, rare):
        world = far_apart(faults)
        trials = efssim.run_trials(world, 40, workers=1)
        made = evaluated(1.0, trials, ["dr"], 0.99, 0.95, "search")
        evidence = trials.evidence["dr"]
        assert (made.met, made.more_trials) == (evidence.met, evidence.more_trials)
        assert made.interval == (evidence.low, evidence.high)


def test_a_plan_ends_within_its_budget_with_what_it_knows() -> None:
    begin_s = time.perf_counter()
    world = far_apart().with_({"rpo.attainment": 0.9999})
    made = efssim.plan(world, INTERVAL, ("10 s", "4 min"), trials=10, workers=1, budget="3 s")
    assert time.perf_counter() - begin_s < 8
    assert made.outcome == "undecided"
    assert made.out_of_time
    assert made.answer is None
    assert made.evaluations
    text = plan_report(made, "x").replace("\n  ", " ")
    assert "was shown to meet the objective so far" in text
    assert "The budget of 3 s was spent before it was decided; --budget gives it more." in text
    assert made.summary["outcome"] == "undecided"
    assert made.summary["budget_s"] == 3


def test_a_budget_that_is_none() -> None:
    with pytest.raises(efssim.ScenarioError, match="a budget is longer than 0 s"):
        efssim.plan(far_apart(), INTERVAL, ("10 s", "4 min"), budget="0 s")
    with pytest.raises(efssim.ScenarioError, match="over before the first value was tried"):
        efssim.plan(far_apart(), INTERVAL, ("10 s", "4 min"), budget="1 ms", workers=1)


def test_a_plan_shares_trials_out_over_rare_faults() -> None:
    rare = {"wan": {"link_outage": LINK, "every": {"exponential": {"mean": "2 days"}}, "for": 600}}
    made = plan(far_apart(rare), INTERVAL, "10 s", "4 min", trials=10)
    first, second = made.summary["strata"]
    assert first["faults"] == []
    assert second["faults"] == ["wan"]
    assert "Rare faults are drawn more often" in plan_report(made, "x")


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vary", "between", "message"),
    [
        ("replications.dr.sync.nope", (1, 2), "unknown key"),
        ("file_systems.fs.region", (1, 2), "has no number here"),
        (THROUGHPUT, ("2 MB/s", "1 MB/s"), "the low end of a range must be below"),
        (THROUGHPUT, ("1 MB/s", "none"), "a range needs two finite ends"),
        (THROUGHPUT, ("1 MB/s", "2 bananas/s"), "unknown unit 'bananas'"),
        (THROUGHPUT, (0, "2 MB/s"), "is not above 0"),
        ("replications.dr.sync.failure_probability", (0.1, 1), "must be less than 1"),
        ("a..b", (1, 2), "in a path"),
        ("rpo.attainment", (0.5, 0.9), "is the objective itself"),
    ],
)
def test_a_range_that_does_not_fit(vary: str, between: tuple[Any, Any], message: str) -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    with pytest.raises(efssim.ScenarioError, match=message) as raised:
        efssim.plan(world, vary, between)
    assert len(raised.value.problems) == 1
    assert "\n" not in str(raised.value)


def test_options_that_make_no_sense() -> None:
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    between = ("1 MB/s", "2 MB/s")
    with pytest.raises(StudyError, match="at least 10 trials"):
        efssim.plan(world, THROUGHPUT, between, trials=9)
    with pytest.raises(StudyError, match="no replication 'x', only dr"):
        efssim.plan(world, THROUGHPUT, between, replication="x")
    with pytest.raises(efssim.ScenarioError, match="below 100 %"):
        efssim.plan(world, THROUGHPUT, between, confidence=1.0)
    with pytest.raises(efssim.ScenarioError, match=r"^--attainment:1:1: .* always met"):
        efssim.plan(world, THROUGHPUT, between, attainment=0)
    with pytest.raises(efssim.ScenarioError, match=r"^--rpo:1:1: rpo\.target: unknown unit"):
        efssim.plan(world, THROUGHPUT, between, rpo="5x")
    empty = efssim.Scenario.model_validate({"name": "empty", "duration": "1 h"})
    with pytest.raises(efssim.ScenarioError, match="no replication"):
        efssim.plan(empty, "rpo.target", ("1 min", "1 h"))


# --- command line -------------------------------------------------------------------------------


def efssim_plan(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [str(EFSSIM), "plan", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


RESONANCE = str(SCENARIOS / "resonance.yaml")


def test_plan_as_json() -> None:
    vary = f"{THROUGHPUT}=10MiB/s..1GiB/s"
    done = efssim_plan(RESONANCE, "--vary", vary, "--format", "json")
    assert done.returncode == 0
    first, *told = done.stderr.splitlines()
    assert first == "planning for at most 5 min (--budget), then with what is known"
    assert all(line.endswith("(search, 1 trials)") for line in told)
    content = json.loads(done.stdout)
    assert content["vary"] == THROUGHPUT
    assert (content["direction"], content["outcome"]) == ("smallest", "found")
    assert set(content["answer"]) == {"fails_at", "holds_at", "unit", "text"}
    assert {"value", "attainment", "interval", "trials", "met"} <= set(content["evaluations"][0])
    assert len(content["evaluations"]) <= 15


def test_plan_writes_files_and_repeats_itself(tmp_path: Path) -> None:
    arguments = [RESONANCE, "--vary", f"{INTERVAL}=15min..60min", "--attainment", "60%"]
    done = efssim_plan(*arguments, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "wrote out/"
    found = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    names = [
        "evaluations.csv",
        "figures/attainment.svg",
        "manifest.json",
        "plan.json",
        "report.html",
        "study.md",
    ]
    assert found == [f"out/{name}" for name in names]
    assert "reproduce: efssim plan" in done.stdout
    again = efssim_plan(*arguments, "--out", "again", "--quiet", cwd=tmp_path)
    assert again.stderr == ""
    for name in found:
        other = tmp_path / name.replace("out/", "again/")
        assert (tmp_path / name).read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vary", "x"], "--vary:1:1: expected path=values"),
        (
            ["--vary", f"{INTERVAL}=15min"],
            f"--vary:1:31: {INTERVAL}: expected LOW..HIGH, not '15min'",
        ),
        (["--vary", f"{INTERVAL}=1min..2min", "--rpo", "5"], None),
        (
            ["--vary", f"{INTERVAL}=1min..2min", "--rpo", "5x"],
            "--rpo:1:1: rpo.target: unknown unit",
        ),
        (
            ["--vary", f"{INTERVAL}=1min..2min", "--confidence", "2"],
            "--confidence:1:1: '2' is above 1",
        ),
        (
            ["--vary", f"{INTERVAL}=1min..2min", "--replication", "x"],
            f"{RESONANCE}: no replication",
        ),
        (["--vary", f"{INTERVAL}=1min..2min", "--trials", "2"], "Usage: "),
    ],
)
def test_plan_mistakes(options: list[str], message: str | None, tmp_path: Path) -> None:
    done = efssim_plan(RESONANCE, *options, "--out", "out", cwd=tmp_path)
    if message is None:
        assert done.returncode == 0
        return
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(message)
    assert list(tmp_path.iterdir()) == []
