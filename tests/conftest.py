"""What every test may rely on."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

import efssim  # noqa: F401  # the installed one, before the folder below could offer another

# For tests of the benchmarks, which are not installed.
sys.path.append(str(Path(__file__).parents[1]))

settings.register_profile("efssim", deadline=None)  # timing never decides a test
settings.load_profile("efssim")
