"""Look for advisories about the pinned dependencies: `python .ci/audit.py`.

Asks by pip-audit the sources of advisories that it knows, one after the other, until one answers.
Exits 0 only where every pin of this Python was looked up and none has an advisory, 1 where one has,
and 2 where one could not be looked up. pip-audit itself takes a dependency that its source does not
know for one without advisories; a mirror of packages knows of none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PINNED = Path(__file__).with_name("pinned.txt")
SOURCES = ("osv", "pypi")
LISTED = 5
"""Dependencies that could not be looked up: so many are named."""


def asked(source: str) -> dict[str, Any] | None:
    """Return what pip-audit says by a source; None where the source does not answer."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    command = [sys.executable, "-m", "pip_audit", "-s", source, "-r", str(PINNED), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return None
    return found


def verdict(report: dict[str, Any] | None) -> tuple[int, list[str]]:
    """Return the exit code for what a source says, and the lines that tell why."""
    dependencies = (report or {}).get("dependencies", [])
    known = [each for each in dependencies if "vulns" in each]
    unknown = [each["name"] for each in dependencies if "vulns" not in each]
    lines = [
        f"{each['name']} {each['version']}: {found['id']}, "
        f"fixed in {', '.join(found.get('fix_versions', [])) or 'no version'}"
        for each in known
        for found in each["vulns"]
    ]
    if lines:
        return 1, lines
    if not known:
        return 2, ["nothing was audited: it knows none of the dependencies, or does not answer"]
    if unknown:
        more = ", …" if len(unknown) > LISTED else ""
        names = ", ".join(unknown[:LISTED]) + more
        return 2, [f"{len(known)} audited, and {len(unknown)} could not be looked up: {names}"]
    return 0, [f"{len(known)} audited, no advisory about any"]


def main() -> int:
    """Print what the first source says that answers; return the exit code."""
    for source in SOURCES:
        code, lines = verdict(asked(source))
        print("\n".join(f"{source}: {line}" for line in lines))
        if code != 2:
            return code
    print("NOT AUDITED: no source of advisories that can be reached from here knows every pin")
    return 2


if __name__ == "__main__":
    sys.exit(main())
