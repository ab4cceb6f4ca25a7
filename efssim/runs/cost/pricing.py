"""Prices of what a run stored, sent and wrote."""

from __future__ import annotations

import math
from collections.abc import Iterable

from efssim.lag.cost.summary import CostSummary, FileSystemCost, ReplicationCost
from efssim.lag.cost.wire_bytes import Sent
from efssim.lag.detection.judging import MONTH_S
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.runs.cost.meter import GIB, Meter, Metered
from efssim.scenario.prices.prices import Prices, RequestPrices, StoragePrices
from efssim.text.yaml.paths import format_path


class Pricing:
    """Prices a run up to now; it notes each price that is missing."""

    def __init__(self, prices: Prices, begin_s: float, end_s: float) -> None:
        self._prices, self._begin_s, self._end_s = prices, begin_s, end_s
        self._months = (end_s - begin_s) / MONTH_S
        self._missing: dict[str, None] = {}

    def summary(
        self,
        meter: Meter,
        systems: Iterable[FileSystemState],
        replications: Iterable[tuple[ReplicationState, Sent]],
    ) -> CostSummary:
        """Return the cost of file systems, and of replications by the bytes that each sent."""
        samples = meter.until_now()
        by_system = {
            system.name: self._file_system(system, samples[system.name])
            for system in systems
            if system.name in samples
        }
        by_replication = {
            part.terms.name: self._replication(part, sent, by_system) for part, sent in replications
        }
        amounts = [cost.per_month for cost in by_system.values()]
        amounts += [cost.transfer for cost in by_replication.values()]
        return CostSummary(
            currency=self._prices.currency,
            source=self._prices.source,
            date=self._prices.date.isoformat(),
            per_month=_sum(amounts),
            file_systems=by_system,
            replications=by_replication,
            missing=tuple(self._missing),
        )

    def _file_system(self, system: FileSystemState, metered: Metered) -> FileSystemCost:
        kind = "standard" if system.zone is None else "one_zone"
        region, window = system.region, (self._begin_s, self._end_s)
        stored = self._prices.storage.get(region, StoragePrices())
        asked = self._prices.requests.get(region, RequestPrices())
        mean_bytes = metered.mean(metered.size_bytes, *window)
        bought = metered.mean(metered.provisioned_mibps, *window)
        storage = self._amount(mean_bytes / GIB, getattr(stored, kind), ("storage", region, kind))
        throughput = self._amount(
            bought, self._prices.throughput.get(region), ("throughput", region)
        )
        requests = self._per_month(
            metered.elastic_bytes(system), asked.write, ("requests", region, "write")
        )
        return FileSystemCost(
            region=region,
            storage_class=kind,
            mean_bytes=mean_bytes,
            storage=storage,
            throughput=throughput,
            requests=requests,
            per_month=_sum((storage, throughput, requests)),
        )

    def _replication(
        self, part: ReplicationState, sent: Sent, systems: dict[str, FileSystemCost]
    ) -> ReplicationCost:
        link = f"{part.source.region} -> {part.destination.region}"
        price, path = self._prices.transfer.get(link), ("transfer", link)
        transfer = self._per_month(sent.regular, price, path)
        destination = systems.get(part.destination.name)
        storage = 0.0 if destination is None else destination.storage
        return ReplicationCost(
            wire_bytes=sent.regular,
            transfer=transfer,
            storage=storage,
            per_month=_sum((storage, transfer)),
            initial_wire_bytes=sent.initial,
            initial_transfer=self._amount(sent.initial / GIB, price, path),
        )

    def _per_month(
        self, size_bytes: int, price: float | None, path: tuple[str, ...]
    ) -> float | None:
        """Return the cost in a month of bytes of the window; none of it where the window is."""
        if not self._months:
            return 0.0 if not size_bytes else None
        return self._amount(size_bytes / GIB / self._months, price, path)

    def _amount(self, quantity: float, price: float | None, path: tuple[str, ...]) -> float | None:
        """Return quantity times price; None, and the price noted as missing, where it has none."""
        if not quantity:
            return 0.0
        if price is None:
            self._missing[format_path(("prices", *path))] = None
            return None
        return quantity * price


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Return the sum; None where a part of it is not known."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return math.fsum(known) if len(known) == len(found) else None
