"""The figures as files: every figure of every replication, the same bytes for the same result."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from efssim.report.facts.risk import WEEKS_LEAST, weeks_behind
from efssim.report.figures.drawing.curve import has_credits
from efssim.report.figures.run.alt import alt_text
from efssim.report.figures.run.fleet import fleet_alt, plot_fleet
from efssim.report.text.fleets.run import sections_of
from efssim.report.verdicts.fleets import are_many
from efssim.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "figures"
"""Where they are, inside the folder of the results."""

_METHODS = {
    "age": "plot_age",
    "lag": "plot_lag",
    "syncs": "plot_syncs",
    "pending": "plot_pending",
    "risk": "plot_risk",
    "credits": "plot_credits",
}
"""The method of Run that draws each kind of figure."""
_WITHOUT_RECORDS = ("lag", "credits")
"""Kinds that need no syncs."""
_FILE_STYLE = {
    "svg.hashsalt": "efssim",  # ids in the file hang on this and not on a random salt
    "svg.fonttype": "none",  # text stays text
}
_DPI = 150
FLEET = "fleet"
"""Kind of the figure of a fleet."""
_STEM = 80
"""Letters of a replication's name in a file name at most."""
_FIGURE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.(svg|png)")


class FigureSvg(NamedTuple):
    """A figure as SVG, drawn for two widths."""

    whole: str
    """The file."""
    narrow: str
    """The same figure for the narrow column of a phone."""


@dataclass(frozen=True)
class Drawing:
    """A figure of a result."""

    replication: str
    kind: str
    stem: str
    """Of the file's name."""
    alt: str
    """Its description in words."""
    svg: FigureSvg
    png: bytes | None
    """The same as PNG, where that is wanted."""


def drawings(result: Run, png: bool = False) -> Iterator[Drawing]:
    """Draw all figures of a result, one after the other, as SVG and with `png` as PNG too."""
    kinds = tuple(_METHODS) if result.has_records else _WITHOUT_RECORDS
    for name, stem in safe_names(list(drawn_of(result))).items():
        for kind in kinds:
            if kind == "risk" and weeks_behind(result, name) < WEEKS_LEAST:
                continue
            if kind == "credits" and not has_credits(result, name):
                continue
            yield _drawing(result, name, kind, f"{stem}-{kind}", png)


def fleet_drawings(result: Run, png: bool = False) -> Iterator[Drawing]:
    """Draw the figure of each fleet of a result, as SVG and with `png` as PNG too."""
    names = [*drawn_of(result), *result.run_summary.fleets]
    stems, target_s = safe_names(names), result.scenario.rpo.target
    for name in result.run_summary.fleets:
        ages = {one: outcome.summary.age for one, outcome in result.items(name).items()}
        draw = partial(plot_fleet, ages, target_s, name)
        yield _drawn(
            draw, name, FLEET, f"{stems[name]}-{FLEET}", fleet_alt(ages, target_s, name), png
        )


def drawn_of(result: Run) -> Collection[str]:
    """Return the replications with figures: of many, those with a section on the page."""
    return sections_of(result) if are_many(result.outcomes) else result.outcomes


def _drawing(result: Run, name: str, kind: str, stem: str, png: bool) -> Drawing:
    draw = partial(getattr(result, _METHODS[kind]), name)
    return _drawn(draw, name, kind, stem, alt_text(kind, result, name), png)


def _drawn(
    draw: Callable[..., object], name: str, kind: str, stem: str, alt: str, png: bool
) -> Drawing:
    with file_style():
        figure = new_figure()
        draw(ax=figure.subplots())
        # First, for each drawing of a figure moves its layout a little.
        whole = rendered(figure, "svg", alt).decode()
        picture = rendered(figure, "png", alt) if png else None
        return Drawing(name, kind, stem, alt, FigureSvg(whole, narrow_svg(draw, alt)), picture)


def narrow_svg(draw: Callable[..., object], alt: str) -> str:
    """Return a figure as SVG for the narrow column of a phone."""
    from efssim.report.figures.drawing.whole import NarrowFigure

    figure = NarrowFigure()
    draw(ax=figure.subplots())
    return rendered(figure, "svg", alt).decode()


def write_drawing(drawing: Drawing, folder: Path) -> list[str]:
    """Write a figure into a folder; return the names of its files."""
    files = {f"{drawing.stem}.svg": drawing.svg.whole.encode()}
    if drawing.png is not None:
        files[f"{drawing.stem}.png"] = drawing.png
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return list(files)


def write_svg(drawn: Mapping[str, FigureSvg], folder: Path) -> list[str]:
    """Write figures, by the stem of their names, into a new folder; return their names."""
    folder.mkdir()
    for stem, svg in drawn.items():
        (folder / f"{stem}.svg").write_text(svg.whole, encoding="utf-8", newline="\n")
    return [f"{stem}.svg" for stem in drawn]


@contextmanager
def file_style() -> Iterator[None]:
    """Let figures made inside look as in files, one thread at a time."""
    from matplotlib import style

    from efssim.report.figures.drawing.style import DRAWING, STYLE

    # A user's own style has no part in it, and a name without a glyph is no reason to complain.
    files = style.context(["default", dict(STYLE), _FILE_STYLE])
    with DRAWING, files, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def new_figure() -> Figure:
    """Return an empty figure of the size that files have."""
    from efssim.report.figures.drawing.style import FIGURE_SIZE
    from efssim.report.figures.drawing.whole import WholeFigure

    # Not pyplot's, which belongs to the user.
    return WholeFigure(figsize=FIGURE_SIZE, layout="constrained")


def is_figure(name: object) -> bool:
    """Return whether a text can be the name of a figure of ours."""
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


def rendered(figure: Figure, kind: str, alt: str) -> bytes:
    """Return a figure as a file of a kind: svg or png; `alt` is its description in the file."""
    # A character that no file may have is one that nobody sees.
    title = "".join(letter for letter in alt if letter.isprintable())
    # Without a date and a version, the same result gives the same bytes.
    absent = ("Date", "Creator") if kind == "svg" else ("Software",)
    metadata = {"Title": title, **dict.fromkeys(absent)}
    file = BytesIO()
    figure.savefig(file, format=kind, dpi=_DPI, metadata=metadata)
    return file.getvalue()
