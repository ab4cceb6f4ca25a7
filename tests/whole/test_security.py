"""Claims of docs/security.md that are about all code of the package, and the tests it names."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.places import ROOT

import efssim

PACKAGE = Path(efssim.__file__).parent
PAGE = ROOT / "docs" / "security.md"

NEVER = {
    *("eval", "exec", "compile", "__import__", "input"),
    *("os.system", "os.popen", "os.startfile", "os.execv", "os.execve", "os.spawnv"),
    *("pickle.load", "pickle.Unpickler", "marshal.load", "marshal.loads", "shelve.open"),
    *("yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.unsafe_load_all"),
    *("yaml.dump", "np.load", "numpy.load", "pd.read_pickle", "pandas.read_pickle"),
    *("joblib.load", "dill.load", "dill.loads", "cloudpickle.load", "cloudpickle.loads"),
    *("tarfile.open", "shutil.unpack_archive", "tempfile.mktemp"),
}
"""Calls that run what data say, or read a form that does."""
MODULES = {"subprocess", "pty", "marshal", "shelve", "dill", "cloudpickle", "joblib", "tarfile"}
"""Modules that nothing in the package imports."""
ONLY = {
    # What the process of the study itself pickled, in its workers.
    "pickle.loads": {"study/run/batch.py", "study/uncertain/batch.py"},
    # The file of Python that `--answers` names.
    "runpy.run_path": {"cli/serve.py"},
    # Modules of efssim, or of a table of names in the same file.
    "import_module": {"__init__.py", "extend.py", "aws/clients/async_sessions.py"},
}
"""Calls that are harmless where they are, and nowhere else."""
OPTIONS = {"shell", "allow_pickle"}
_ANY = re.compile(
    rf"(?<![\w.])(?:(?:{'|'.join(map(re.escape, [*NEVER, *ONLY]))})\("
    rf"|(?:{'|'.join(OPTIONS)})=|(?:import|from) (?:yaml|{'|'.join(MODULES)})\b)"
)
"""Files without any of it are not parsed: that takes seconds."""


@dataclass(frozen=True)
class Used:
    """The names that a file uses."""

    calls: frozenset[str]
    """Dotted names that it calls; a builtin as it is."""
    modules: frozenset[str]
    """What it imports of outside, by the first name."""
    keywords: frozenset[str | None]
    """Those of arguments."""


def used(text: str) -> Used:
    nodes = list(ast.walk(ast.parse(text)))
    called = [node for node in nodes if isinstance(node, ast.Call)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return Used(
        frozenset(ast.unparse(call.func) for call in called),
        frozenset(name.partition(".")[0] for name in names),
        frozenset(keyword.arg for call in called for keyword in call.keywords),
    )


@pytest.fixture(scope="module")
def files() -> dict[str, Used]:
    """Return what each file uses which has one of the words at all."""
    texts = {
        file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(PACKAGE.glob("**/*.py"))
    }
    assert len(texts) > 500
    return {name: used(text) for name, text in texts.items() if _ANY.search(text)}


def test_nothing_runs_what_data_say(files):
    found = [
        (file, name)
        for file, names in files.items()
        for name in [
            *(names.calls & NEVER),
            *(names.modules & MODULES),
            *(names.keywords & OPTIONS),
        ]
    ]
    assert found == []


@pytest.mark.parametrize("name", ONLY)
def test_a_risky_call_is_where_it_is_known_to_be_harmless(files, name):
    assert {file for file, names in files.items() if name in names.calls} == ONLY[name]


def test_yaml_is_parsed_into_events_and_nothing_is_constructed(files):
    using = {file: names.calls for file, names in files.items() if "yaml" in names.modules}
    assert set(using) == {"text/yaml/composer.py"}
    (calls,) = using.values()
    assert {name for name in calls if name.startswith("yaml.")} == {"yaml.parse", "yaml.Mark"}


def test_the_search_finds_what_it_looks_for():
    code = "import subprocess\nsubprocess.run('x', shell=True)\nnp.load(f, allow_pickle=True)\n"
    assert _ANY.search(code)
    found = used(code)
    assert found.calls & NEVER == {"np.load"}
    assert found.modules & MODULES == {"subprocess"}
    assert found.keywords & OPTIONS == OPTIONS


def test_every_test_that_the_page_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 25
    wrong = []
    for file, function in named:
        path = ROOT / file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not text or (function and f"def {function}(" not in text):
            wrong.append(f"{file}::{function}")
    assert wrong == []
