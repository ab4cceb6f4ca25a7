"""Opting in to Regions and out of them by the calls of the account service.

Source: AWS Account Management reference: the five statuses, at most six changes at a time, one at a
time for a Region, and no change of a Region that is enabled by default. A call that asks for the
status that there is has no effect (assumed).
"""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.entities.errors import EfsError
from efssim.model.entities.network import OptChange, RegionState
from efssim.model.kernel.clock import Turn
from efssim.model.world.disturbances import Disturbances
from efssim.scenario.grammar.disturbances.effects import OptOut
from efssim.scenario.grammar.disturbances.kinds import OPT_OUT

MAX_CHANGES = 6
"""Regions that may be enabled or disabled at a time; documented."""


class RegionOptIn:
    """The opt-in status of every Region, and its changes by calls."""

    def __init__(self, account: Account, disturbances: Disturbances) -> None:
        self._account, self._disturbances = account, disturbances

    def status(self, region: RegionState) -> str:
        """Return the RegionOptStatus of a Region."""
        change = region.change_at(self._account.clock.now)
        if change is not None:
            return change.status
        if not region.enabled:
            return "DISABLED"
        return "ENABLED_BY_DEFAULT" if region.by_default else "ENABLED"

    def disable(self, region: RegionState) -> None:
        """Begin to opt out: `opting_out` later a cause of its own begins, which has no end."""
        self._require_free(region)
        if not region.enabled:
            return
        self._after(region, region.opting_out_s, "DISABLING", Turn.DISTURBANCE_BEGIN)

    def enable(self, region: RegionState) -> None:
        """Begin to opt in: `opting_in` later every opt-out ends, whatever it is due to."""
        self._require_free(region)
        if region.enabled:
            return
        self._after(region, region.opting_in_s, "ENABLING", Turn.DISTURBANCE_END)

    def _after(self, region: RegionState, lasts_s: float, status: str, turn: Turn) -> None:
        now = self._account.clock.now
        region.forget_changes_after(now)
        region.changes.append(OptChange(now, now + lasts_s, status))
        act = self._opted_out if status == "DISABLING" else self._opted_in
        if lasts_s:
            self._account.clock.call_at(now + lasts_s, turn, lambda: act(region))
        else:
            act(region)

    def _opted_out(self, region: RegionState) -> None:
        self._disturbances.begin_kind(OPT_OUT, region.name)

    def _opted_in(self, region: RegionState) -> None:
        region.opted_in = True
        self._disturbances.end_all(OptOut, region.name)

    def _require_free(self, region: RegionState) -> None:
        """Raise EfsError unless the status of a Region can be changed now."""
        if region.by_default:
            raise EfsError(
                "ValidationException",
                f"{region.name} is enabled by default: it can be neither enabled nor disabled.",
            )
        now = self._account.clock.now
        change = region.change_at(now)
        if change is not None:
            raise EfsError("ConflictException", f"{region.name} is {change.status}.")
        changing = [part for part in self._account.regions.values() if part.change_at(now)]
        if len(changing) >= MAX_CHANGES:
            raise EfsError(
                "TooManyRequestsException",
                f"{len(changing)} Regions are being enabled or disabled, the maximum.",
            )
