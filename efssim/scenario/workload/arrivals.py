"""When a stream writes: the arrival process that a scenario chooses."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, Self, TypeVar

from pydantic import model_validator

from efssim.scenario.grammar.base import Model, one_of
from efssim.scenario.grammar.optional_fields import OptionalFields, optional_field
from efssim.scenario.workload.processes.process import ArrivalProcess
from efssim.scenario.workload.processes.table import ARRIVALS
from efssim.scenario.workload.volume_rate import ByRate

S = TypeVar("S", bound=Model)


class Arrivals(Model):
    """When a stream writes: exactly one arrival process."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        one_of(self)
        return self

    def with_size(self, mean_bytes: float) -> Self:
        """Return the arrivals with a rate of writes where one of bytes was written.

        `mean_bytes` is the mean size of a write. Raise ValueError if it is not finite and above 0.
        """
        name = one_of(self)
        part = getattr(self, name)
        made = part.with_size(mean_bytes) if isinstance(part, ByRate) else part
        return self if made is part else self.model_copy(update={name: made})


class Chosen(NamedTuple, Generic[S]):
    """An arrival process with its keys in a scenario."""

    process: ArrivalProcess[S]
    spec: S

    @property
    def mean_per_s(self) -> float:
        """Mean writes per second, without growth."""
        return self.process.mean_per_s(self.spec)


def chosen_process(arrivals: Arrivals) -> Chosen[Any]:
    """Return the arrival process that a scenario chooses."""
    kind = one_of(arrivals)
    return Chosen(ARRIVALS[kind], getattr(arrivals, kind))


_FIELDS = OptionalFields(
    Arrivals,
    lambda: {
        process.kind: optional_field(process.schema, f"`{{{process.kind}: {process.example}}}`.")
        for process in ARRIVALS
    },
)
ARRIVALS.on_change(_FIELDS.refresh)
