"""Parameters of a fit whose forecast was wrong: they fit, and are not what happens."""

from __future__ import annotations

from dataclasses import replace

from efssim.calibration.backtest.findings import Backtest, NoBacktest, Trust
from efssim.calibration.data import Fitted, FittedParameter, Identified

_WRONG = (
    "the back-test contradicts the fit: the writes are not those of these syncs, lack some of them "
    "or have other times, or syncs do not follow the model"
)
_ROUGH = "the forecast of the back-test is roughly right only"


def not_contradicted(fitted: Fitted, found: Backtest | NoBacktest) -> Fitted:
    """Return a fit that claims no more than its forecast bears out.

    Where the forecast is wrong nothing is identified, and no bounds hold; where it is roughly right
    all is roughly known at best. The interval rests on the cuts alone, and those are seen.
    """
    if not isinstance(found, Backtest) or found.trust not in (Trust.NO, Trust.ROUGHLY):
        return fitted
    claimed = _contradicted if found.trust is Trust.NO else _rough
    parameters = tuple(one if one.name == "interval" else claimed(one) for one in fitted.parameters)
    return replace(fitted, parameters=parameters)


def _contradicted(one: FittedParameter) -> FittedParameter:
    """Return a parameter without bounds, and not identified; a reason it has stays."""
    reason = one.reason if one.identified is Identified.NO else _WRONG
    return FittedParameter(one.name, one.value, 0.0, None, Identified.NO, reason)


def _rough(one: FittedParameter) -> FittedParameter:
    if one.identified is not Identified.YES:
        return one
    return replace(one, identified=Identified.ROUGHLY, reason=_ROUGH)
