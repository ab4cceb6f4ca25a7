"""Tests of `progress=True`: a bar in notebooks and on standard error, and never a warning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.worlds import poisson, scenario

import efssim
from efssim.progress import told
from efssim.scenario import Scenario

INTERVAL = "replications.dr.sync.interval"
WIDGET = "application/vnd.jupyter.widget-view+json"
CALLS = {
    "run": "efssim.run(world, progress=True)",
    "trials": "efssim.run_trials(world, 3, workers=1, progress=True)",
    "sweep": f"efssim.sweep(world, {{{INTERVAL!r}: ['1 min', '2 min']}}, workers=1, progress=True)",
    "plan": f"efssim.plan(world, {INTERVAL!r}, ('5 min', '1 h'), "
    "attainment=0.9, workers=1, progress=True)",
}


@pytest.fixture
def world() -> Scenario:
    stream = poisson("1 per s", {"exponential": {"mean": "1 MiB"}})
    sync = {"interval": "60 s", "setup": {"exponential": {"mean": "5 s"}}, "throughput": "20 MiB/s"}
    return scenario({"app": stream}, sync, "2 h")


def executed(cells: list[str], world: Scenario, folder: Path) -> list[dict[str, Any]]:
    """Run cells in a kernel and return the outputs of the last one."""
    nbclient = pytest.importorskip("nbclient", reason="notebooks need nbmake")
    pytest.importorskip("ipykernel", reason="notebooks need a kernel")
    nbformat = pytest.importorskip("nbformat")
    (folder / "world.json").write_text(
        world.model_dump_json(by_alias=True, exclude_unset=True), encoding="utf-8"
    )
    begin = "import efssim, json; world = efssim.load('world.json')"
    sources = [f"import sys; sys.path[:0] = {sys.path!r}", begin, *cells]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": folder}}).execute()
    outputs: list[dict[str, Any]] = book.cells[-1].outputs
    return outputs


def texts(outputs: list[dict[str, Any]]) -> str:
    return "".join(part.get("text", "") for part in outputs)


# A kernel of its own talks through sockets that its client does not always close in time.
@pytest.mark.filterwarnings("default")
def test_a_notebook_with_widgets_shows_a_bar(world: Scenario, tmp_path: Path) -> None:
    pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
    outputs = executed(["; ".join(CALLS.values()) + ";"], world, tmp_path)
    shown = [part for part in outputs if WIDGET in part.get("data", {})]
    assert len(shown) == len(CALLS)
    assert texts(outputs) == ""


@pytest.mark.filterwarnings("default")
def test_a_notebook_without_widgets_shows_text_and_no_warning(
    world: Scenario, tmp_path: Path
) -> None:
    without = "sys.modules['ipywidgets'] = None"
    outputs = executed([without, "; ".join(CALLS.values()) + ";"], world, tmp_path)
    text = texts(outputs)
    assert "Warning" not in text
    assert "IProgress" not in text
    assert not any(WIDGET in part.get("data", {}) for part in outputs)
    assert re.search(r"0 %\|.*\| 0\.0 of 2 h, ", text)


@pytest.mark.parametrize("kind", CALLS)
def test_a_script_shows_a_bar_on_standard_error(kind: str, world: Scenario, tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text(
        world.model_dump_json(by_alias=True, exclude_unset=True), encoding="utf-8"
    )
    script = f"import efssim; world = efssim.load('world.json'); {CALLS[kind]}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout == ""
    pattern = {
        "run": r"\| 0\.0 of 2 h, ",
        "trials": r"\| \d of 3 trials, ",
        "sweep": r"\| \d of 2 combinations, ",
        "plan": r"\d+ evaluations",
    }[kind]
    assert re.search(pattern, done.stderr)


def test_no_bar_unless_asked_for(world: Scenario, capfd: pytest.CaptureFixture[str]) -> None:
    efssim.run(world)
    assert capfd.readouterr() == ("", "")


def test_a_bar_changes_no_result_and_leaves_the_callback(world: Scenario) -> None:
    heard: list[tuple[float, float]] = []
    shown = efssim.run(world, progress=True, on_progress=lambda *told: heard.append(told))
    assert shown.digest == efssim.run(world).digest
    assert heard[-1] == (7200, 7200)


def test_a_callback_alone_is_itself() -> None:
    def tell(_: int) -> None: ...

    with told(tell, None) as found:
        assert found is tell
    with told(None, None) as found:
        assert found is None
