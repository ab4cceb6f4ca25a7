"""A scenario with every key, and the same with another value at one place."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

WRITES: dict[str, Any] = {"arrivals": {"poisson": {"rate": "40 per s"}}, "size": "64 KiB"}
FULL: dict[str, Any] = {
    "name": "full",
    "description": "Every key.",
    "start": "2026-01-01T00:00:00Z",
    "duration": "30 days",
    "warm_up": "1 day",
    "seed": 1,
    "records": "on",
    "rpo": {"target": "15 min", "attainment": "99.9 %"},
    "regions": {
        "eu-south-1": {"opted_in": True, "opting_in": "20 min", "opting_out": "5 min"},
        "us-east-1": {"default": False, "availability_zones": {"us-east-1a": "use1-az1"}},
        "lab-1": {"custom": True},
    },
    "links": {"us-east-1 -> eu-south-1": {"capacity": "10 Gbit/s", "latency": "90 ms"}},
    "file_systems": {
        "orders": {
            "region": "us-east-1",
            "size": "2 TiB",
            "files": "4 million",
            "throughput_mode": "provisioned",
            "provisioned_throughput": "256 MiB/s",
            "encrypted": True,
            "id": "fs-0123456789abcdef0",
            "growth": 1.5,
            "backups": {"every": "1 day", "at": "04:00", "copy_to": "us-west-2"},
            "writes_follow": "failover",
            "writes": {
                "oltp": {
                    "arrivals": {"poisson": {"rate": "40 per s"}},
                    "size": {"lognormal": {"median": "64 KiB", "sigma": 1.5}},
                    "hot_set": {"size": "10 GiB", "block": "64 KiB", "share": "80 %"},
                    "files": 2,
                    "growth": 1.1,
                    "from": "1 min",
                    "to": "20 days",
                },
                "steady": {"arrivals": {"constant": {"rate": 0.5}}, "size": {"gamma": {
                    "mean": "1 MiB", "cv": 0.5}}, "in_file": {"size": "120 GiB"}},
                "bursts": {
                    "arrivals": {"on_off": {"on": "1 min", "off": {"pareto": {
                        "min": "1 min", "alpha": 1.5, "max": "1 day"}}, "rate": "1 per s"}},
                    "size": {"exponential": {"mean": "1 MiB"}},
                },
                "daily": {
                    "arrivals": {"profile": {"rate": "1 per s", "hours": [1.0] * 24,
                                 "weekdays": [1.0] * 7, "timezone": "Europe/Berlin"}},
                    "size": {"uniform": {"low": "1 KiB", "high": "1 MiB"}},
                },
                "nightly": {
                    "arrivals": {"batch": {"at": "02:00", "every": "1 day", "writes": 5000,
                                           "over": "20 min"}},
                    "size": {"empirical": {"values": ["4 KiB", "64 KiB"]}},
                },
            },
        },
        "standby": {"availability_zone": "us-west-2a", "size": 0},
        "logs": {"region": "us-west-2", "writes": {"w": WRITES}},
    },
    "replications": {
        "dr": {
            "source": "orders",
            "destination": {"region": "eu-south-1", "kms_key_id": "alias/dr"},
            "established": True,
            "sync": {
                "preset": "efs", "interval": "60 s", "gap": "1 s",
                "setup": {"lognormal": {"median": "5 s", "sigma": 0.5}},
                "throughput": "120 MiB/s", "file_rate": "2000 per s", "scan_rate": "1e5 per s",
                "diff_rate": "1 GiB/s", "failure_probability": 0.01, "backoff": "10 s",
                "backoff_max": "10 min",
            },
            "control": {"preset": "efs", "enabling": "5 min", "pausing": "1 min",
                        "resuming": "0 s", "deleting": "5 min"},
            "initial": {"throughput": "50 MiB/s", "file_rate": 100, "setup": "1 min"},
        },
        "local": {"source": "logs", "destination": {"file_system": "standby"},
                  "initial": {"differing": "1 GiB"}},
    },
    "events": [
        {"at": "3 days", "opt_out": "eu-south-1", "for": "6 h"},
        {"at": "10 days", "link_outage": "us-east-1 -> eu-south-1", "for": "2 h"},
        {"at": "11 days", "link_degraded": "us-east-1 -> eu-south-1", "factor": 0.1, "for": "3 h"},
        {"at": "12 days", "region_outage": "us-east-1", "for": "40 min"},
        {"at": "14 days", "kms_key_disabled": "dr", "for": "1 h"},
        {"at": "15 days", "permission_lost": "dr", "for": "1 h"},
        {"at": "16 days", "api_error": "DeleteFileSystem", "code": "InternalServerError",
         "times": 2, "region": "us-east-1", "for": "1 h"},
        {"at": "20 days", "fail": "orders"},
        {"at": "21 days", "call": "DeleteReplicationConfiguration", "expect": "ok",
         "region": "us-east-1", "with": {"SourceFileSystemId": "orders"}},
    ],
    "faults": {
        "wan": {"link_outage": "us-east-1 -> eu-south-1",
                "every": {"exponential": {"mean": "30 days"}},
                "for": {"lognormal": {"median": "20 min", "sigma": 1}}},
    },
    "defaults": {"sync": {"interval": "60 s"}, "control": {"pausing": "1 min"},
                 "file_system": {"creating": "30 s", "deleting": "1 min"},
                 "undocumented": {"protection_disabled_is_read_only": "no"}},
}  # fmt: skip


def replaced(path: Sequence[str | int], value: object) -> dict[str, Any]:
    """Return the full scenario with another value at a path."""
    data = copy.deepcopy(FULL)
    part: Any = data
    for segment in path[:-1]:
        part = part[segment]
    part[path[-1]] = value
    return data
