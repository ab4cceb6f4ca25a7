"""A second model of efssim, written from its documentation by somebody who had not read its code.

It is slow and plain on purpose: a heap of events, one event for every write, a list of every write,
and measures by brute force. It takes from efssim the numbers of a scenario and nothing else.
Nothing in it is random: what is drawn is given to it.
"""

from __future__ import annotations

from independent_model.compare import differences
from independent_model.summary import statuses, summarise, thresholds
from independent_model.world import World

__all__ = ["World", "differences", "statuses", "summarise", "thresholds"]
