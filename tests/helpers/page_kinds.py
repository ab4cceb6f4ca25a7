"""Every kind of page that efssim writes: the command that makes one, and the answer it begins with.

What is known of these scenarios is known without efssim. A sync of `known` begins every 5 min and
takes 1 min, so that the age goes from 1 min to 6 min: within its target of 5 min 30 s for 90 % of
the time. The first cut is at 0, and 119 of its ages pass the target in 10 h, each for 30 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from helpers.commands import command
from helpers.places import SCENARIOS
from helpers.unknown import unknown

KNOWN = """\
name: known
description: A sync every five minutes that takes a minute.
duration: 10 h
rpo: {target: 330 s, attainment: 80 %}
file_systems:
  orders:
    region: us-east-1
    size: 100 GiB
    writes: {app: {arrivals: {constant: {rate: 1 per s}}, size: 1000, new_bytes: 0 %}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 5 min, setup: 1 min, throughput: 1 GiB/s}
    control: {deleting: 5 min}
"""
SLOW = KNOWN.replace("name: known", "name: slow").replace("interval: 5 min", "interval: 15 min")
FULL = f"""\
{KNOWN.replace("name: known", "name: full")}
prices: {{file: {SCENARIOS / "prices" / "efs-2026-08.yaml"}}}
thresholds: [dr.rpo.attainment >= 80 %, dr.time_since_last_sync_s.max < 5 min]
objectives: {{half: {{target: 210 s, attainment: 50 %}}}}
cloudwatch: {{phase: 30 s}}
alarms:
  late: {{metric: TimeSinceLastSync, statistic: Maximum, replication: dr, period: 1 min,
    evaluation_periods: 1, threshold: 5 min, comparison: GreaterThanThreshold}}
  wrong-name: {{metric: ReplicationLag, statistic: Maximum, replication: dr, period: 1 min,
    evaluation_periods: 1, threshold: 5 min, comparison: GreaterThanThreshold}}
events:
  - {{at: 4 h, permission_lost: dr, for: 40 min}}
  - {{at: 7 h, link_outage: us-east-1 -> us-west-2, for: 20 min}}
"""
DRILL = f"""\
{KNOWN}
rto: {{target: 1 h, attainment: 95 %}}
drill: {{at: 2 h, detect: 5 min, decide: 10 min, steps: [delete]}}
"""
CHANCY = """\
name: chancy
description: Syncs whose fixed time is drawn, and a link that fails now and then.
duration: 2 days
warm_up: 1 h
rpo: {target: 10 min, attainment: 90 %}
file_systems:
  orders:
    region: us-east-1
    size: 100 GiB
    writes: {app: {arrivals: {poisson: {rate: 1 per min}}, size: 1 MiB}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 5 min, setup: {exponential: {mean: 30 s}}}
faults:
  link:
    link_outage: us-east-1 -> us-west-2
    every: {exponential: {mean: 12 h}}
    for: {exponential: {mean: 10 min}}
"""
GROWING = """\
name: growing
duration: 1 day
rpo: {target: 330 s, attainment: 80 %}
file_systems:
  orders:
    region: us-east-1
    writes:
      app:
        arrivals: {constant: {rate: 1 per s}}
        size: 1 MiB
        growth: {per: month, factor: 2}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 60 s, setup: 0 s, throughput: 10 MiB/s}
"""
"""Of month k it writes 2^k MiB/s, which from month 4 on is more than is sent."""
LAGGED = """\
name: lagged
duration: 2 days
cloudwatch: {phase: 17 s}
file_systems:
  orders:
    region: us-east-1
    size: 40 GiB
    writes:
      app:
        arrivals: {on_off: {on: 25 min, off: 40 min, rate: 6 per s}}
        size: {exponential: {mean: 512 KiB}}
replications:
  dr:
    source: orders
    destination: {region: eu-west-1}
    established: true
    sync: {interval: 7 min, throughput: 40 MiB/s, setup: 20 s}
