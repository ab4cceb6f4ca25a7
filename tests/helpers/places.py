"""Where things are."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
EFSSIM = Path(sys.executable).with_name("efssim")
"""The installed command."""
