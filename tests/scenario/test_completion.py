"""Tests of tab completion in IPython, by its own completer and by Jedi."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.places import SCENARIOS

import efssim

# In a process of its own: IPython's shell is a singleton that changes `sys` and `builtins`.
COMPLETE = """
import json, sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.Completer.use_jedi = sys.argv[1] == "jedi"
shell.run_cell("import efssim; s = efssim.load(" + repr(sys.argv[2]) + ")", silent=True)
with provisionalcompleter():
    found = {
        text: [made.text.lstrip(".") for made in shell.Completer.completions(text, len(text))]
        for text in sys.argv[3:]
    }
print(json.dumps(found))
"""
HELPERS = {"model_dump", "model_dump_json", "model_json_schema", "model_validate"}
COMPLETIONS = {
    "s.": set(efssim.Scenario.model_fields) | {"with_", "fleets", "once"} | HELPERS,
    's.replications["': {"dr"},
    's.replications["dr"].sy': {"sync"},
    's.file_systems["orders"].writes["': {"app"},
    's.file_systems["orders"].writes["app"].arrivals.poisson.': {"rate", "bytes", "with_size"}
    | HELPERS,
    's.faults["wan"].ev': {"every"},
}


@pytest.mark.parametrize("how", ["ipython", "jedi"])
def test_nested_fields(how: str, tmp_path: Path) -> None:
    pytest.importorskip("IPython", reason="IPython is not installed")
    if how == "jedi":
        pytest.importorskip("jedi", reason="Jedi is not installed")
    file = str(SCENARIOS / "random-year.yaml")
    done = subprocess.run(
        [sys.executable, "-c", COMPLETE, how, file, *COMPLETIONS, 's.replications["dr"].sync.'],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
    )
    found = json.loads(done.stdout)
    sync = set(found.pop('s.replications["dr"].sync.'))
    assert sync >= {"interval", "throughput", "failure_probability", "preset"}
    assert not sync & {"dict", "copy", "json", "parse_obj", "model_fields", "grammar", "misfits"}
    # Jedi knows the class, so it offers no helper that only the class has.
    assert {text: set(names) | HELPERS for text, names in found.items()} == {
        text: names | HELPERS for text, names in COMPLETIONS.items()
    }


def test_an_attribute_that_there_is_not() -> None:
    world = efssim.load(SCENARIOS / "random-year.yaml")
    assert not hasattr(world, "fault")
    with pytest.raises(AttributeError, match=r"^'Scenario' object has no attribute 'fault'$"):
        world.fault  # noqa: B018  # it raises


def test_dir_has_every_field() -> None:
    world = efssim.load(SCENARIOS / "random-year.yaml")
    for part in (world, world.replications["dr"].sync, world.faults["wan"]):
        assert set(type(part).model_fields) <= set(dir(part))
        assert not {"dict", "copy", "grammar"} & set(dir(part))
