"""Rows of commands that start, beside the imports that they cannot avoid: row 8."""

from __future__ import annotations

import sys

from benchmarks.rows.row import Row, command
from benchmarks.timing import PROGRAM


def rows() -> list[Row]:
    """Return the rows of commands that start."""
    python = sys.executable
    libraries = "from pydantic import BaseModel; import yaml"
    return [
        Row(
            "8",
            "efssim --help / import click",
            command(PROGRAM, "--help"),
            command(python, "-c", "import click"),
            1,
            False,
            1.5,
            1.2,
        ),
        Row(
            "8",
            "efssim validate / import pydantic, yaml",
            command(PROGRAM, "validate", "scenarios/first-report.yaml"),
            command(python, "-c", libraries),
            1,
            False,
            3,
            2,
        ),
    ]
