"""Origin of a result: the first part of every manifest.json."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from efssim._version import __version__
from efssim.json_values import JsonObject, JsonValue
from efssim.report.files.folders import MANIFEST
from efssim.report.files.reporting.checklist import STUDY, study_markdown
from efssim.report.words.json_text import json_text
from efssim.scenario import Scenario
from efssim.scenario.shown.provenance import resolved
from efssim.study.baseline.hashes import KEY, hashes_of

_PACKAGES = (
    *("simpy", "numpy", "scipy", "pandas", "matplotlib", "pydantic", "pyyaml", "click", "jinja2"),
)


def environment() -> JsonObject:
    """Return versions and the machine, as far as the last bit of a number may depend on them."""
    return {
        "efssim": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "system": platform.system(),
        "processor": platform.machine(),
        "numpy_exponential": numpy_exponential(),
    }


def numpy_exponential() -> str | None:
    """Return for which processors NumPy's exponential is made, as `X86_V4` or `baseline(X86_V2)`.

    NumPy has one of its own for processors with AVX-512 (`AVX512_SKX`, `X86_V4`), which differs in
    the last bit from that of the C library. None if NumPy does not tell.
    """
    try:
        from numpy.lib.introspect import opt_func_info

        return str(opt_func_info(func_name="^exp$")["exp"]["dd"]["current"])
    except (ImportError, KeyError):
        return None


def parameters(scenario: Scenario) -> JsonObject:
    """Return a scenario as it was written, and every value of it with its provenance."""
    return {
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "parameters": [parameter._asdict() for parameter in resolved(scenario)],
    }


def write_manifest(content: Mapping[str, JsonValue], folder: Path) -> None:
    """Write manifest.json into a folder with all other files of a result, and study.md from it."""
    hashes = hashes_of(folder, content)
    whole = {**content, KEY: hashes} if hashes else content
    (folder / MANIFEST).write_text(json_text(whole), encoding="utf-8")
    files = sorted(file.name for file in folder.iterdir() if file.is_file())
    (folder / STUDY).write_text(study_markdown(content, files), encoding="utf-8", newline="\n")


def study_manifest(
    seed: int, about: Mapping[str, JsonValue], report: str, figures: Iterable[str]
) -> JsonObject:
    """Return the manifest of a study; `about` says of which scenario or scenarios."""
    return {
        **environment(),
        "seed": seed,
        **about,
        "report": report,
        "figures": list(figures),
    }
