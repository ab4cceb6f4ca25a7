"""The prices of a scenario: what is charged for storage, transfers and throughput."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.network import LinkName
from efssim.text.written import Written, mapping

Day = date
"""The type of a date; a field has its name."""
Price = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True)]
"""An amount of the currency, at least 0."""
RegionKey = Annotated[str, Field(min_length=1, max_length=200)]


class StoragePrices(Model):
    """Prices of stored bytes in a Region, for a GB (2^30 bytes) and a month of 30 days."""

    bare = "standard"

    standard: Price | None = None
    """EFS Standard, of Regional file systems."""
    one_zone: Price | None = None
    """EFS One Zone."""


class RequestPrices(Model):
    """Prices of requests in a Region, for a GB (2^30 bytes)."""

    bare = "write"

    write: Price | None = None
    """Bytes that clients write to file systems in elastic throughput mode."""


class Prices(Model):
    """Prices of AWS. A price that is missing is named in the result, and counts as unknown."""

    file: str | None = None
    """A file of prices with these keys; those beside it replace some of them, and add others."""
    storage: dict[RegionKey, StoragePrices] = Field(default_factory=dict)
    """Prices of stored bytes by Region."""
    transfer: dict[LinkName, Price] = Field(default_factory=dict)
    """Price of a GB (2^30 bytes) by link, as `us-east-1 -> eu-south-1`."""
    requests: dict[RegionKey, RequestPrices] = Field(default_factory=dict)
    """Prices of requests by Region."""
    throughput: dict[RegionKey, Price] = Field(default_factory=dict)
    """Price of a provisioned MiB/s and a month of 30 days by Region, beyond what comes with the
    storage."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """Code of the currency, in ISO 4217."""
    # Required in the end; a section that names a file need not have them itself.
    source: Annotated[str, Field(min_length=1, max_length=1000)] = ""
    """Where the prices are from."""
    date: Day = date.min
    """When they were valid, such as `2026-08-31`."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        for key in ("source", "date"):
            if key not in data:
                yield (key,), "is required"
        priced = ("storage", "transfer", "requests", "throughput")
        if not any(mapping(data, key) for key in priced):
            yield (), f"needs one of {', '.join(priced)}: without a price nothing has a cost"
