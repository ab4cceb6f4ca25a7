"""Execute notebooks and write them with their outputs: `python .ci/notebooks.py [NAME...]`.

The same sources and versions give the same bytes: ids of cells are ordinals, and neither times of
execution, nor paths, nor the version of Python, nor the ids of live widgets are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
LIVE = "application/vnd.jupyter.widget-view+json"
"""A view of a widget that ends with its kernel; the output's other forms stay."""


def executed(source: Path) -> nbformat.NotebookNode:
    """Return a py:percent source as a notebook with outputs; raise what one of its cells raises."""
    notebook = jupytext.read(source)
    where = {"metadata": {"path": str(source.parent)}}
    client = NotebookClient(notebook, timeout=300, record_timing=False, resources=where)
    client.execute()
    for ordinal, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"cell-{ordinal:02}", {}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(LIVE, None)
    kept = {key: notebook.metadata[key] for key in ("jupytext", "kernelspec")}
    notebook.metadata = {**kept, "language_info": {"name": "python"}}
    return nbformat.from_dict(notebook)


for name in sys.argv[1:] or sorted(file.stem for file in FOLDER.glob("*.py")):
    target = FOLDER / f"{name}.ipynb"
    notebook = executed(target.with_suffix(".py"))
    nbformat.validate(notebook)
    target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
