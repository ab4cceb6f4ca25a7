"""report.html of a run as a text, the same as the file under `--out`."""

from __future__ import annotations

from efssim.report.figures.files import drawings, fleet_drawings
from efssim.report.html.run import run_page
from efssim.report.text.fleets.run import sections_of
from efssim.runs.run import Run


def page_of(result: Run, command: str = "") -> str:
    """Return the page of a run, which says that `command` repeats it."""
    on_page = sections_of(result)
    shown = [drawing for drawing in drawings(result) if drawing.replication in on_page]
    shown += fleet_drawings(result)
    return run_page(result, shown, command)
