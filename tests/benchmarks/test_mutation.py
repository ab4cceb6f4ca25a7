"""Whether mutants are what they should be, and whether one that no test notices is said to live."""

import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import pytest

pytest.importorskip("cosmic_ray", reason="`nox -s mutation` installs Cosmic Ray")

import benchmarks.mutation.__main__ as command
from benchmarks.mutation.covering import Covering
from benchmarks.mutation.loop import Loop, Wanted
from benchmarks.mutation.sites import Mutant, places_of, sample

SOURCE = """
from dataclasses import dataclass
from typing import cast

Name = int | str


@dataclass(frozen=True)
class Size:
    bytes: int | None = None


def larger(a: int | None, b: int) -> int | None:
    return cast(int | None, b if a is None or a < b else a)
"""


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "efssim" / "lag"
    folder.mkdir(parents=True)
    (folder / "sizes.py").write_text(SOURCE)
    return folder.parent


def test_types_and_annotations_are_no_places(package):
    found = sample(package, 100, 1)
    assert {mutant.line for mutant in found} == {8, 14}  # the decorator and the comparison
    assert len({(mutant.line, mutant.operator, mutant.occurrence) for mutant in found}) == len(
        found
    )


def test_the_sample_is_the_same_every_time(package):
    assert sample(package, 2, 5) == sample(package, 2, 5)


def test_a_mutant_changes_its_place_alone():
    mutant = Mutant("lag/sizes.py", 14, "ReplaceComparisonOperator_Lt_LtE", 0)
    assert mutant.of(SOURCE) == SOURCE.replace("a < b", "a <= b")
    with pytest.raises(ValueError, match="no such place"):
        Mutant("lag/sizes.py", 14, "ReplaceComparisonOperator_Lt_LtE", 1).of(SOURCE)


def test_the_quickest_tests_until_the_budget_is_spent_those_near_the_line_first():
    lines = {7: ["tests/runs/a.py::x", "tests/lag/b.py::y", "tests/lag/b.py::z"]}
    seconds = {"tests/runs/a.py::x": 0.1, "tests/lag/b.py::y": 3.0, "tests/lag/b.py::z": 2.0}
    covering = Covering({"lag/sizes.py": lines}, seconds)
    nearest = ["tests/lag/b.py::y", "tests/lag/b.py::z", "tests/runs/a.py::x"]
    assert covering.of("lag/sizes.py", 7, 100.0) == seconds
    assert list(covering.of("lag/sizes.py", 7, 100.0)) == nearest
    assert list(covering.of("lag/sizes.py", 7, 4.0)) == nearest[1:]
    assert list(covering.of("lag/sizes.py", 7, 0.01)) == nearest[2:]  # one at least
    assert list(covering.of("lag/sizes.py", 8, 100.0)) == nearest  # while a module is imported
    assert covering.of("lag/other.py", 7, 100.0) == {}


def test_a_mutant_that_no_test_runs_survives(package):
    spec = importlib.util.spec_from_file_location("sizes", package / "lag/sizes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    mutant, told = Mutant("lag/sizes.py", 14, "ReplaceComparisonOperator_Lt_LtE", 0), []
    loop = Loop(package.parent, [Wanted(mutant, {})], lambda *fate: told.append(fate))
    loop.pytest_runtestloop(SimpleNamespace(items=[]))
    assert told == [(mutant, None)]


TRY = """
import sys
from pathlib import Path
from benchmarks.mutation.loop import Wanted
from benchmarks.mutation.sites import Mutant
from benchmarks.mutation.trying import Place
place = Place(Path.cwd(), Path(sys.argv[1]))
mutant = Mutant("lag/measures.py", int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
tests = {f"tests/lag/{name}": 6.0 for name in sys.argv[5:]}
place.loaded([Wanted(mutant, {each: 6.0}) for each in tests], lambda _, killer: print(killer))
print([place.killer(mutant, [each.split("::")[0]], 60.0) for each in tests])
"""


@pytest.mark.slow
def test_a_mutant_that_is_noticed_is_killed_and_another_survives(tmp_path):
    file = command.PACKAGE / "lag/measures.py"
    line = file.read_text().split("if defined_s is None")[0].count("\n") + 1
    mutants = (each for found in places_of(file, command.PACKAGE).values() for each in found)
    operator = "ReplaceComparisonOperator_Is_IsNot"
    mutant = next(each for each in mutants if (each.line, each.operator) == (line, operator))
    arguments = [tmp_path / "copy", mutant.line, mutant.operator, mutant.occurrence]
    watching = "test_age_over_time.py::test_an_age_that_is_never_defined"
    blind = "test_histogram.py::test_share_at_most[0-0.2]"
    tried = subprocess.run(
        [sys.executable, "-c", TRY, *map(str, arguments), watching, blind],
        cwd=command.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *collecting, last = tried.stdout.splitlines()
    noticed = f"tests/lag/{watching}"
    assert [line for line in collecting if line in (noticed, "None")] == [noticed, "None"]
    assert last == f"{[noticed, None]}"
