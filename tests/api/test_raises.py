"""What public modules raise themselves has the base class of the package."""

import ast
from pathlib import Path

import efssim

PACKAGE = Path(efssim.__file__).parent
OWN_RULES = {
    "json_values.py": "values that no data of ours has, which is our bug; a store catches its own",
    "text": "parsers, called by validators of a scenario",
    "traces": "readers, called by validators of a scenario",
    "scenario": "validators raise ValueError, which pydantic collects into a ScenarioError",
    "scenario/unknowns/quantity.py": "a parser, as those of the scenario",
    "model/efs/pagination.py": "what is caught where it is raised",
    "aws/clock/functions.py": "what the clock of the standard library raises",
    "aws/protocol/wires/json_form.py": "an answer with a member that is None, which is our bug",
    "aws/port/served.py": "an answer over HTTP",
    "cli": "a command has exit codes",
}
BARE = {"ValueError", "KeyError", "TypeError", "RuntimeError", "ImportError", "Exception"}


def raised(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield getattr(node.exc.func, "id", "")


def test_no_bare_exception_of_python():
    for file in PACKAGE.glob("**/*.py"):
        name = file.relative_to(PACKAGE).as_posix()
        if not any(name == rule or name.startswith(f"{rule}/") for rule in OWN_RULES):
            assert not BARE & set(raised(file)), name
