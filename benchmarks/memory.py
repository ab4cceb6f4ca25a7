"""Print the peak memory in MiB of some busy years: `python -m benchmarks.memory YEARS RECORDS`."""

from __future__ import annotations

import resource
import sys

import efssim
from benchmarks.works import busy


def main() -> None:
    """Run and print."""
    result = efssim.run(busy(365 * int(sys.argv[1]), records=sys.argv[2]), seed=0)
    assert result.summary["replications"]["dr"]["syncs"]["completed"] > 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)


if __name__ == "__main__":
    main()
