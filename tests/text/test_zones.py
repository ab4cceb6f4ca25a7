"""Time zones by names that are none."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from efssim.text.suggestions import suggest
from efssim.text.zones import time_zone


@pytest.mark.parametrize("name", ["", "A/" * 3000, "Europe", "../../etc/passwd", "Europe/Rome\0"])
def test_a_name_that_is_no_zone_is_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        time_zone(name)


def test_the_longest_names_are_zones() -> None:
    longest = max(available_timezones(), key=len)
    assert time_zone(longest).key == longest
    assert len(longest) > 25


def test_a_name_with_characters_that_terminals_obey_is_no_suggestion() -> None:
    assert suggest("timestamp", ["time\x1bstamp"]) == ""
    assert suggest("timestamp", ["time_stamp"]) == " (did you mean 'time_stamp'?)"
