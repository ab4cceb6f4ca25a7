"""The files of profiles of measurements: their JSON, figures and a page."""

from __future__ import annotations

from pathlib import Path

from efssim.report.figures.files import FOLDER, write_svg
from efssim.report.figures.measured.pictures import pictures
from efssim.report.files.folders import REPORT, staged
from efssim.report.files.manifest import environment, write_manifest
from efssim.report.files.study import Sketch, drawn
from efssim.report.text.traces import traces_json
from efssim.traces.profile.measured import MeasuredTraces

TRACES = "traces.json"


def write_traces(found: MeasuredTraces, folder: Path, command: str = "") -> None:
    """Write traces.json, figures, report.html and manifest.json into a folder, all or none.

    The folder may exist; files of an earlier result by its manifest go, other files stay. Raise
    OSError, FileExistsError if one of those is in the way.
    """
    from efssim.report.html.studies.traces import traces_page

    with staged(folder) as staging:
        (staging / TRACES).write_text(traces_json(found), encoding="utf-8")
        named = {picture.stem: picture for picture in pictures(found)}
        svg = {stem: drawn(Sketch(one.draw, one.alt)) for stem, one in named.items()}
        figures = write_svg(svg, staging / FOLDER)
        files = [file.file for file in found.files]
        made = {**environment(), "files": files, "report": REPORT, "figures": figures}
        page = traces_page(found, named, svg, command)
        (staging / REPORT).write_text(page, encoding="utf-8", newline="\n")
        write_manifest(made, staging)
