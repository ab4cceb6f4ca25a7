"""Files of a study under `--out`: a summary, tables and figures, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from efssim.json_values import JsonValue
from efssim.report.figures.files import (
    FOLDER,
    FigureSvg,
    file_style,
    narrow_svg,
    new_figure,
    rendered,
    write_svg,
)
from efssim.report.files.folders import REPORT, staged
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import study_manifest, write_manifest

if TYPE_CHECKING:
    import pandas as pd

Draw = Callable[..., object]
"""Of a function with a parameter `ax`."""


class Sketch(NamedTuple):
    """A figure that is not drawn yet."""

    draw: Draw
    alt: str
    """Its description in words."""


Page = Callable[[dict[str, FigureSvg]], str]
"""From the figures by stem to report.html."""


def write_study(
    folder: Path,
    texts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    sketches: Mapping[str, Sketch],
    page: Page,
    *,
    seed: int,
    about: Mapping[str, JsonValue],
    form: TableFormat = CSV,
) -> None:
    """Write files into a folder, which may exist: texts by name, tables and figures by stem.

    `form` is the format of the tables. Figures are SVG in `figures/`; `page` makes report.html of
    them, manifest.json has the seed and the facts `about` the study, and study.md is made of it.
    Files of an earlier result by its manifest go, other files of the folder stay. Raise OSError,
    FileExistsError if one of those is in the way.
    """
    with staged(folder) as staging:
        for name, text in texts.items():
            (staging / name).write_text(text, encoding="utf-8")
        for stem, table in tables.items():
            form.write(table, staging / f"{stem}{form.suffix}")
        svg = {stem: drawn(sketch) for stem, sketch in sketches.items()}
        figures = write_svg(svg, staging / FOLDER)
        (staging / REPORT).write_text(page(svg), encoding="utf-8", newline="\n")
        write_manifest(study_manifest(seed, about, REPORT, figures), staging)


def drawn(sketch: Sketch) -> FigureSvg:
    """Return a figure as SVG."""
    with file_style():
        figure = new_figure()
        sketch.draw(ax=figure.subplots())
        whole = rendered(figure, "svg", sketch.alt).decode()
        return FigureSvg(whole, narrow_svg(sketch.draw, sketch.alt))
