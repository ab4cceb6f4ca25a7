"""The scenario that `efssim init` writes, and its run with figures of both formats."""

import contextlib
import sys

from efssim.cli import main

for arguments in (
    ["init"],
    ["validate", "scenario.yaml", "--resolved"],
    ["run", "scenario.yaml", "--out", "out", "--png"],
):
    sys.argv = ["efssim", *arguments]
    with contextlib.suppress(SystemExit):
        main()
