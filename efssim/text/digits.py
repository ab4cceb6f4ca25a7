"""Numbers written in digits for people: without exponents at any magnitude."""

from __future__ import annotations

import math
from decimal import Decimal


def plain(number: float, significant: int = 3) -> str:
    """Return a number with so many significant digits, or as a whole one where it has more.

    Without an exponent and without separators, so that a scenario can have it: `0.00012`, `1234`.
    """
    if not math.isfinite(number):
        return str(number)
    if abs(number) >= 10**significant:
        return f"{number:.0f}"
    return format(Decimal(f"{number:.{significant}g}"), "f")


def grouped(number: float, significant: int = 3, *, signed: bool = False) -> str:
    """Return a number as `plain` does, with a comma between thousands: `1,234,567`."""
    text = plain(number, significant)
    whole, point, rest = text.partition(".")
    sign = "+" if signed and number >= 0 else ""
    if not math.isfinite(number):
        return f"{sign}{text}"
    shown = f"{int(whole):,}"
    # int() drops the sign of -0.
    minus = "-" if whole.startswith("-0") else ""
    return f"{sign}{minus}{shown}{point}{rest}"


def about(number: float) -> str:
    """Return a large number rounded to two significant digits: `2,600,000,000,000`."""
    return f"{int(Decimal(f'{number:.1e}')):,}" if math.isfinite(number) else "endlessly many"
