"""Scenarios with mistakes, and commands with mistakes."""

from __future__ import annotations

VALID = """\
name: valid
duration: 2 h
warm_up: 5 min
seed: 3
rpo: {target: 2 min, attainment: 95 %}
links:
  us-east-1 -> us-west-2: {capacity: 1 Gbit/s, latency: 30 ms}
file_systems:
  orders:
    region: us-east-1
    size: 10 GiB
    files: 10000
    writes:
      app:
        arrivals: {poisson: {rate: 1 per s}}
        size: {lognormal: {median: 512 KiB, sigma: 1}}
      job:
        arrivals: {batch: {at: "00:30", every: 1 day, writes: 200, over: 5 min}}
        size: 8 MiB
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {interval: 1 min, throughput: 20 MiB/s, failure_probability: 5 %}
faults:
  wan:
    link_outage: us-east-1 -> us-west-2
    every: {exponential: {mean: 30 min}}
    for: {exponential: {mean: 2 min}}
events:
  - {at: 50 min, kms_key_disabled: dr, for: 5 min}
"""

MANY = """\
name: many
durration: 10 min
duration: 10 parsec
warm_up: no
seed: 12:30
start: 017
rpo: {target: 15 min, attainment: 120 %}
file_systems:
  orders:
    region: us-eat-1
    size: 64 Kib
    files: 1.5
    throughput_mode: elastik
    encrypted: "no"
    writes:
      oltp:
        arrivals: {poisson: {rate: 1 per s}, constant: {rate: 4 KiB}}
        size: {lognormall: {median: 1 KiB}}
      x: 5
      "y.z":
        arrivals: {poison: {rate: 1 per s}}
        trace: {file: nothing.csv}
replications:
  dr:
    source: oders
    destination: {region: us-west-22}
    established: true
  second: {source: orders, destination: us-west-2, established: false}
  third: {source: orders, destination: {region: eu-west-1}, established: "yes"}
events:
  - {at: 1 min, opt_outt: us-west-2}
  - {at: 1 min, fail: oders, for: 5 min}
  - {at: 1 min, link_degraded: us-east-1 -> eu-wst-1, call: DescribeFileSystem}
faults:
  wan: {link_outage: us-east-1, every: 0 s}
  off: {opt_out: eu-west-1, every: 1 day, for: 1 h}
links: {us-east-1->eu-west-1: {capacity: 1 Gbps}}
regions: {us-west-2: {opted_in: no}, lab-1: {}}
defaults: {undocumented: {region_outtage: x}}
"""

_CHANGES = {
    "unit": ("duration: 2 h", "duration: 2 hous"),
    "negative": ("duration: 2 h", "duration: -2 h"),
    "warm up": ("warm_up: 5 min", "warm_up: 3 h"),
    "share": ("attainment: 95 %", "attainment: 950 %"),
    "key": ("size: 10 GiB", "sice: 10 GiB"),
    "region": ("region: us-east-1\n", "region: us-east-11\n"),
    "same region": ("{region: us-west-2}", "{region: us-east-1}"),
    "source": ("source: orders", "source: order"),
    "distribution": ("sigma: 1}", "sigma: 1, mean: 3}"),
    "arrival": ("poisson: {rate", "poison: {rate"),
    "rate": ("rate: 1 per s", "rate: 1 per parsec"),
    "large rate": ("rate: 1 per s", "rate: 1e300 per s"),
    "large size": ("size: 8 MiB", "size: 8e30 MiB"),
    "batch": ('at: "00:30"', 'at: "25:30"'),
    "block": ("size: 8 MiB", "size: 8 MiB\n        hot_set: {size: 10 GiB, block: 3 GiB}"),
    "trace": ("arrivals: {poisson: {rate: 1 per s}}", "trace: {file: none.csv}"),
    "trace and size": ("size: 8 MiB", "size: 8 MiB\n        trace: {file: none.csv}"),
    "event": ("kms_key_disabled: dr", "kms_key_disabled: rd"),
    "event kind": ("kms_key_disabled: dr", "kms_disabled: dr"),
    "event late": ("at: 50 min", "at: 50 days"),
    "event without end": ("kms_key_disabled: dr, for: 5 min", "fail: orders, for: 5 min"),
    "call": ("kms_key_disabled: dr, for: 5 min", "call: DeleteFileSystm"),
    "call expect": ("kms_key_disabled: dr, for: 5 min", "call: DescribeFileSystems, expect: No"),
    "call with": (
        "kms_key_disabled: dr, for: 5 min",
        "call: DeleteFileSystem, with: {FileSystem: orders}",
    ),
    "api error": ("kms_key_disabled: dr, for: 5 min", "api_error: DescribeTags, code: Nope"),
    "degraded": (
        "kms_key_disabled: dr, for: 5 min",
        "link_degraded: us-east-1 -> us-west-2, factor: 2",
    ),
    "outage of no link": (
        "kms_key_disabled: dr, for: 5 min",
        "link_outage: us-east-1 -> eu-west-1, for: 5 min",
    ),
    "opt out": ("kms_key_disabled: dr", "opt_out: us-east-1"),
    "overlap": (
        "events:\n",
        "events:\n  - {at: 51 min, kms_key_disabled: dr, for: 1 h}\n",
    ),
    "fault": ("mean: 30 min", "mean: 0 s"),
    "fault without end": ("    for: {exponential: {mean: 2 min}}\n", ""),
    "twice": ("seed: 3\n", "seed: 3\nseed: 4\n"),
    "tab": ("seed: 3\n", "\tseed: 3\n"),
    "quote": ("name: valid", 'name: "valid'),
    "alias": ("size: 8 MiB", "size: *nothing"),
    "list": ("rpo: {target", "rpo: [target"),
    "not a mapping": (
        "rpo: {target: 2 min, attainment: 95 %}",
        "rpo: 2 min",
    ),
    "name": ("name: valid", "name: ../valid"),
}


