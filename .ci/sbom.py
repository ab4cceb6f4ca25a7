"""Make a bill of materials fit to be handed on: `python .ci/sbom.py MADE VERSION SBOM`.

MADE is what `cyclonedx-py environment` wrote of an environment with efssim and its extras. SBOM has
its components with name, version, licence, purl and who needs whom, and efssim with its VERSION;
and no address, no path and no time, so that the same pins give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

PINNED = Path(__file__).with_name("pinned.txt")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pins() -> set[tuple[str, str]]:
    """Return name and version of every pin; a name has several where Pythons need several."""
    found = _PIN.findall(PINNED.read_text(encoding="utf-8"))
    return {(normal(name), version) for name, version in found}


def normal(name: str) -> str:
    """Return a name as packages are compared by."""
    return re.sub(r"[-_.]+", "-", name).lower()


def cleaned(made: Any, version: str) -> Any:
    """Return a bill without references to elsewhere, with the version of efssim."""
    bill = _without_references(made)
    bill["metadata"]["component"]["version"] = version
    return bill


def _without_references(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_references(part)
            for key, part in value.items()
            if key not in ("externalReferences", "$schema")
        }
    if isinstance(value, list):
        return [_without_references(part) for part in value]
    return value


def problems(bill: Any, known: set[tuple[str, str]]) -> list[str]:
    """Return why a bill may not be handed on."""
    parts = bill.get("components", [])
    found = [] if parts else ["there is no component in it"]
    for part in parts:
        name, version = normal(part["name"]), part.get("version")
        if (name, version) not in known:
            found.append(f"{name} {version} is not pinned")
    text = json.dumps(bill)
    found += [f"it has an address or a path: {one}" for one in re.findall(r"\w+://\S{0,40}", text)]
    return found


def main() -> int:
    """Write the bill, unless something is wrong with it; return the exit code."""
    made, version, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    bill = cleaned(json.loads(made.read_text(encoding="utf-8")), version)
    found = problems(bill, pins())
    if found:
        print("\n".join(found))
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    print(f"{target}: efssim {version} and {len(bill['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
