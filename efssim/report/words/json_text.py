"""How everything that is printed or written as JSON looks."""

from __future__ import annotations

import json
from typing import Any


def json_text(content: dict[str, Any]) -> str:
    """Return plain data as JSON; ValueError for infinity and NaN, which JSON does not have."""
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
