"""An earlier result as the files under `--out` have it."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from efssim.json_values import JsonObject, JsonValue
from efssim.runs.thresholds.judged import at, number
from efssim.study.baseline.hashes import MANIFEST, SUMMARY, TRIALS, damaged
from efssim.study.errors import StudyError
from efssim.study.means.table import columns_of
from efssim.text.files import require_regular

Numbers = Mapping[str, Mapping[str, Mapping[int, float]]]
"""Numbers by replication, by their dotted names, and by trial."""

_SYNCS = "syncs.csv"


@dataclass(frozen=True)
class StoredResult:
    """A run or trials of an earlier time."""

    folder: Path
    manifest: JsonObject
    summary: JsonObject

    @classmethod
    def read(cls, folder: Path) -> StoredResult:
        """Read a folder; raise StudyError if it has no run or trials."""
        found = cls(folder, _object(folder / MANIFEST), _object(folder / SUMMARY))
        is_result = isinstance(found.manifest.get("parameters"), list)
        if not (is_result and isinstance(found.summary.get("replications"), dict)):
            raise StudyError(f"--baseline {folder}: is no result of `efssim run --out`")
        found._require_undamaged()
        return found

    def _require_undamaged(self) -> None:
        try:
            name = damaged(self.folder, self.manifest)
        except OSError as error:
            raise StudyError(f"--baseline {self.folder}: {error.strerror}") from None
        if name is not None:
            raise StudyError(f"--baseline {self.folder}: {name} is not as it was written")

    @property
    def version(self) -> str:
        """The version of efssim that made it."""
        return str(self.manifest.get("efssim"))

    @property
    def is_single(self) -> bool:
        """Whether it is a single run, and no trials."""
        return "trials" not in self.manifest

    @property
    def trials(self) -> int:
        """How many trials it has."""
        return int(number(self.summary.get("trials")) or 0)

    @property
    def parameters(self) -> dict[str, str]:
        """Every value of its scenario by its path, as `validate --resolved` shows it."""
        found = self.manifest["parameters"]
        assert isinstance(found, list)
        return {str(one["path"]): str(one["value"]) for one in found if isinstance(one, dict)}

    @property
    def traces(self) -> dict[str, str]:
        """The findings on its trace files, by the path of the stream."""
        found = self.manifest.get("traces")
        parts = found.items() if isinstance(found, dict) else ()
        return {path: "; ".join(map(str, lines or ())) for path, lines in parts}

    @property
    def in_cells(self) -> Collection[str]:
        """The paths of the streams that were drawn in cells."""
        found = self.summary.get("cells")
        return tuple(found) if isinstance(found, dict) else ()

    @property
    def replications(self) -> tuple[str, ...]:
        """Names of the replications that it has numbers of."""
        found = self.summary["replications"]
        assert isinstance(found, dict)
        return tuple(found)

    @property
    def strata(self) -> JsonValue:
        """The strata of the trials and their probabilities; empty where there is one."""
        found = at(self.summary, ("evidence", "strata")) or []
        assert isinstance(found, list)
        return [
            {key: one.get(key) for key in ("faults", "probability")}
            for one in found
            if isinstance(one, dict)
        ]

    def diverging(self, replication: str) -> float:
        """Return the share of the trials in which a replication falls behind for good."""
        return number(at(self.summary, ("replications", replication, "syncs", "diverging"))) or 0.0

    def mean(self, replication: str, measure: str) -> float | None:
        """Return the mean of a number, by its dotted name."""
        return dict(_leaves(at(self.summary, ("replications", replication)))).get(measure)

    def interval(self, replication: str, measure: str) -> tuple[float, float] | None:
        """Return the 95 % interval of that mean; None if it has none."""
        tree = at(self.summary, ("ci95", replication))
        found = dict(columns_of(tree)).get(measure) if isinstance(tree, dict) else None
        if not isinstance(found, list) or len(found) != 2:
            return None
        low, high = map(number, found)
        return None if low is None or high is None else (low, high)

    def numbers(self, measures: Collection[str]) -> tuple[Numbers, dict[int, int]]:
        """Return numbers by trial, and the ordinal of the stratum of each trial.

        Of a single run they are those of trial 0. Raise StudyError if the table is not there.
        """
        if self.is_single:
            return self._of_run(measures), {0: 0}
        found: dict[str, dict[str, dict[int, float]]] = {}
        strata: dict[int, int] = {}
        for row in self._rows(TRIALS):
            trial, name, stratum = self._trial(row)
            strata[trial] = stratum
            of = found.setdefault(name, {})
            for measure in measures:
                if (value := _float(row.get(measure))) is not None:
                    of.setdefault(measure, {})[trial] = value
        if len(strata) != self.trials:
            message = f"{TRIALS} has {len(strata)} of {self.trials} trials"
            raise StudyError(f"--baseline {self.folder}: {message}")
        return found, strata

    def _trial(self, row: Mapping[str, str]) -> tuple[int, str, int]:
        """Return number, replication and stratum of a row; raise StudyError for a damaged one."""
        try:
            return int(row["trial"]), row["replication"], int(row.get("stratum") or 0)
        except (KeyError, ValueError, TypeError):
            message = f"{TRIALS} is no table of trials"
            raise StudyError(f"--baseline {self.folder}: {message}") from None

    def _of_run(self, measures: Collection[str]) -> Numbers:
        return {
            name: {
                measure: {0: value}
                for measure, value in _leaves(at(self.summary, ("replications", name)))
                if measure in measures
            }
            for name in self.replications
        }

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        try:
            with (self.folder / name).open(encoding="utf-8", newline="") as opened:
                yield from csv.DictReader(opened)
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise StudyError(f"--baseline {self.folder}: {name}: {reason}") from None

    def is_of_another_trial(self) -> bool:
        """Return whether a single run repeats another trial than the first, as `--trial` does."""
        if not (self.is_single and (self.folder / _SYNCS).is_file()):
            return False
        row: Mapping[str, str] = next(self._rows(_SYNCS), {})
        return row.get("trial", "0") not in ("", "0")


def _leaves(tree: JsonValue) -> Iterator[tuple[str, float]]:
    """Yield the numbers of an object by their dotted names."""
    for name, value in columns_of(tree) if isinstance(tree, dict) else ():
        if (found := number(value)) is not None:
            yield name, found


def _float(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _object(file: Path) -> JsonObject:
    """Read an object of JSON; raise StudyError if there is none."""
    try:
        require_regular(file)
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StudyError(f"--baseline {file.parent}: {file.name}: {reason}") from None
    if not isinstance(found, dict):
        raise StudyError(f"--baseline {file.parent}: {file.name}: is no object")
    return found