def broken() -> list[tuple[str, str]]:
    """Return names and texts of scenarios with mistakes."""
    made = [("many", MANY), ("empty", ""), ("text", "hello\n"), ("nul", "a: \0\n")]
    for name, (old, new) in _CHANGES.items():
        assert VALID.count(old) == 1, name
        made.append((name, VALID.replace(old, new)))
    return made


MISTAKES: tuple[tuple[str, ...], ...] = (
    ("runn",),
    ("run",),
    ("run", "nothing.yaml"),
    ("run", "."),
    ("run", "s.yaml", "--sed", "1"),
    ("run", "s.yaml", "--seed", "-1"),
    ("run", "s.yaml", "--set", "duration"),
    ("run", "s.yaml", "--set", "durration=1 h"),
    ("run", "s.yaml", "--set", "duration=1 parsec"),
    ("run", "s.yaml", "--set", "replications.rd.sync.interval=1 min"),
    ("run", "s.yaml", "--set", "file_systems.orders.writes.app.arrivals.poisson.rate=1e12 per s"),
    ("run", "s.yaml", "--png"),
    ("run", "s.yaml", "--trials", "0"),
    ("run", "s.yaml", "--trials", "3", "--trial", "2"),
    ("run", "s.yaml", "--trials", "3", "--precision", "2%"),
    ("run", "s.yaml", "--budget", "20"),
    ("run", "s.yaml", "--resume", "kept"),
    ("run", "s.yaml", "--workers", "2"),
    ("run", "s.yaml", "--precision", "200%"),
    ("run", "s.yaml", "s.yaml", "--trials", "3", "--workers", "1", "--quiet"),
    ("run", "s.yaml", "--check", "--quiet"),
    ("run", "s.yaml", "--out", "s.yaml"),
    ("run", "s.yaml", "--format", "xml"),
    ("validate",),
    ("validate", "nothing.yaml", "s.yaml"),
    ("validate", "s.yaml", "--set", "file_systems.orders.size=1 GiBB"),
    ("estimate", "s.yaml", "--outage", "1 parsec"),
    ("estimate", "s.yaml", "--outage", "-1 h"),
    ("plan", "s.yaml"),
    ("plan", "s.yaml", "--vary", "replications.dr.sync.interval"),
    ("plan", "s.yaml", "--vary", "replications.dr.sync.interval=1 min"),
    ("plan", "s.yaml", "--vary", "replications.dr.sync.interval=5 min..1 min"),
    ("plan", "s.yaml", "--vary", "replications.dr.sync.interval=1 parsec..1 min"),
    ("plan", "s.yaml", "--vary", "replications.rd.sync.interval=1 min..2 min"),
    ("plan", "s.yaml", "--vary", "seed=1..2"),
    ("plan", "s.yaml", "--vary", "replications.dr.sync.interval=1 min..2 min", "--rpo", "x"),
    ("plan", "s.yaml", "--vary", "rpo.target=1 min..2 min", "--attainment", "200%"),
    ("plan", "s.yaml", "--vary", "rpo.target=1 min..2 min", "--confidence", "2"),
    ("plan", "s.yaml", "--vary", "rpo.target=1 min..2 min", "--replication", "rd"),
    ("sweep", "s.yaml", "--vary", "replications.dr.sync.interval=1 min,1 parsec"),
    ("sweep", "s.yaml", "--vary", "replications.dr.sync.interval=1 min..2 min:1"),
    ("sweep", "s.yaml", "--vary", "replications.dr.sync.interval=1 min", "--measure", "age"),
    ("sweep", "s.yaml", "--vary", "nothing=1"),
    ("serve", "s.yaml", "--port", "99999"),
    ("serve", "s.yaml", "--speed", "0"),
    ("init", "s.yaml"),
)
