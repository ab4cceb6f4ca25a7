"""Draw the figures of the documentation: python docs/figures/make.py, from any folder."""

from __future__ import annotations

from pathlib import Path

import efssim
from efssim.report.figures.files import file_style, new_figure, rendered
from efssim.report.figures.run.alt import alt_text
from efssim.report.figures.study.alt import plan_alt

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parents[1] / "scenarios"


def draw(scenario: str, overrides: list[str]) -> None:
    """Draw time since last sync of a shipped scenario, a part of it as the overrides say."""
    result = efssim.run(efssim.load(SCENARIOS / f"{scenario}.yaml", overrides))
    (name,) = result.outcomes
    with file_style():
        figure = new_figure()
        result.plot_age(ax=figure.subplots())
        svg = rendered(figure, "svg", alt_text("age", result, name))
    (HERE / f"{scenario}.svg").write_bytes(svg)


def draw_plan(scenario: str, vary: str, between: tuple[str, str]) -> None:
    """Draw the attainment curve of a plan."""
    plan = efssim.plan(efssim.load(SCENARIOS / f"{scenario}.yaml"), vary, between, shares=())
    with file_style():
        figure = new_figure()
        plan.plot(figure.subplots())
        svg = rendered(figure, "svg", plan_alt(plan))
    (HERE / f"{scenario}-plan.svg").write_bytes(svg)


if __name__ == "__main__":
    draw("first-report", ["duration=2 h 40 min", "warm_up=100 min"])  # around a nightly export
    draw("region-opt-out", ["duration=60 h", "warm_up=44 h"])
    draw_plan("resonance", "replications.dr.sync.interval", ("15 min", "60 min"))
