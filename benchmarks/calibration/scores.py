"""How fits compare with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from efssim.calibration.data import Fitted, FittedParameter, Identified, ParameterName

NAMES: tuple[ParameterName, ...] = ("interval", "gap", "setup", "throughput")


@dataclass(frozen=True)
class Score:
    """One parameter of one fit beside its truth."""

    number: int
    parameter: FittedParameter
    truth: float

    @property
    def covers(self) -> bool:
        high = self.parameter.high
        return self.parameter.low <= self.truth and (high is None or self.truth <= high)

    @property
    def is_yes(self) -> bool:
        return self.parameter.identified is Identified.YES

    @property
    def error(self) -> float:
        """Relative error of the value; a truth of 0 has none but 0."""
        value = self.parameter.value or 0.0
        if self.truth == 0:
            return 0.0 if value < 1 else float("inf")
        return abs(value - self.truth) / self.truth

    @property
    def is_near(self) -> bool:
        """Whether the value is as near as is asked of an identified one."""
        off_s = abs((self.parameter.value or 0.0) - self.truth)
        if self.parameter.name in ("setup", "gap"):
            return self.error <= 0.10 or off_s <= 1.0
        return self.error <= 0.05

    @property
    def is_wrong(self) -> bool:
        """Whether it is claimed to be identified, more than 10 % off and outside the interval."""
        return self.is_yes and self.error > 0.10 and not self.covers


def scores(number: int, fitted: Fitted, truth: Mapping[ParameterName, float]) -> list[Score]:
    return [Score(number, fitted.parameter(name), truth[name]) for name in NAMES]


def report(label: str, found: Sequence[Score], file: TextIO | None = None) -> None:
    """Print each number beside the number asked for."""
    for name in NAMES:
        mine = [one for one in found if one.parameter.name == name]
        yes = [one for one in mine if one.is_yes]
        missed = [one.number for one in mine if not one.covers]
        far = [one.number for one in yes if not one.is_near]
        wrong = [one.number for one in yes if one.is_wrong]
        print(
            f"{label} {name:10}: covered {_share(len(mine) - len(missed), len(mine))} (>= 93 %), "
            f"yes {_share(len(yes), len(mine))}, near if yes "
            f"{_share(len(yes) - len(far), len(yes))} (>= 90 %), wrong {len(wrong)} "
            f"({_share(len(wrong), len(mine))}, <= 1 %); missed {missed} far {far} wrong {wrong}",
            file=file,
            flush=True,
        )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {100 * part / whole:.1f} %" if whole else "none"
