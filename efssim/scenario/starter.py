"""The scenario that `efssim init` writes, commented for beginners."""

from __future__ import annotations

from importlib.resources import files

from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

_OTHERS = "OTHER_DISTURBANCES"
"""The mark in the file for the kinds of disturbances of which it shows no example."""


def starter_text() -> str:
    """Return the starter scenario."""
    text = files("efssim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
    others = (
        kind.name
        for kind in DISTURBANCES
        if kind.target is not Target.OPERATION and f"{kind.name}:" not in text
    )
    return text.replace(_OTHERS, ", ".join(others))
