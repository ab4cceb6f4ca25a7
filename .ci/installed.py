"""Try an installed efssim without its source tree: `python .ci/installed.py SCENARIO`.

Run by the Python that has it, from any other folder, on a scenario file: every file of the package
is there as the wheel had it, and the commands that read files of the package work. Exits 1 with
what is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from pathlib import Path

SUFFIXES = {".py", ".html", ".css", ".js", ".yaml", ".typed"}
"""Kinds of files that the package has; each of them has at least one."""
OURS = ("efssim", f"efssim-{distribution('efssim').version}.dist-info")
"""Folders that the wheel makes."""


def wrong_files() -> list[str]:
    """Return what is wrong with the files of the wheel."""
    made = [path for path in distribution("efssim").files or [] if path.suffix != ".pyc"]
    found = [
        f"{path} is none of the package"
        for path in made
        if path.parts[0] not in OURS and path.name not in ("efssim", "efssim.exe")
    ]
    for path in made:
        if path.hash is not None and path.hash.mode == "sha256":
            digest = hashlib.sha256(path.read_binary()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != path.hash.value:
                found.append(f"{path} is not as in the wheel")
    missing = SUFFIXES - {path.suffix for path in made if path.parts[0] == "efssim"}
    return found + [f"there is no file of the kind {suffix}" for suffix in sorted(missing)]


def commands(scenario: str) -> list[list[str]]:
    """Return commands that read the starter, the templates of pages, and the tables of grammar."""
    return [
        ["--version"],
        ["init", "started"],
        ["validate", "started/scenario.yaml", scenario],
        ["run", scenario, "--out", "once", "--quiet"],
        ["run", "started/scenario.yaml", "--trials", "4", "--out", "trials", "--quiet"],
    ]


def main() -> int:
    """Print what is wrong; return the exit code."""
    import efssim

    place = Path(efssim.__file__).resolve()
    if not place.is_relative_to(Path(sysconfig.get_path("purelib")).resolve()):
        print(f"not the installed package: {place}")
        return 1
    found = wrong_files()
    program = Path(sysconfig.get_path("scripts"), "efssim")
    for words in commands(sys.argv[1]):
        done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
        if done.returncode or "Traceback" in done.stderr:
            found.append(f"efssim {' '.join(words)}: exit code {done.returncode}: {done.stderr}")
    pages = [Path(folder, "report.html") for folder in ("once", "trials")]
    found += [f"there is no {page}" for page in pages if not page.is_file()]
    print("\n".join(found) or f"efssim {distribution('efssim').version} works without its source")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
