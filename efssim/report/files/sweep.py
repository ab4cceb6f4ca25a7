"""A sweep as JSON and as files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.report.figures.files import safe_names
from efssim.report.figures.study.alt import sweep_alt
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.varying.sweep import Sweep


def sweep_json(sweep: Sweep, measure: str) -> str:
    """Return the JSON that `efssim sweep --format json` prints; the report shows `measure`."""
    return json_text({**sweep.summary, "measure": measure})


def sweep_summary(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep as plain data: values in SI units, no limit as `none`."""
    return {
        "scenario": sweep.scenario.name,
        "seed": sweep.seed,
        "trials": len(sweep.points[0].trials),
        "one_at_a_time": sweep.one_at_a_time,
        "partial": sweep.partial,
        "vary": [
            {"path": vary.path, "unit": None if vary.quantity is None else vary.quantity.unit}
            for vary in sweep.parameters
        ],
        "points": [
            {
                "values": {path: _plain(value) for path, value in point.values.items()},
                "replications": point.trials.summary["replications"],
                "ci95": point.trials.summary["ci95"],
                "traces": point.trials.summary["traces"],
                "evidence": point.trials.summary["evidence"],
                "digest": point.trials.digest,
            }
            for point in sweep.points
        ],
    }


def _plain(value: Any) -> Any:
    return "none" if isinstance(value, float) and math.isinf(value) else value


def write_sweep(sweep: Sweep, folder: Path, measure: str, command: str = "") -> None:
    """Write sweep.json, sweep.csv, report.html, manifest.json and the figures, if any."""
    from efssim.report.html.studies.sweep import sweep_page

    stems = _stems(sweep)

    def page(drawn: dict[str, str]) -> str:
        return sweep_page(sweep, measure, {stems[k]: svg for k, svg in drawn.items()}, command)

    write_study(
        folder,
        {"sweep.json": sweep_json(sweep, measure)},
        {"sweep.csv": sweep.table},
        {stem: _sketch(sweep, measure, name) for stem, name in stems.items()},
        page,
        seed=sweep.seed,
        about={**parameters(sweep.scenario), "partial": sweep.partial},
    )


def _stems(sweep: Sweep) -> dict[str, str]:
    """Return the replications with a figure, by the stem of its file."""
    if len(sweep.parameters) > 2 and not sweep.one_at_a_time:
        return {}
    names = [str(name) for name in sweep.points[0].trials.table["replication"].unique()]
    return {f"{stem}-sweep": name for name, stem in safe_names(names).items()}


def _sketch(sweep: Sweep, measure: str, name: str) -> Sketch:
    def onto(ax: Axes) -> object:
        return sweep.plot(measure, name, ax)

    return Sketch(onto, sweep_alt(sweep, measure, name))
