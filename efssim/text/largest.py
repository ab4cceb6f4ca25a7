"""The largest file that EFS takes, and the largest totals and numbers of trials."""

from __future__ import annotations

LARGEST_FILE_BYTES = 52_673_613_135_872
"""Largest file of EFS (EFS User Guide, quotas: 47.9 TiB); no single write is larger."""

COUNTED_MAX = 2**62
"""Largest expected total of bytes or files of a run: counts have 63 bits and draws may exceed
their expectation, so half of the range is left."""

TRIALS_MAX = 10_000_000
"""Trials, drills, parameter sets or points of a design at most: each is kept in memory until the
end, so that no machine has room for more (assumed: a KiB each)."""
