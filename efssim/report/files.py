"""The files under `--out`: summary, tables and manifest, written whole or not at all."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from errno import EISDIR
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim._version import __version__
from efssim.report.assumptions import resolved
from efssim.report.traces import trace_findings
from efssim.result import Result

if TYPE_CHECKING:
    import pandas as pd

_PACKAGES = ("simpy", "numpy", "pandas", "matplotlib", "pydantic", "pyyaml", "click")


def write_files(result: Result, folder: Path) -> None:
    """Write summary.json, the tables and manifest.json into a folder, which may exist.

    Everything is written beside the folder first and moved in at the end. Raise OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write_into(result, staging)
        _refuse_folders(folder, staging)
        folder.mkdir(exist_ok=True)
        for file in sorted(staging.iterdir()):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(staging)


def summary_json(result: Result) -> str:
    """Return summary.json: what `--format json` prints."""
    return json.dumps(result.summary, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def manifest(result: Result) -> dict[str, Any]:
    """Return what it takes to repeat the run and to judge its parameters."""
    return {
        "efssim": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "seed": result.seed,
        "scenario": result.scenario.model_dump(mode="json", exclude_unset=True),
        "parameters": [parameter._asdict() for parameter in resolved(result.scenario)],
        "traces": trace_findings(result.scenario),
        "digest": result.digest,
    }


def _refuse_folders(folder: Path, staging: Path) -> None:
    """Raise IsADirectoryError if a folder has the name of a file, before anything is moved."""
    for file in staging.iterdir():
        if (folder / file.name).is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", str(folder / file.name))


def _write_into(result: Result, folder: Path) -> None:
    (folder / "summary.json").write_text(summary_json(result), encoding="utf-8")
    text = json.dumps(manifest(result), indent=2, allow_nan=False, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    _write_csv(result.syncs, folder / "syncs.csv")
    _write_csv(result.statuses, folder / "statuses.csv")
    _write_csv(result.violations, folder / "violations.csv")


def _write_csv(table: pd.DataFrame, file: Path) -> None:
    table = table.copy()
    for name in table.columns:
        if str(table[name].dtype).startswith("datetime64"):
            table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    table.to_csv(file, index=False, lineterminator="\n")
