"""Hashes in manifest.json of what a baseline is read from, so that damage is no other result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from efssim.json_values import JsonObject, JsonValue

KEY = "hashes"
"""Of the manifest."""
MANIFEST, SUMMARY, TRIALS = "manifest.json", "summary.json", "trials.csv"


def hashes_of(folder: Path, manifest: Mapping[str, JsonValue]) -> JsonObject:
    """Return the hashes of a result by the names of its files; empty for one that is no baseline.

    Raise OSError, and ValueError for a file that is not UTF-8.
    """
    if not (folder / SUMMARY).is_file():
        return {}
    found: JsonObject = {MANIFEST: _of_text(_canonical(manifest))}
    for name in (SUMMARY, TRIALS):
        if (folder / name).is_file():
            # Line ends as Python has them: repositories may change those of text files.
            found[name] = _of_text((folder / name).read_text(encoding="utf-8"))
    return found


def damaged(folder: Path, manifest: Mapping[str, JsonValue]) -> str | None:
    """Return the name of a file that is not as it was written; None if all are, or none is known.

    Raise OSError.
    """
    written = manifest.get(KEY)
    if written is None:  # of an earlier version
        return None
    if not isinstance(written, Mapping):
        return MANIFEST
    try:
        found = hashes_of(folder, {key: value for key, value in manifest.items() if key != KEY})
    except ValueError:
        return SUMMARY
    # One that is gone is missed where it is read.
    return next((name for name, text in found.items() if text != written.get(name)), None)


def _canonical(manifest: Mapping[str, JsonValue]) -> str:
    return json.dumps(manifest, sort_keys=True)


def _of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
