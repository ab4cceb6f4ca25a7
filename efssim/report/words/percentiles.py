"""Numbers that are percentiles: of a lag that is not stationary there are none to report."""

from __future__ import annotations

import re

_PERCENTILE = re.compile(r"p\d+(_\d+)?")


def is_percentile(path: str) -> bool:
    """Return whether the last part of a dotted path names a percentile, as `p99_9` does."""
    return _PERCENTILE.fullmatch(path.rpartition(".")[2]) is not None
