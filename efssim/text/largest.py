"""The largest file that EFS takes, and the largest totals that are counted."""

from __future__ import annotations

LARGEST_FILE_BYTES = 52_673_613_135_872
"""Largest file of EFS (EFS User Guide, quotas: 47.9 TiB); no single write is larger."""

COUNTED_MAX = 2**62
"""Largest expected total of bytes or files of a run: counts have 63 bits and draws may exceed
their expectation, so half of the range is left."""
