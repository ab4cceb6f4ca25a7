"""A scenario whose peak age follows in closed form, with parameters that are not known."""

from __future__ import annotations

THROUGHPUT = "replications.dr.sync.throughput"
LOW_TO_HIGH = "{uniform: {low: 1.5 MiB/s, high: 3.5 MiB/s}}"


def unknown(name: str, duration: str = "3 h", **uncertain: str) -> str:
    """Return the text; `uncertain` has distributions by the last key of a path of `dr.sync`.

    The age peaks at interval + 120 MiB / throughput: at most 3 min from 2 MiB/s on, 3 of 4 values
    of `LOW_TO_HIGH`, which is that of the throughput unless another is given.
    """
    ranges = {"throughput": LOW_TO_HIGH, **uncertain}
    lines = "".join(f"  replications.dr.sync.{key}: {text}\n" for key, text in ranges.items())
    return f"""\
name: {name}
duration: {duration}
warm_up: 1 h
rpo: {{target: 3 min, attainment: 100 %}}
file_systems:
  src:
    region: us-east-1
    writes: {{w: {{arrivals: {{constant: {{rate: 1 per s}}}}, size: 1 MiB}}}}
replications:
  dr:
    source: src
    destination: {{region: eu-west-1}}
    established: true
    sync: {{preset: none, interval: 2 min, throughput: 50 MiB/s}}
uncertain:
{lines}"""