"""
MINUTES = "timestamp,value\n" + "".join(
    f"2026-01-{1 + k // 1440:02}T{k // 60 % 24:02}:{k % 60:02}:00Z,{2**20}\n" for k in range(2880)
)
"""A mebibyte a minute, for two days: 2880 MiB, 2.81 GiB."""
UNKNOWN = unknown(
    "unknown",
    throughput="{uniform: {low: 1.5 MiB/s, high: 3.5 MiB/s}}",
    setup="{uniform: {low: 1 ms, high: 2 ms}}",
)
"""Of 40 strata of the throughput 30 have 2 MiB/s or more, which is what the target takes."""
TEXTS = {
    "known.yaml": KNOWN,
    "slow.yaml": SLOW,
    "full.yaml": FULL,
    "drill.yaml": DRILL,
    "chancy.yaml": CHANCY,
    "growing.yaml": GROWING,
    "lagged.yaml": LAGGED,
    "minutes.csv": MINUTES,
    "unknown.yaml": UNKNOWN,
}
INTERVAL, SETUP = "replications.dr.sync.interval", "replications.dr.sync.setup"
DIVERGE = f"--set {INTERVAL}=30s --set replications.dr.sync.throughput=500B/s"
RUN = "efssim.report.html.run.run_page"
STUDIES = "efssim.report.html.studies"


@dataclass(frozen=True)
class PageKind:
    """A page, how it is made, and what it says first."""

    maker: str
    """The function that makes it, with its module."""
    asked: str
    """The command but for `efssim` and where the page goes; `SHIPPED` is the folder of scenarios.

    `&&` stands between a command and the next.
    """
    answer: str
    """Words of the sentence that answers its question."""
    is_quick: bool = False
    """Whether the quick tests look at its first screen too."""

    def write(self, texts: Path, folder: Path) -> Path:
        """Make it, from files in a folder, into one of its own; return where it is."""
        for one in self.asked.split(" && "):
            words = [
                word.replace("SHIPPED", str(SCENARIOS)).replace("~", " ") for word in one.split()
            ]
            files = [str(texts / word) if (texts / word).exists() else word for word in words]
            where = [] if "-o" in words else ["--out", str(folder)]
            quiet = [] if words[0] == "traces" else ["-q"]
            ended = command(*files, *where, *quiet)
            assert ended.code == 0, (one, ended.err)
        return folder / "report.html"


KINDS = {
    "run": PageKind(
        RUN,
        "run known.yaml",
        "Held for 90.083 % of the time; the worst age was 6 min, 30 s above the target. 119 "
        "violations, 59 min 30 s in all",
        is_quick=True,
    ),
    "run-disturbed": PageKind(
        RUN, "run SHIPPED/first-report.yaml --set duration=5~days", "RPO met"
    ),
    "run-year": PageKind(RUN, "run SHIPPED/random-year.yaml --set duration=40~days", "RPO missed"),
    "run-opt-out": PageKind(RUN, "run SHIPPED/region-opt-out.yaml", "RPO missed"),
    "run-diverging": PageKind(RUN, f"run known.yaml {DIVERGE}", "RPO missed, diverging"),
    "run-fleet": PageKind(
        RUN,
        "run known.yaml --set file_systems.orders.count=12",
        "All 12 replications (age at most 5 min 30 s for 80 %)",
    ),
    "run-two": PageKind(RUN, "run SHIPPED/failover.yaml", "All 2 replications"),
    "run-throttled": PageKind(RUN, "run SHIPPED/throttled.yaml", "THROTTLED: 433,960 writes"),
    "run-full": PageKind(RUN, "run full.yaml", "the worst age was 46 min"),
    "run-measured": PageKind(RUN, "run SHIPPED/measured.yaml --set duration=1~day", "RPO met"),
    "run-unrecorded": PageKind(RUN, "run known.yaml --set records=off", "Held for 90.083 %"),
    "trials": PageKind(
        f"{STUDIES}.trials.trials_page",
        "run known.yaml -n 3 -w 1",
        "Held for 90.083 % of the time (95 % interval 90.083 % to 90.083 %)",
        is_quick=True,
    ),
    "trials-random": PageKind(
        f"{STUDIES}.trials.trials_page", "run chancy.yaml -n 20 -w 1", "RPO not decided"
    ),
    "trials-full": PageKind(f"{STUDIES}.trials.trials_page", "run full.yaml -n 2 -w 1", "RPO met"),
    "trials-fleet": PageKind(
        f"{STUDIES}.trials.trials_page",
        "run SHIPPED/fleet.yaml -n 2 -w 1 --set duration=4~days",
        "All 12 replications (age at most 15 min for 99.5 %)",
    ),
    "trials-diverging": PageKind(
        f"{STUDIES}.trials.trials_page",
        f"run known.yaml -n 2 -w 1 {DIVERGE}",
        "RPO missed, diverging in 2 of 2 trials",
    ),
    "trials-baseline": PageKind(
        f"{STUDIES}.trials.trials_page",
        "run known.yaml -n 2 -w 1 -o BASE && run known.yaml -n 2 -w 1 --baseline BASE",
        "Held for 90.083 %",
    ),
    "sweep": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep known.yaml -w 1 --vary {INTERVAL}=1min,5min,30min",
        "2 of 3 combinations are shown to meet the RPO objective of dr (age at most 5 min 30 s for "
        "80 %): interval 1 min; interval 5 min; 1 is missed.",
        is_quick=True,
    ),
    "sweep-grid": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep known.yaml -w 1 --vary {INTERVAL}=1min,5min,30min --vary {SETUP}=1s,10s,90s "
        "--measure rpo.attainment",
        "6 of 9 combinations are shown to meet the RPO objective of dr",
    ),
    "sweep-tornado": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep chancy.yaml -w 1 -n 3 --one-at-a-time --vary {INTERVAL}=1min,30min --vary "
        f"{SETUP}=1s,90s",
        "combinations is shown to meet the RPO objective of dr",
    ),
    "sweep-latin": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep known.yaml -w 1 --latin 8 --vary {INTERVAL}=1min..4min --vary {SETUP}=1s..60s",
        "Each of 8 combinations is shown to meet the RPO objective of dr",
    ),
    "sweep-morris": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep known.yaml -w 1 --morris 3 --vary {INTERVAL}=1min..4min --vary {SETUP}=1s..60s",
        "Each of 9 combinations is shown to meet the RPO objective of dr",
    ),
    "sweep-fleet": PageKind(
        f"{STUDIES}.sweep.sweep_page",
        f"sweep known.yaml -w 1 --set file_systems.orders.count=12 --vary {INTERVAL}=1min,30min",
        "1 of 2 combinations is shown to meet the RPO objective of dr[1]",
    ),
    "comparison": PageKind(
        f"{STUDIES}.comparison.comparison_page",
        "run known.yaml slow.yaml -n 3 -w 1",
        "RPO missed instead of met",
        is_quick=True,
    ),
    "plan": PageKind(
        f"{STUDIES}.plan.plan_page",
        f"plan known.yaml -w 1 --vary {INTERVAL}=1min..1h",
        "A sync interval of at most 5.6",
        is_quick=True,
    ),
    "plan-not-met": PageKind(
        f"{STUDIES}.plan.plan_page",
        f"plan known.yaml -w 1 --vary {INTERVAL}=10min..1h",
        "No sync interval tried from 10 min to 1 h for dr meets the objective: ",
    ),
    "plan-over-sets": PageKind(
        f"{STUDIES}.set_plan.set_plan_page",
        "plan unknown.yaml -w 1 --sets 20 -n 10 --share-of-sets 60% --vary "
        "file_systems.src.writes.w.size=100KiB..500KiB",
        "Every value tried of file_systems.src.writes.w.size from 100 KiB to 500 KiB keeps the "
        "objective",
    ),
    "runway": PageKind(
        "efssim.report.runway.page.runway_page",
        "plan growing.yaml -w 1 --until-missed --horizon 8~months",
        "The objective is first missed in month 4",
    ),
    "choice": PageKind(
        "efssim.report.choice.page.choice_page",
        "choose known.yaml slow.yaml -w 1 --measure time_since_last_sync_s.p99 --best least "
        "--indifference 10s",
        "known has the least",
        is_quick=True,
    ),
    "sets": PageKind(
        f"{STUDIES}.sets.sets_page",
        "run unknown.yaml -w 1 --sets 40 -n 2 --sobol 16",
        "Met in 75 % of plausible parameter sets",
    ),
    "alarms": PageKind(
        f"{STUDIES}.alarms.alarms_page",
        "alarms SHIPPED/alarms.yaml",
        "Of 5 alarms: 3 detected every violation; 2 can never fire.",
    ),
    "alarms-trials": PageKind(
        f"{STUDIES}.alarms.alarms_page_over_trials",
        "alarms SHIPPED/alarms.yaml -n 2 -w 1",
        "Of 5 alarms: 3 detected every violation; 2 can never fire.",
    ),
    "alarms-tuned": PageKind(
        f"{STUDIES}.alarms.tuning_page",
        "alarms SHIPPED/alarms.yaml -w 1 --tune --alarm good -n 3",
        "Nothing is drawn in this scenario, so every trial has the same violations, 2",
    ),
    "drill": PageKind(
        "efssim.report.drill.page.drill_page",
        "drill drill.yaml",
        "RPO 5 min, RTO 20 min in the one drill.",
        is_quick=True,
    ),
    "calibration": PageKind(
        "efssim.report.calibration.page.calibration_page",
        "export lagged.yaml -o EXPORT && calibrate --lag EXPORT/TimeSinceLastSync.json --writes "
        "EXPORT/DataWriteIOBytes.json",
        "Trust the forecast for writes like those measured",
    ),
    "traces": PageKind(
        f"{STUDIES}.traces.traces_page",
        "traces minutes.csv --period 1min",
        "2.81 GiB written, 17.1 KiB/s on average",
        is_quick=True,
    ),
}
"""The pages of every maker, by a name."""

SERVED = "efssim/aws/port/page.html"
"""The only page beside these: it is served, and has tests of its own."""
