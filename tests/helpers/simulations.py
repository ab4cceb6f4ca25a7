"""A small simulation, as scripts of boto3 meet it."""

from __future__ import annotations

import efssim
from helpers.worlds import constant

HOME, AWAY = "us-east-1", "us-west-2"


def simulation(duration: str = "1 day") -> efssim.Simulation:
    """Return one of a file system with a stream of writes, whose replications take round times."""
    control = {"preset": "none", "enabling": 100, "deleting": 90}
    defaults = {"control": control, "sync": {"preset": "none", "interval": 60, "setup": 5}}
    file_systems = {"orders": {"region": HOME, "writes": {"app": constant()}}}
    spec = {"name": "t", "duration": duration, "file_systems": file_systems, "defaults": defaults}
    return efssim.Simulation(efssim.Scenario.model_validate(spec))
