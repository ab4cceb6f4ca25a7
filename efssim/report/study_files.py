"""Files of a study under `--out`: a summary, tables and figures, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.report.figure_files import FOLDER, file_style, new_figure, save_figure
from efssim.report.files import staged

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Draw = Callable[["Axes"], object]


def write_study(
    folder: Path,
    texts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Draw],
) -> None:
    """Write files into a folder, which may exist: texts and tables by name, figures by stem.

    Figures are SVG in `figures/`. Other files of the folder stay. Raise OSError.
    """
    with staged(folder) as staging:
        for name, text in texts.items():
            (staging / name).write_text(text, encoding="utf-8")
        for name, table in tables.items():
            table.to_csv(staging / name, index=False, lineterminator="\n")
        _draw_all(staging / FOLDER, figures)


def _draw_all(folder: Path, figures: Mapping[str, Draw]) -> None:
    folder.mkdir()
    with file_style():
        for stem, draw in figures.items():
            figure = new_figure()
            draw(figure.subplots())
            save_figure(figure, folder / f"{stem}.svg")
