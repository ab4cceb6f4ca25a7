"""The figures as files: every figure of every replication, the same bytes for the same result."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "figures"
"""Where they are, inside the folder of the results."""

_METHODS = {
    "age": "plot",
    "exceedance": "plot_exceedance",
    "durations": "plot_durations",
    "pending": "plot_pending",
    "risk": "plot_risk",
}
"""The method of Result that draws each kind of figure."""
_WITHOUT_RECORDS = ("exceedance",)
"""Kinds that need no syncs."""
_STYLE = {
    "svg.hashsalt": "efssim",  # ids in the file hang on this and not on a random salt
    "svg.fonttype": "none",  # text stays text
}
_DPI = 150
_STEM = 80
"""Letters of a replication's name in a file name at most."""
_FIGURE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.(svg|png)")


def write_figures(result: Result, folder: Path, png: bool) -> list[str]:
    """Draw all figures into a new folder, as SVG and with `png` as PNG too; return their names."""
    folder.mkdir()
    written = []
    with file_style():
        for stem, figure in _figures(result):
            for kind in ("svg", "png")[: 1 + png]:
                written.append(f"{stem}.{kind}")
                save_figure(figure, folder / written[-1])
    return written


@contextmanager
def file_style() -> Iterator[None]:
    """Draw what is drawn inside as it is in files."""
    from matplotlib import style

    # A user's own style has no part in it, and a name without a glyph is no reason to complain.
    with style.context(["default", _STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def new_figure() -> Figure:
    """Return an empty figure of the size that files have."""
    from matplotlib.figure import Figure

    from efssim.report.figures.axes import FIGURE_SIZE

    # Not pyplot's, which belongs to the user.
    return Figure(figsize=FIGURE_SIZE, layout="constrained")


def is_figure(name: object) -> bool:
    """Whether a text can be the name of a figure of ours."""
    return isinstance(name, str) and _FIGURE.fullmatch(name) is not None


def safe_names(names: list[str]) -> dict[str, str]:
    """Return a stem for file names for each name: plain letters, unique even without case."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:_STEM].lstrip(".-") or "_"
        stem, ordinal = plain, 1
        while stem.lower() in taken:
            ordinal += 1
            stem = f"{plain}-{ordinal}"
        taken.add(stem.lower())
        stems[name] = stem
    return stems


def _figures(result: Result) -> Iterator[tuple[str, Figure]]:
    """Yield each figure with the stem of its file name."""
    kinds = tuple(_METHODS) if result.has_records else _WITHOUT_RECORDS
    for name, stem in safe_names(list(result.outcomes)).items():
        for kind in kinds:
            figure = new_figure()
            getattr(result, _METHODS[kind])(name, ax=figure.subplots())
            yield f"{stem}-{kind}", figure


def save_figure(figure: Figure, file: Path) -> None:
    """Write a figure; the kind is that of the file's name."""
    # Without a date and a version, the same result gives the same bytes.
    metadata = {"Date": None} if file.suffix == ".svg" else {"Software": None}
    figure.savefig(file, dpi=_DPI, metadata=metadata)
