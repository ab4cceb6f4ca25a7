"""Random numbers that belong to a name, so that nothing else in a scenario moves them."""

from __future__ import annotations

import hashlib

import numpy as np


def named_generator(seed: int, trial: int, name: str) -> np.random.Generator:
    """Return a fresh generator that belongs to a name in one trial of a seed."""
    words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
    key = (trial, *(int(word) for word in words))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
