"""A drawn scenario: which features are on, and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from independent_model.scenarios import random_scenario, throttled_scenario

from search.features.table import FEATURES
from search.features.worlds import base
from search.maker import Json, Maker

KINDS = ("anything", "exact", "second", "lattice", "throttled lattice")
"""Everything; nothing drawn; what the second model knows; its own two grammars."""
_SHARES = (0.36, 0.14, 0.3, 0.15, 0.05)
_ON = (0.04, 0.1, 0.2, 0.35)
"""Probabilities that a feature is on: a scenario of few shows what many would hide."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scenario as data, its kind and its features."""

    seed: int
    kind: str
    features: tuple[str, ...]
    data: Json


def draw(seed: int, folder: Path) -> Drawn:
    """Return the scenario of a seed; files that it reads are written into the folder."""
    random = np.random.default_rng((seed, 0))
    kind = KINDS[int(random.choice(len(KINDS), p=_SHARES))]
    if kind == "lattice":
        return Drawn(seed, kind, (), _named(seed, random_scenario(seed, folder)))
    if kind == "throttled lattice":
        return Drawn(seed, kind, (), _named(seed, throttled_scenario(seed, folder)))
    share = _ON[int(random.integers(len(_ON)))]
    on = random.random(len(FEATURES)) < share
    chosen = [
        feature
        for feature, is_on in zip(FEATURES, on, strict=True)
        if is_on and not (feature.draws and kind != "anything")
        if feature.second or kind != "second"
    ]
    names = frozenset(feature.name for feature in chosen)
    maker = Maker(seed, folder, kind != "anything", names)
    data = base(maker)
    for feature in chosen:
        feature.add(maker, data)
    return Drawn(seed, kind, tuple(feature.name for feature in chosen), data)


def _named(seed: int, data: Json) -> Json:
    return {**data, "name": f"search-{seed}"}
