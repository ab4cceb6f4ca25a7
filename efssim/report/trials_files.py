"""The files of a study under `--out`: summary, table of the trials and manifest."""

from __future__ import annotations

from pathlib import Path

from efssim.report.files import manifest, staged, summary_json, write_csv, write_json
from efssim.study.trials import Trials


def write_trials(trials: Trials, folder: Path) -> None:
    """Write summary.json, trials.csv and manifest.json into a folder, which may exist.

    As for a single run all are written or none, and what an earlier run left goes. Raise OSError.
    """
    with staged(folder) as staging:
        (staging / "summary.json").write_text(summary_json(trials), encoding="utf-8")
        write_csv(trials.table, staging / "trials.csv")
        counts = {"trials": len(trials), "partial": trials.partial}
        write_json({**manifest(trials, []), **counts}, staging / "manifest.json")
