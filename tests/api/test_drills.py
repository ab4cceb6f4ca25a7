"""Drills in Python: the tables, the summary and the display."""

import matplotlib.pyplot as plt
import pytest
from helpers.worlds import constant, scenario

import efssim


@pytest.fixture(scope="module")
def drills():
    made = scenario(
        {"w": constant()},
        {"interval": 60, "setup": 5},
        "1 h",
        replication={"control": {"deleting": 300}},
        drill={"detect": 60},
    )
    return efssim.drill(made, 5)


def test_tables_have_a_row_for_each_drill_and_phase(drills):
    table, timeline = drills.drills, drills.timeline
    assert len(table) == 5
    assert list(table["trial"]) == [0, 1, 2, 3, 4]
    assert set(table["ending"]) == {"done"}
    assert (table["rto_s"] == 60 + 300 + 120).all()
    assert (table["recovery_point"] <= table["disaster"]).all()
    assert list(timeline["phase"][:4]) == ["detect", "decide", "delete", "mount_targets"]
    assert len(timeline) == 20
    assert timeline.groupby("trial")["seconds"].sum().eq(480).all()


def test_the_summary_is_that_of_the_table(drills):
    assert drills.summary["loss_bytes"]["mean"] == pytest.approx(drills.drills["loss_bytes"].mean())
    assert drills.summary["drills"] == 5
    assert drills.summary["rpo"]["met"] is None


def test_it_shows_itself(drills):
    assert "5 drills" in repr(drills)
    assert "RPO UNDECIDED" in drills._repr_html_()
    axes = drills.plot()
    assert len(axes.containers) == 3  # deciding takes no time
    plt.close(axes.figure)


def test_a_study_is_the_same_again(drills):
    again = efssim.drill(drills.scenario, 5, seed=drills.seed)
    assert again.outcomes == drills.outcomes
