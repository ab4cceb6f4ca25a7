"""Every kind of answer tells of a world in which more is written than can be sent, in every form.

64 KiB/s are written and 64 KiB/s sent, less the 5 s of setup of each sync, so the age grows. In
two days it is below an hour, so that the objective is met so far.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers.commands import Ended, command

GROWTH = "file_systems.data.growth"
INTERVAL = "replications.dr.sync.interval"
THROUGHPUT = "replications.dr.sync.throughput"
WORLD = """
name: behind
duration: 2 days
rpo: {target: 1 h}
file_systems:
  data:
    region: us-east-1
    writes:
      app:
        arrivals: {constant: {rate: 1 per s}}
        size: 64 KiB
        growth: {per: month, factor: 1.0005}
replications:
  dr:
    source: data
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 60 s, setup: 5 s, throughput: 64 KiB/s}
"""
PRICES = """
prices:
  currency: USD
  source: by hand
  date: 2026-08-01
  storage: {us-east-1: {standard: 0.3}, us-west-2: {standard: 0.3}}
  throughput: {us-east-1: 6, us-west-2: 6}
  requests: {us-east-1: {write: 0.06}, us-west-2: {write: 0.06}}
  transfer: {"us-east-1 -> us-west-2": 0.02}
"""
UNKNOWN = f"""
uncertain:
  {THROUGHPUT}: {{uniform: {{low: 65300 B/s, high: 65500 B/s}}}}
"""
SO_FAR = (
    ": more is written there than can be sent, so the objective is met so far, only for as long as "
    "this run."
)


class Case(NamedTuple):
    """A command on a world that diverges, and the sentence that tells of it."""

    world: str
    arguments: str
    said: str
    json_file: str
    in_json: Callable[[dict[str, Any]], str]
    page: str
    """The headline of the page, whose colour is not that of a verdict that is met."""


def caution(content: dict[str, Any]) -> str:
    """Return the first caution in the JSON of a plan."""
    return str(content["cautions"][0])


PLANS = {
    "plan": Case(
        WORLD,
        f"plan s.yaml -w 1 --vary {GROWTH}=0.5..1.003",
        f"Every value tried of {GROWTH} from 0.5 to 1.003 meets the objective so far: 7 of them, "
        f"none between 0.84279 and 1.003. DIVERGING at 1.003, of the values tried{SO_FAR}",
        "plan.json",
        caution,
        "Every value tried meets the objective, so far",
    ),
    "plan with a limit": Case(
        WORLD,
        f"plan s.yaml -w 1 --vary {GROWTH}=0.9..1.02",
        f"{GROWTH} of at most 1.0042 meets the objective so far, and 1.02 does not; of 7 values "
        "tried from 0.9 to 1.0042 none between 0.95812 and 0.98858. DIVERGING at 1.0042, of the "
        f"values tried{SO_FAR}",
        "plan.json",
        caution,
        "At most 1.0042, so far",
    ),
    "cheapest": Case(
        WORLD + PRICES,
        f"plan s.yaml -w 1 --minimise cost --vary {INTERVAL}=30s..90s",
        "it is met so far, diverging there.",
        "plan.json",
        lambda content: str(content["cheapest"]["text"]),
        "Every value tried meets the objective, so far",
    ),
    "until missed": Case(
        WORLD,
        "plan s.yaml -w 1 --until-missed --horizon 2~months",
        "The objective is met so far in every month from month 0 to month 2. DIVERGING from month "
        f"0 on{SO_FAR}",
        "runway.json",
        caution,
        "Met in every month, so far",
    ),
    "plan over sets": Case(
        WORLD + UNKNOWN,
        f"plan s.yaml -w 1 -n 10 --sets 20 --share-of-sets 60% --vary {INTERVAL}=60s..61s",
        f"Every value tried of {INTERVAL} from 1 min to 1 min 1 s keeps the objective in 60 % of "
        "plausible parameter sets so far: 5 of them. DIVERGING from 1 min to 1 min 1 s, of the "
        f"values tried{SO_FAR}",
        "plan.json",
        caution,
        "Every value tried keeps the objective, so far",
    ),
    "parameter sets": Case(
        WORLD + UNKNOWN,
        "run s.yaml -w 1 -n 2 --sets 20 --share-of-sets 60%",
        "RPO MET SO FAR, DIVERGING in 20 of 20 sets",
        "summary.json",
        lambda content: f"diverging: {content['replications']['dr']['rpo']['sets_diverging']}",
        "RPO met so far, diverging in 20 of 20 sets",
    ),
}


def started(case: Case, *more: str) -> Ended:
    """Run the command of a case on its world here."""
    Path("s.yaml").write_text(case.world)
    arguments = [part.replace("~", " ") for part in case.arguments.split()]
    return command(*arguments, "-q", *more)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PLANS)
def test_every_answer_tells_that_a_world_diverges(name: str) -> None:
    case = PLANS[name]
    done = started(case, "--out", "out")
    assert case.said in " ".join(done.answer.split())
    content = json.loads(Path("out", case.json_file).read_text())
    assert "diverging" in case.in_json(content).lower()
    page = html.unescape(Path("out", "report.html").read_text())
    assert case.page in page
    assert re.findall(r'<div class="verdict (\w+)">', page)[0] == "open"
    if "cautions" in content:
        assert content["cautions"][0] in page


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit"])
def test_no_form_of_parameter_sets_is_green_where_the_check_fails(form: str) -> None:
    done = started(PLANS["parameter sets"], "--check", "--format", form)
    assert done.code == 1
    said = " ".join(done.out.split())
    if form == "json":
        assert json.loads(done.out)["replications"]["dr"]["rpo"]["sets_diverging"] == 20
        return
    assert "RPO MET SO FAR, DIVERGING in 20 of 20 sets: met in 100 % of plausible" in said
    assert "RPO MET:" not in said


def test_the_tables_have_the_share_of_trials_that_diverge() -> None:
    for name, table in (("plan", "evaluations"), ("until missed", "months")):
        started(PLANS[name], "--out", name)
        rows = Path(name, f"{table}.csv").read_text().splitlines()
        at = rows[0].split(",").index("diverging_share")
        assert rows[-1].split(",")[at] == ("0.0" if name == "plan" else "1.0")
        content = json.loads(Path(name, PLANS[name].json_file).read_text())
        key = "evaluations" if name == "plan" else "months"
        assert {each["diverging_share"] for each in content[key]} == (
            {0.0, 1.0} if name == "plan" else {1.0}
        )


def test_a_world_that_keeps_up_is_met_without_a_caution() -> None:
    kept = PLANS["plan"]._replace(world=WORLD.replace("throughput: 64 KiB", "throughput: 1 MiB"))
    done = started(kept, "--format", "json")
    content = json.loads(done.answer)
    assert content["cautions"] == []
    assert content["text"] == (
        f"every value tried of {GROWTH} from 0.5 to 1.003 meets the objective: 7 of them, none "
        "between 0.84279 and 1.003"
    )
