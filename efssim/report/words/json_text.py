"""How everything that is printed or written as JSON looks."""

from __future__ import annotations

import json
from collections.abc import Mapping

from efssim.json_values import JsonValue


def json_text(content: Mapping[str, JsonValue]) -> str:
    """Return plain data as JSON; ValueError for infinity and NaN, which JSON does not have."""
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
