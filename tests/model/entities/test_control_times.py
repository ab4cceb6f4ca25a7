"""How long the control plane takes: draws of a kind, one after the other."""

from __future__ import annotations

from efssim.model.entities.replication import ControlTimes
from efssim.model.kernel.draws import Draws
from efssim.scenario.schema import Control

BETWEEN = {"uniform": {"low": 10, "high": 60}}


def test_the_times_of_a_kind_are_the_draws_of_its_name_from_the_first_on() -> None:
    control = Control.model_validate({"preset": "none", "pausing": BETWEEN, "resuming": BETWEEN})
    draws = Draws(seed=7)
    times = ControlTimes(control, draws, "replications.dr")
    # By turns: what one kind draws moves no draw of another.
    found = [times.draw_s(key) for _ in range(3) for key in ("pausing", "resuming")]
    for first, key in enumerate(("pausing", "resuming")):
        series = draws.of(f"replications.dr.control.{key}", control.draw(key))
        assert found[first::2] == [series[ordinal] for ordinal in range(3)]
