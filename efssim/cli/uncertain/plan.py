"""Plans over parameter sets on the command line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.cli.common import deliver
from efssim.cli.output import say
from efssim.cli.uncertain.sets import SETS

if TYPE_CHECKING:
    from efssim.api.set_plan import SetPlan
    from efssim.scenario import Scenario
    from efssim.study.uncertain.planning import SetEvaluation
    from efssim.study.varying.space import VariedParameter


def plan_of_sets(
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    *,
    sets: int | None,
    share_of_sets: float | None,
    trials: int,
    rpo: str | None,
    attainment: str | None,
    confidence: str,
    replication: str | None,
    seed: int | None,
    workers: int | None,
    budget: float,
    quiet: bool,
    on_begin: Callable[[], None] | None,
    out: Path | None,
    form: str,
    again: str,
) -> SetPlan:
    """Find the value, print it and write its files."""
    from efssim.api.set_plan import plan_sets
    from efssim.report.files.set_plan import set_plan_json, write_set_plan
    from efssim.report.text.set_plan import set_plan_report
    from efssim.study.uncertain.share import SHARE_OF_SETS

    found = plan_sets(
        scenario,
        chosen,
        between,
        sets or SETS,
        trials,
        share_of_sets=SHARE_OF_SETS if share_of_sets is None else share_of_sets,
        rpo=rpo,
        attainment=attainment,
        confidence=confidence,
        replication=replication,
        seed=seed,
        workers=workers,
        budget=budget,
        on_begin=on_begin,
        on_progress=None if quiet else _tell(chosen),
    )
    deliver(
        None if out is None else partial(write_set_plan, found, out, again),
        form,
        lambda: set_plan_json(found),
        lambda: set_plan_report(found, again),
    )
    return found


def _tell(vary: VariedParameter) -> Callable[[SetEvaluation], None]:
    """Return the callback that shows each evaluation."""

    def tell(made: SetEvaluation) -> None:
        from efssim.report.text.set_plan import word_of_evaluation

        share = made.share
        counts = f"{share.met:,} of {share.count:,} sets meet it, {share.undecided:,} undecided"
        say(f"{vary.text(made.value)}: {counts}: {word_of_evaluation(made)} ({made.stage})")

    return tell
