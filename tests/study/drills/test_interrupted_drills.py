"""Tests of Ctrl-C in a study of drills: those that are complete are a result, marked as partial."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator

import pytest
from helpers.commands import command
from helpers.places import SCENARIOS

import efssim
from efssim.study.drills import study

FILE = SCENARIOS / "drill.yaml"


@pytest.fixture(autouse=True)
def _default_ctrl_c() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pressing(*drills: int) -> Callable[..., object]:
    """Return a stand-in for `run_drill` that presses Ctrl-C at the begin of some drills."""
    run_drill = study.run_drill

    def run(scenario: efssim.Scenario, seed: int, trial: int) -> object:
        for _ in range(drills.count(trial)):
            signal.raise_signal(signal.SIGINT)
        return run_drill(scenario, seed, trial)

    return run


def test_complete_drills_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    world = efssim.load(FILE)
    whole = efssim.drill(world, 3)
    assert whole.summary["partial"] is False
    monkeypatch.setattr(study, "run_drill", pressing(3))
    found = efssim.drill(world, 200)
    assert (found.partial, found.wanted, len(found.outcomes)) == (True, 200, 3)
    assert found.outcomes == whole.outcomes
    assert found.summary["partial"] is True
    assert found.summary["passes"] is False
    assert repr(found) == "<efssim.Drills of 'drill': 3 drills, partial>"
    assert {**found.summary, "partial": False, "passes": whole.summary["passes"]} == whole.summary


def test_before_the_first_there_is_nothing_to_return(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "run_drill", pressing(0))
    with pytest.raises(KeyboardInterrupt):
        efssim.drill(efssim.load(FILE), 200)


def test_a_press_after_the_last_leaves_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(complete: int, wanted: int) -> None:
        if complete == wanted:
            signal.raise_signal(signal.SIGINT)

    assert not efssim.drill(efssim.load(FILE), 2, on_progress=tell).partial


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit"])
def test_the_command_says_so(form: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(study, "run_drill", pressing(2))
    out = tmp_path / "out"
    done = command("drill", FILE, "-n", "9", "--format", form, "--check", "--out", out)
    assert done.code == 130
    assert done.err.splitlines()[-1] == "interrupted"
    if form != "json":
        assert "PARTIAL: interrupted after 2 of 9 drills" in done.out
    if form == "junit":
        assert 'name="complete"' in done.out
    assert "PARTIAL: interrupted after 2 of 9 drills" in (out / "report.html").read_text("utf-8")
    assert json.loads((out / "drills.json").read_text("utf-8"))["partial"] is True
    assert json.loads((out / "manifest.json").read_text("utf-8"))["partial"] is True
    if form == "json":
        assert json.loads(done.out)["partial"] is True


def test_a_partial_study_is_not_stored(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    arguments = "drill", FILE, "-n", "4", "--store", tmp_path / "store"
    with monkeypatch.context() as pressed:
        pressed.setattr(study, "run_drill", pressing(2))
        assert command(*arguments).code == 130
    assert command(*arguments).out.startswith("drill: 4 drills")


def test_the_second_press_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = study._calm

    def pressed(scenario: efssim.Scenario, seed: int) -> object:
        signal.raise_signal(signal.SIGINT)
        return calm(scenario, seed)

    monkeypatch.setattr(study, "run_drill", pressing(2))
    monkeypatch.setattr(study, "_calm", pressed)
    done = command("drill", FILE, "-n", "9")
    assert (done.code, done.out) == (130, "")


@pytest.mark.parametrize("press", [False, True])
def test_the_page_of_an_easy_objective_is_not_green(press, monkeypatch, tmp_path) -> None:
    if press:
        monkeypatch.setattr(study, "run_drill", pressing(100))
    easy = ("--set", "rpo.target=30 days", "--set", "rto.target=30 days")
    done = command("drill", FILE, "-n", "150", *easy, "--format", "markdown", "--out", tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert ("2 conditions hold" in done.out) is not press
    assert ('class="verdict met"' in page) is not press
