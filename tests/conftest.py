"""What every test may rely on."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from hypothesis import settings

import efssim  # noqa: F401  # the installed one, before the folder below could offer another

# For tests of the benchmarks, which are not installed.
ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))  # last: efssim is the one that is installed
# By its file: the lowest pyarrow has a package of this name beside its own.
_found = spec_from_file_location("benchmarks", ROOT / "benchmarks" / "__init__.py")
assert _found is not None
assert _found.loader is not None
sys.modules["benchmarks"] = module_from_spec(_found)
_found.loader.exec_module(sys.modules["benchmarks"])

settings.register_profile("efssim", deadline=None)  # timing never decides a test
settings.load_profile("efssim")
