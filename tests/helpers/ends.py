"""A scenario with much open at the end of its run, or nothing decided in it."""

LATE = """\
name: late
duration: 1 h
file_systems:
  data:
    region: us-east-1
    writes:
      app: {arrivals: {constant: {rate: 1 per s}}, size: 1 KiB}
      batch:
        arrivals: {batch: {at: "00:59:30", every: 1 day, writes: 10, over: 10 s}}
        size: 1 MiB
replications:
  dr:
    source: data
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 60 s, setup: 5 s}
"""
"""3,600 KiB of evenly spaced writes, and 10 MiB just before the end that no sync publishes."""
BYTES = "objectives.o={target: 15 min, attainment: 99 %, of: bytes}"
SHORT = ("duration=14 min", "replications.dr.sync.setup=1h")
"""No sync completes: the age rises from 0 to 14 min, and the target is 15 min."""
FAULT = "faults.x={link_outage: us-east-1 -> us-west-2, every: 1 h, for: 5 min}"
NEVER = (
    "NOT IN THIS RUN: faults.x (link_outage us-east-1 -> us-west-2) does not begin before its end, "
    "so that no verdict and no number has it in it."
)
