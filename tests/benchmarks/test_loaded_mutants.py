"""A mutant in functions that are loaded: which changes it can make, and who runs them then."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from benchmarks.mutation.loaded import Functions, changes

SOURCE = """
LIMIT = 3


def is_small(size, least=0):
    return least <= size < LIMIT


class Sizes:
    MOST = LIMIT * 2

    def __init__(self, sizes):
        self.sizes = sizes

    @property
    def small(self):
        return [size for size in self.sizes if is_small(size)]

    def counter(self):
        seen = 0

        def count(size):
            nonlocal seen
            seen += size > 1
            return seen

        return count


BY_NAME = {"twice": lambda size: size * 2}
"""


@pytest.fixture
def module(tmp_path):
    file = tmp_path / "sizes_under_test.py"
    file.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    made = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules[file.stem]


def put(module, tmp_path, old, new):
    """Change a text of the module that occurs once, in its functions."""
    assert SOURCE.count(old) == 1
    file = tmp_path / "sizes_under_test.py"
    found = changes(SOURCE, SOURCE.replace(old, new), file)
    functions = Functions(tmp_path)
    assert found
    assert all(map(functions.has, found))
    for each in found:
        functions.put(each)


def test_whoever_imported_a_function_runs_the_mutant(module, tmp_path):
    is_small, sizes = module.is_small, module.Sizes([0, 2, 3])
    put(module, tmp_path, "size < LIMIT", "size <= LIMIT")
    assert is_small(3)
    assert sizes.small == [0, 2, 3]


def test_properties_functions_within_and_lambdas_are_changed(module, tmp_path):
    sizes, twice = module.Sizes([0, 2]), module.BY_NAME["twice"]
    put(module, tmp_path, "if is_small(size)]", "if not is_small(size)]")
    assert sizes.small == []
    put(module, tmp_path, "size > 1", "size > 2")
    count = sizes.counter()
    assert [count(2), count(3)] == [0, 1]
    put(module, tmp_path, "size * 2", "size ** 2")
    assert twice(3) == 9


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("least=0", "least=1"),
        ("LIMIT * 2", "LIMIT + 2"),
        ("    @property\n", ""),
        ("return seen\n\n        return", "return seen\n\n        return ("),
    ],
)
def test_what_runs_at_import_is_left_to_an_import(module, tmp_path, old, new):
    assert SOURCE.count(old) == 1
    assert changes(SOURCE, SOURCE.replace(old, new), tmp_path / "sizes_under_test.py") is None


def test_a_function_that_is_not_loaded_is_told(module, tmp_path):
    file = tmp_path / "other.py"
    found = changes(SOURCE, SOURCE.replace("size < LIMIT", "size <= LIMIT"), file)
    assert found
    assert not Functions(tmp_path).has(found[0])
