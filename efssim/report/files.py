"""The files under `--out`: summary, tables, figures and manifest, written whole or not at all."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EISDIR, ENOTDIR
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim._version import __version__
from efssim.report.figure_files import FOLDER, Drawing, drawings, is_figure, write_drawing
from efssim.report.json_text import json_text
from efssim.report.parts import Summarised
from efssim.report.risk import risk_of_all
from efssim.report.traces import trace_findings
from efssim.result import Result
from efssim.scenario.provenance import resolved

if TYPE_CHECKING:
    import pandas as pd

_TABLES: dict[str, Callable[[Result], pd.DataFrame]] = {
    "syncs": lambda result: result.syncs,
    "statuses": lambda result: result.statuses,
    "events": lambda result: result.events,
    "violations": lambda result: result.violations,
    "risk": risk_of_all,
}
REPORT = "report.html"
_OF_RECORDS = ("syncs", "risk")
"""Tables that need syncs."""
_PACKAGES = ("simpy", "numpy", "pandas", "matplotlib", "pydantic", "pyyaml", "click", "jinja2")


def write_files(result: Result, folder: Path, png: bool = False, command: str = "") -> None:
    """Write summary.json, tables, figures, report.html and manifest.json into a folder.

    The folder may exist. `command` is what the report says repeats the run; `png` writes each
    figure as PNG as well; `records: off` leaves out syncs.csv, risk.csv and the figures that show
    syncs. Everything is written beside the folder first and moved in at the end; the figures and
    tables of an earlier run go, other files stay. Raise OSError.
    """
    with staged(folder) as staging:
        _write_into(result, staging, png, command)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside one; what is in it at the end is moved there, all or nothing.

    The page, figures and tables of an earlier run that are not written again go, others stay.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield staging
        moved = [file.relative_to(staging) for file in sorted(_files(staging))]
        _refuse_collisions(folder, moved)
        earlier = _of_an_earlier_run(folder)
        for name in moved:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(folder / name)
        for name in earlier:
            if name not in moved:
                (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(staging)


def summary_json(result: Summarised) -> str:
    """Return summary.json: what `--format json` prints."""
    return json_text(result.summary)


def write_json(content: dict[str, Any], file: Path) -> None:
    """Write a JSON file."""
    file.write_text(json_text(content), encoding="utf-8")


def manifest(result: Summarised, figures: list[str]) -> dict[str, Any]:
    """Return what it takes to repeat the run and to judge its parameters."""
    return {
        "efssim": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "seed": result.seed,
        "scenario": result.scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "parameters": [parameter._asdict() for parameter in resolved(result.scenario)],
        "traces": trace_findings(result.traces),
        "report": REPORT,
        "figures": figures,
        "digest": result.digest,
    }


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _refuse_collisions(folder: Path, names: list[Path]) -> None:
    """Raise OSError if something is in the way of the files, before anything is moved."""
    if (folder / FOLDER).exists() and not (folder / FOLDER).is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not a folder", str(folder / FOLDER))
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", str(folder / name))


def _of_an_earlier_run(folder: Path) -> list[Path]:
    """Return what a manifest in a folder lists, and the tables: ours, so they may go."""
    try:
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        figures = [Path(FOLDER, name) for name in listed["figures"] if is_figure(name)]
        page = [Path(REPORT)] if listed.get("report") == REPORT else []
        return [*page, *figures, *(Path(f"{name}.csv") for name in (*_TABLES, "trials"))]
    except (OSError, ValueError, KeyError, TypeError):  # none, or none that we wrote
        return []


def _write_into(result: Result, folder: Path, png: bool, command: str) -> None:
    from efssim.report.html.run import run_page

    (folder / "summary.json").write_text(summary_json(result), encoding="utf-8")
    shown, figures = _write_figures(result, folder / FOLDER, png)
    write_json(manifest(result, figures), folder / "manifest.json")
    (folder / REPORT).write_text(run_page(result, shown, command), encoding="utf-8", newline="\n")
    for name, table in _TABLES.items():
        if result.has_records or name not in _OF_RECORDS:
            write_csv(table(result), folder / f"{name}.csv")


def _write_figures(result: Result, folder: Path, png: bool) -> tuple[list[Drawing], list[str]]:
    """Write all figures; return those that the page shows, and the names of the files."""
    from efssim.report.html.sections import worst

    folder.mkdir()
    shown: list[Drawing] = []
    names: list[str] = []
    on_page = worst(result.summary["replications"])
    for drawing in drawings(result, png):
        names += write_drawing(drawing, folder)
        if drawing.replication in on_page:
            shown.append(drawing)
    return shown, sorted(names, key=lambda name: name.endswith(".png"))


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """Write a table as CSV, times as ISO 8601 in UTC."""
    table = table.copy()
    for name in table.columns:
        if str(table[name].dtype).startswith("datetime64"):
            table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    table.to_csv(file, index=False, lineterminator="\n")
