"""Measures that are shares already, so that their changes are in percentage points."""

from __future__ import annotations

SHARES = ("attainment", "attainment_all", "attainment_while_writable", "utilisation")
"""Last parts of their names."""
