"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from efssim.text.suggestions import suggest

_LONGEST = 100
"""Characters of a name: the longest has 32. Each `/` in one costs a level of calls (chosen)."""


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone; raise ValueError for a name that is none."""
    try:
        if len(name) > _LONGEST:
            raise ValueError
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown names, directories, malformed keys
        hint = suggest(name, sorted(available_timezones()))
        raise ValueError(f"unknown time zone '{name}'{hint}") from None
