"""Whether durations grow in proportion to the bytes, by a score test against a bent line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats
from efssim.calibration.estimate.likelihood import Likelihood

STEP = 0.1
"""Step of the numerical derivative, in standard deviations of the durations; assumed."""
FEWEST = 10
"""Rows that have to say something; assumed."""


@dataclass(frozen=True, slots=True)
class Bend:
    """How much better a bent line fits than a straight one."""

    errors: float
    """Standard errors that it is away from none."""
    off_s: float
    """How far it moves durations: standard deviation over the rows."""


NO_BEND = Bend(0.0, 0.0)


def bend_of(likelihood: Likelihood, point: Floats) -> Bend:
    """Return the bend of durations over bytes at the best straight line.

    It is the square of the bytes, without all that fixed time and slope could take of it.
    """
    size = likelihood.bytes[len(likelihood.bytes) // 2]
    score = _scores(likelihood, point)
    root = np.abs(score)  # its square stands for the information that a row has
    basis = np.stack((np.ones_like(size), size), axis=1)
    taken = np.linalg.lstsq(basis * root[:, None], size * size * root, rcond=None)[0]
    bent = size * size - basis @ taken
    information = float(((root * bent) ** 2).sum())
    if information <= 0 or np.count_nonzero(root) < FEWEST:
        return NO_BEND
    slope = float((score * bent).sum()) / information
    return Bend(float(slope * np.sqrt(information)), abs(slope) * float(np.std(bent)))


def _scores(likelihood: Likelihood, point: Floats) -> Floats:
    """Return the derivative of each row's log likelihood by its expected duration."""
    step_s = STEP * float(np.median(likelihood.deviation_s(point)))
    up, down = point.copy(), point.copy()
    up[0], down[0] = up[0] + step_s, max(down[0] - step_s, 0.0)
    change = likelihood.of_each(up) - likelihood.of_each(down)
    result: Floats = change / (up[0] - down[0])
    return result
