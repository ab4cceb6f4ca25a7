"""All features, in the order in which they are added."""

from __future__ import annotations

from search.features.events import EVENTS
from search.features.feature import Feature
from search.features.judged import JUDGED
from search.features.streams import ARRIVALS, STREAMS
from search.features.syncs import SYNCS
from search.features.worlds import LATE, WORLD

FEATURES: tuple[Feature, ...] = (
    *WORLD,
    *ARRIVALS,
    *STREAMS,
    *LATE,
    *SYNCS,
    *EVENTS,
    *JUDGED,
)
"""Those that others read, such as the start and the streams, come first."""

BY_NAME = {feature.name: feature for feature in FEATURES}
