"""Tests that each notebook is its source with outputs; `pytest --nbmake` executes them."""

from __future__ import annotations

import json
import re

import pytest
from helpers.places import ROOT

FOLDER = ROOT / "notebooks"
NAMES = sorted(file.stem for file in FOLDER.glob("*.py"))
MARKER = re.compile(r"^# %%(?P<markdown> \[markdown\])?\n", re.MULTILINE)
DRAWS = re.compile(r"^(axes|figure, \w+) = |^explorer$", re.MULTILINE)
LARGEST_BYTES = 400_000
AGAIN = "run `python .ci/notebooks.py`"


def source_cells(name):
    """Return kind and text of each cell of a py:percent source, without jupytext."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    starts = list(MARKER.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=True):
        body = text[start.end() : end].strip("\n")
        if start["markdown"]:
            yield "markdown", "\n".join(line.removeprefix("#")[1:] for line in body.splitlines())
        else:
            yield "code", body


def notebook(name):
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def outputs(name):
    return [
        output
        for cell in notebook(name)["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]


def test_every_notebook_has_its_source():
    assert NAMES
    assert sorted(file.stem for file in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_those_of_the_source(name):
    cells = [(c["cell_type"], "".join(c["source"])) for c in notebook(name)["cells"]]
    assert cells == list(source_cells(name)), AGAIN


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_was_executed_in_order(name):
    code = [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)], AGAIN


@pytest.mark.parametrize("name", NAMES)
def test_outputs_have_every_picture_and_neither_warnings_nor_errors(name):
    kinds = {output.get("name", output["output_type"]) for output in outputs(name)}
    assert kinds <= {"display_data", "execute_result", "stdout"}
    drawn = [cell for cell in notebook(name)["cells"] if DRAWS.search("".join(cell["source"]))]
    assert drawn
    for cell in drawn:
        assert any("image/png" in output.get("data", {}) for output in cell["outputs"]), cell[
            "source"
        ]


@pytest.mark.parametrize("name", NAMES)
def test_outputs_say_nothing_of_the_machine(name):
    """Neither paths, nor memory addresses, nor views of widgets whose kernel is gone."""
    kept = json.dumps([{**o.get("data", {}), "image/png": ""} for o in outputs(name)])
    for trace in ("/home/", "/root/", "/tmp/", "/Users/", " at 0x", "widget-view"):
        assert trace not in kept
    assert set(notebook(name)["metadata"]["language_info"]) == {"name"}, AGAIN
    assert all(cell["metadata"] == {} for cell in notebook(name)["cells"]), AGAIN


@pytest.mark.parametrize("name", NAMES)
def test_size(name):
    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_a_question_and_ends_with_an_answer_that_is_asserted(name):
    kinds, texts = zip(*source_cells(name), strict=True)
    assert kinds[0] == "markdown"
    assert re.match(r"# .*\?$", texts[0].splitlines()[0])
    assert kinds[-2:] == ("markdown", "code")
    assert texts[-2].startswith("## The answer\n")
    assert re.search(r"^assert ", texts[-1], re.MULTILINE)
