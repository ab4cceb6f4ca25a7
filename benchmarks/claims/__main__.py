"""`python -m benchmarks.claims`: five fixed scenarios, or with `--random N` random ones."""

from __future__ import annotations

import sys

from benchmarks.claims import fixed, search

if __name__ == "__main__":
    words = [word.partition("=")[0] for word in sys.argv[1:]]
    if "--random" in words or "--scenario" in words:
        sys.exit(search.main(sys.argv[1:]))
    fixed.main()
