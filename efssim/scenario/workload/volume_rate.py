"""Arrivals by their volume: so many bytes per time, of which the size of a write makes a rate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field

from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.types import ByteRate, EventRate
from efssim.text.bounds import rate_within
from efssim.text.quantities import Rate
from efssim.text.written import Written


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)  # that of `rate` only stands for "by bytes"


class ByRate(Model):
    """Arrivals that are said by a rate of writes or by a rate of bytes."""

    bare = "rate"

    rate: EventRate = Field(default=Rate(math.nan, 1.0), json_schema_extra=_without_default)
    """Writes per time, such as `40 per s`; their mean where they come at random."""
    bytes: ByteRate | None = None
    """Instead of `rate`: bytes per time, such as `200 GB per day`, by the mean size of a write."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if "rate" in data and "bytes" in data:
            yield ("bytes",), "goes without `rate`: either writes or bytes per time"
        if not {"rate", "bytes"} & set(data):
            yield (), "needs rate or bytes"
        if data.get("bytes") in ("none", math.inf):
            yield ("bytes",), "needs a rate of bytes, not `none`"

    def with_size(self, mean_bytes: float) -> Self:
        """Return the arrivals with the rate of writes; raise ValueError without a finite one."""
        if self.bytes is None:
            return self
        if not 0 < mean_bytes < math.inf:
            raise ValueError("`bytes` per time needs a size with a finite mean above 0")
        rate = rate_within(Rate(self.bytes / mean_bytes, 1.0))
        made = self.model_copy(update={"rate": rate})
        made.model_fields_set.discard("rate")  # it was not written, and follows the size
        return made
