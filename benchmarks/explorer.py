"""How long an Explorer takes after a slider moved: `python -m benchmarks.explorer`.

Every slider of notebooks/explorer.py goes through all of its positions and back, as the
notebook has them. The aim is 200 ms: what takes longer is no longer seen as the hand's own move.
"""

from __future__ import annotations

from statistics import median

import efssim
from benchmarks.timing import timed
from efssim.explorer import Explorer, Sliders

AIM_MS = 200.0
SYNC = "replications.dr.sync"
SLIDERS: Sliders = {
    "interval": (f"{SYNC}.interval", ["30 s", "1 min", "2 min", "5 min", "10 min"]),
    "throughput": (f"{SYNC}.throughput", ["50 MB/s", "100 MB/s", "225 MB/s", "1 GB/s"]),
    "writes ×": ("file_systems.orders.growth", [0.2, 0.5, 1, 2, 5]),
    "outage": ("events.0.for", ["1 min", "10 min", "1 h", "3 h", "6 h"]),
}


def scenario() -> efssim.Scenario:
    """Return two days of writes with an outage in their middle."""
    return efssim.Scenario.model_validate(
        {
            "name": "explorer",
            "duration": "2 days",
            "warm_up": "10 min",
            "file_systems": {
                "orders": {
                    "region": "us-east-1",
                    "files": "4 million",
                    "growth": 1,
                    "writes": {
                        "oltp": {
                            "arrivals": {"poisson": {"rate": "1 per s"}},
                            "size": {"lognormal": {"median": "20 MiB", "sigma": 0.8}},
                        }
                    },
                }
            },
            "replications": {
                "dr": {
                    "source": "orders",
                    "destination": {"region": "eu-south-1"},
                    "established": True,
                    "sync": {"interval": "1 min", "throughput": "225 MB/s"},
                }
            },
            "events": [{"at": "1 day", "link_outage": "us-east-1 -> eu-south-1", "for": "1 h"}],
        }
    )


def moved(explorer: Explorer, label: str) -> list[float]:
    """Return the milliseconds of each move of a slider through its positions and back."""
    slider = explorer.sliders[label]
    begin = slider.index

    def move(index: int) -> float:
        return 1000 * timed(lambda: setattr(slider, "index", index))

    # A slider that is where it should be does not move.
    return [move(i) for i in (*range(len(slider.options)), begin) if i != slider.index]


def main() -> None:
    explorer = Explorer(scenario(), SLIDERS)
    print(f"milliseconds from the move of a slider to the new picture; aim {AIM_MS:g}")
    print(f"{'slider':<12}{'moves':>6}{'median':>8}{'worst':>8}")
    worst = 0.0
    for label in explorer.sliders:
        times = moved(explorer, label)
        worst = max(worst, *times)
        print(f"{label:<12}{len(times):>6}{median(times):>8.0f}{max(times):>8.0f}")
    print(f"worst {worst:.0f} ms: {'within' if worst <= AIM_MS else 'ABOVE'} the aim")


if __name__ == "__main__":
    main()
