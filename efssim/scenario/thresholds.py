"""Thresholds: comparisons of numbers of the summary, as `dr.write_lag_s.p99 < 10 min`.

Here they are read; which numbers there are is known where summaries are made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from efssim.text.quoting import cut
from efssim.text.yaml.paths import Path, parse_path

_SIGN = re.compile(r"<=|>=|<|>")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison of a number of the summary with a value."""

    path: Path
    """Of the number, below `replications` or from the top level."""
    sign: str
    value: str
    """In the unit of the number."""


def threshold(text: str) -> Threshold:
    """Return the comparison that a text is; raise ValueError for any other text."""
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: "x" * len(found[0]), text)
    signs = list(_SIGN.finditer(outside))
    if len(signs) != 1:
        raise ValueError(f"{cut(text)} is no comparison such as `dr.write_lag_s.p99 < 10 min`")
    name, value = text[: signs[0].start()].strip(), text[signs[0].end() :].strip()
    if not value:
        raise ValueError(f"{cut(text)} compares with nothing")
    return Threshold(parse_path(name), signs[0][0], value)


def _checked(text: str) -> str:
    threshold(text)
    return text


ThresholdText = Annotated[
    str,
    Field(max_length=1000),
    AfterValidator(_checked),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "[<>]",
            "description": "A number of the summary, <, <=, > or >=, and a value in its unit.",
            "examples": ["dr.write_lag_s.p99 < 10 min", "dr.rpo.attainment >= 99.9 %"],
        }
    ),
]
"""A comparison, as it is written."""
