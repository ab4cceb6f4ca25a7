"""What people see of results, studies and mistakes in Python."""

import io
import json
from collections.abc import Callable

import matplotlib as mpl

import efssim

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "same"


def show(title: str, value: object) -> None:
    """Print a value, and as Jupyter shows it."""
    print(f"== {title}\n{value!r}")
    html = getattr(value, "_repr_html_", None)
    if html is not None:
        print(html())


def told(title: str, action: Callable[[], object]) -> None:
    """Print what an action raises."""
    print(f"== {title}")
    try:
        action()
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__[:-3]]
        print(kinds, error)
    else:
        print("nothing raised")


def drawn(title: str, plot: Callable[[], object]) -> None:
    """Print a figure as SVG."""
    axes = plot()
    page = io.StringIO()
    axes.figure.savefig(page, format="svg", metadata={"Date": None})  # type: ignore[attr-defined]
    print(f"== {title}\n{page.getvalue()}")


show("public", sorted(efssim.__all__))
show("dir", [name for name in dir(efssim) if not name.startswith("_")])
scenario = efssim.load("valid.yaml")
show("scenario", scenario)
show("fields", dir(scenario.replications["dr"].sync))
show("changed", scenario.with_({"replications.dr.sync.interval": "5 min"}, seed=2))
result = efssim.run(scenario)
show("result", result)
show("summary", json.dumps(result.summary, indent=1))
for table in ("lags", "syncs", "statuses", "events", "violations"):
    print(getattr(result, table).to_csv())
for method in ("age", "pending", "risk", "risk_cells"):
    print(getattr(result, method)().to_csv())
print(result.age_at(["10 min", "1 h"]).to_csv(), result.age_mean("10 min").to_csv())
for figure in ("age", "pending", "lag", "syncs", "risk"):
    drawn(figure, getattr(result, f"plot_{figure}"))
show("page", result.report_html())
few = efssim.load("valid.yaml", ["records=off"])
told("no records", lambda: efssim.run(few).age())

trials = efssim.run_trials(scenario, 4, workers=1)
other = efssim.run_trials(efssim.load("valid.yaml", ["name=other", "warm_up=6 min"]), 4, workers=1)
show("trials", trials)
show("table", trials.table.to_csv())
show("estimate", trials.estimate("dr", "time_since_last_sync_s.mean"))
drawn("trials", trials.plot)
drawn("attainment", trials.plot_attainment)
comparison = efssim.compare(trials, other)
show("comparison", comparison)
show("main", comparison.main.to_csv() + comparison.table.to_csv())
drawn("comparison", comparison.plot)
swept = efssim.sweep(scenario, {"replications.dr.sync.interval": ["1 min", "5 min"]}, 2, workers=1)
show("sweep", swept)
show("rows", swept.table.to_csv() + swept.means("rpo.attainment").to_csv())
drawn("sweep", lambda: swept.plot("rpo.attainment"))
planned = efssim.plan(
    scenario,
    "replications.dr.sync.throughput",
    ("5 MiB/s", "100 MiB/s"),
    trials=10,
    workers=1,
    rpo="4 min",
    attainment="90 %",
    budget="1 h",
)
show("plan", planned)
show("summary", json.dumps(planned.summary, indent=1))
show("tables", planned.table.to_csv() + planned.what_if_table.to_csv())
drawn("plan", planned.plot)
estimated = efssim.estimate(scenario)
show("estimate", estimated)
show("numbers", json.dumps(estimated.summary, indent=1) + estimated.table.to_csv())

told("load", lambda: efssim.load("valid.yaml", ["duration=1 parsec", "nothing=1"]))
told("no file", lambda: efssim.load("nothing.yaml"))
told("with", lambda: scenario.with_({"replications.rd.sync.interval": "5 min"}))
told("name", lambda: result.age("rd"))
told("trials", lambda: efssim.run_trials(scenario, 0))
told("compare", lambda: efssim.compare(trials, efssim.run_trials(scenario, 2, seed=9, workers=1)))
told("plan", lambda: efssim.plan(scenario, "seed", ("1", "2")))
told("sweep", lambda: efssim.sweep(scenario, {"nothing": [1]}))
told("measure", lambda: swept.means("age"))
told("seed", lambda: efssim.run(scenario, seed=-1))
told("outage", lambda: efssim.estimate(scenario, "x"))
