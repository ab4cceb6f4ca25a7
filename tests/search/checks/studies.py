"""Studies in small: serial as in parallel, parts as the whole, twice the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from helpers.commands import Ended, command

import efssim
from efssim import EfssimError, Scenario
from efssim.model.sync import lock_step
from efssim.runs.drill import drill as drills
from search.checks.check import Case, Check, SkippedError, elsewhere
from search.checks.outcome import few, unequal
from search.maker import Json

NUMBERS = ("time_since_last_sync_s.mean", "write_lag_s.mean", "rpo.attainment", "syncs.completed")


def _trials(case: Case) -> list[str]:
    """Compare trials side by side, those of another process, and single runs."""
    scenario, count = case.plain(), 3
    with patch.object(lock_step, "LEAST", 2):
        here = efssim.run_trials(scenario, count, workers=1, verify=True)
    there = efssim.run_trials(scenario, count, executor=elsewhere())
    told = few(unequal(_clean(here.summary), _clean(there.summary)))
    return told or few(_against_single_runs(scenario, here.table, count))


def _against_single_runs(scenario: Scenario, table: Any, count: int) -> Iterator[str]:
    if "stratum" in table or table["trial"].nunique() != count:
        return
    for trial in range(count):
        rows = table[table["trial"] == trial].set_index("replication")
        for name, part in efssim.run(scenario, trial=trial).summary["replications"].items():
            for path in NUMBERS:
                section, key = path.split(".")
                ours = part[section][key]
                theirs = rows[path][name] if name in rows.index and path in rows else None
                is_none = theirs is None or theirs != theirs  # NaN is what tables have for null
                if (ours is None) != is_none or (ours is not None and ours != theirs):
                    yield f"trial {trial}, {name}.{path}: {theirs!r}, alone {ours!r}"


def _clean(summary: Json) -> Json:
    return json.loads(json.dumps(summary))  # type: ignore[no-any-return]  # as people read it


@contextmanager
def _written(case: Case, scenario: Scenario) -> Iterator[tuple[Path, Path]]:
    """Write a scenario into a folder of its own; yield the file and the folder."""
    folder = case.folder / f"files-{case.seed}"
    folder.mkdir()
    file = folder / "scenario.yaml"
    left = {k: v for k, v in case.data.items() if k in scenario.model_dump(exclude_unset=True)}
    file.write_text(yaml.safe_dump(left, sort_keys=False), encoding="utf-8")
    try:
        yield file, folder
    finally:
        shutil.rmtree(folder)


def _efssim(*arguments: object) -> Ended:
    ended = command(*arguments)
    if ended.code not in (0, 2) or "Traceback" in ended.err:
        raise AssertionError(f"efssim {arguments[0]} ended with {ended.code}: {ended.err[-500:]}")
    return ended


def _parts(case: Case) -> list[str]:
    """Merge two parts of trials, which are to print what the undivided study prints."""
    with _written(case, case.plain()) as (file, folder):
        run = ("run", file, "--trials", 4, "--quiet", "--workers", 1)
        whole = _efssim(*run, "--format", "json")
        if whole.code:
            raise SkippedError("no trials")
        for k in (1, 2):
            _efssim(*run, "--part", f"{k}/2", "--out", folder / f"p{k}")
        out = ("--out", folder / "all", "--format", "json", "--quiet")
        merged = _efssim("merge", folder / "p1", folder / "p2", *out)
        ours, theirs = (json.loads(ended.out) if ended.out else {} for ended in (whole, merged))
        return few(unequal(ours, theirs)) or ([merged.err[-300:]] if merged.code else [])


def _choice(case: Case) -> list[str]:
    """Choose between the scenario and a slower one, here and in another process."""
    scenario = case.plain()
    slower = scenario.with_({"name": "slower", "defaults.drawn": "each"})
    options: Json = {
        "measure": "syncs.completed",
        "best": "most",
        "indifference": 1,
        "trials": 6,
        "budget": 24,
        "replication": next(iter(scenario.replications)),
    }
    found = [
        _answer(lambda more=more: efssim.choose([scenario, slower], **options, **more))
        for more in ({"workers": 1}, {"executor": elsewhere()})
    ]
    return few(unequal(*found))


def _answer(study: Any) -> Any:
    """Return the summary of a study, or in which words it was refused."""
    try:
        return _clean(study().summary)
    except EfssimError as error:
        return f"{type(error).__name__}: {error}"


def _plan(case: Case) -> list[str]:
    """Plan the interval, here and in another process."""
    scenario = case.plain()
    name = next(iter(scenario.replications)).split("[")[0]
    path = f"replications.{name}.sync.interval"
    step = max(1.0, scenario.duration / 60)
    options: Json = {"between": (step, 10 * step), "trials": 4}
    found = [
        _answer(lambda more=more: efssim.plan(scenario, path, **options, **more))
        for more in ({"workers": 1}, {"executor": elsewhere()})
    ]
    return few(unequal(*found))


def _drill(case: Case) -> list[str]:
    """Rehearse a disaster twice."""
    if "drill" not in case.data:
        raise SkippedError("no drill")
    scenario = case.without("uncertain")
    with patch.object(drills, "PATIENCE_S", 3600.0):  # syncs of seconds are many in 30 days
        found = [_answer(lambda: efssim.drill(scenario, 2)) for _ in range(2)]
    return few(unequal(*found))


def _sets(case: Case) -> list[str]:
    """Run trials at sets of what is not known, here and in another process, and one set alone."""
    if "uncertain" not in case.data:
        raise SkippedError("nothing is uncertain")
    case.plain()
    scenario = case.without("drill", "rto", "thresholds", "alarms")
    try:
        here = efssim.run_sets(scenario, sets=2, trials=2, workers=1)
    except EfssimError as error:
        raise SkippedError(f"refused: {type(error).__name__}") from None
    there = efssim.run_sets(scenario, sets=2, trials=2, executor=elsewhere())
    told = few(unequal(_clean(here.summary), _clean(there.summary)))
    return told or few(_one_set_alone(here))


def _one_set_alone(found: Any) -> Iterator[str]:
    """Compare what the table says of a set with trials of its scenario and its seed."""
    path = "time_since_last_sync_s.max"
    for row in found.table[found.table["set"] == 1].to_dict("records"):
        alone = efssim.run_trials(
            found.scenario_of(1), row["trials"], seed=row["seed"], workers=1
        ).table
        of_it = alone[alone["replication"] == row["replication"]]
        in_table = float("nan") if row[path] is None else row[path]
        yield from unequal(in_table, of_it[path].max(), f"set 1: {path}")


def _commands(case: Case) -> list[str]:
    """Run commands on the file: each ends well or refuses with a sentence."""
    with _written(case, case.scenario) as (file, folder):
        _efssim("estimate", file)
        _efssim("validate", file, "--resolved")
        told = _efssim("run", file, "--quiet", "--format", "json", "--out", folder / "out")
        if told.code:
            raise SkippedError("refused")
        printed = json.loads(told.out)
        return few(unequal(_clean(case.run.summary), printed))


TRIALS = Check("trials", _trials, 0.03)
PARTS = Check("parts", _parts, 0.003)
CHOICE = Check("choice", _choice, 0.004)
PLAN = Check("plan", _plan, 0.004)
SETS = Check("sets", _sets, 0.1)
DRILL = Check("drill", _drill, 0.2)
COMMANDS = Check("commands", _commands, 0.002)
