"""The scenario of a calibration: valid, runnable, and never measured where the data do not tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.lags import even, known, samples

import efssim
from efssim.calibration.backtest.backtest import Measurements
from efssim.calibration.backtest.findings import NoBacktest
from efssim.calibration.calibration import CalibrationFindings, CalibrationRequest
from efssim.calibration.data import FittedParameter, Identified, SetupFamily, SetupNoise
from efssim.calibration.written.files import write_scenario
from efssim.scenario.shown.provenance import resolved
from efssim.scenario.unknowns.parameters import uncertain_parameters

MINUTES = 120
LAG = samples([(-300.0, -270.0), *((300.0 * k, 300.0 * k + 30.0) for k in range(24))], MINUTES)
KNOWN = known(LAG, interval=300.0, gap=2.0, setup=20.0, throughput=1e6)
SYNC = "replications.dr.sync"


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(fitted, with_writes=True, **more):
    """Write the scenario of a fit and load it."""
    writes = even(MINUTES, 60_000.0) if with_writes else None
    findings = CalibrationFindings(
        CalibrationRequest(("lag.json",), ("w.json",) if with_writes else ()),
        Measurements(LAG, writes),
        fitted,
        NoBacktest("None was made."),
        (),
        **more,
    )
    write_scenario(findings, Path("fitted.yaml"))
    return efssim.load("fitted.yaml")


def with_parameter(name, value, low, high, identified, noise=None):
    """Return the known fit with another parameter."""
    reason = None if identified == Identified.YES else "a test says so"
    other = FittedParameter(name, value, low, high, identified, reason)
    parameters = tuple(other if one.name == name else one for one in KNOWN.parameters)
    return replace(KNOWN, parameters=parameters, noise=noise or SetupNoise())


def provenance(scenario):
    """Return the provenance of each parameter of the syncs, by its key."""
    return {p.path.rpartition(".")[2]: p.provenance for p in resolved(scenario) if SYNC in p.path}


def test_what_is_identified_is_measured():
    scenario = written(KNOWN)
    found = provenance(scenario)
    for key in ("interval", "gap", "setup", "throughput"):
        assert found[key] == "measured"
    sync = scenario.replications["dr"].sync
    assert (sync.number("interval"), sync.number("throughput")) == (300.0, 1e6)
    assert uncertain_parameters(scenario) == ()
    result = efssim.run(scenario)
    # 300,000 bytes at 1 MB/s after 20 s, every 300 s.
    assert result.summary["replications"]["dr"]["syncs"]["duration_mean_s"] == pytest.approx(
        20.3, rel=0.01
    )
    assert result.summary["traces"]["file_systems.source.writes.measured"]["bytes_used"] > 0


def test_roughly_is_measured_and_no_is_not():
    roughly = with_parameter("setup", 20.0, 15.0, 27.0, Identified.ROUGHLY)
    assert provenance(written(roughly))["setup"] == "measured"
    no = with_parameter("setup", 20.0, 0.0, 60.0, Identified.NO)
    scenario = written(no)
    assert provenance(scenario)["setup"] == "scenario"
    assert "NOT measured: 0 s to 1 min" in Path("fitted.yaml").read_text(encoding="utf-8")
    (unknown,) = uncertain_parameters(scenario)
    assert (unknown.path, unknown.prior.kind) == (f"{SYNC}.setup", "uniform")
    assert unknown.prior.support[1] == 60.0


def test_a_rate_that_is_only_bounded_below():
    scenario = written(with_parameter("throughput", None, 2e6, None, Identified.NO))
    assert scenario.replications["dr"].sync.number("throughput") == 2e6
    (unknown,) = uncertain_parameters(scenario)
    assert unknown.prior.support[0] == 2e6
    assert unknown.prior.support[1] >= 2e7
    assert "assumed" in unknown.source


def test_a_gap_with_an_upper_bound_only():
    scenario = written(with_parameter("gap", None, 0.0, 40.0, Identified.NO))
    assert provenance(scenario)["gap"] == "scenario"
    (unknown,) = uncertain_parameters(scenario)
    assert unknown.prior.support == (0.0, 40.0)


@pytest.mark.parametrize("family", [SetupFamily.GAMMA, SetupFamily.LOGNORMAL, SetupFamily.NORMAL])
def test_a_fixed_time_that_varies(family):
    for identified, low, high in ((Identified.YES, 19.0, 21.0), (Identified.NO, 0.0, 60.0)):
        noise = SetupNoise(family, 5.0)
        scenario = written(with_parameter("setup", 20.0, low, high, identified, noise))
        setup = scenario.replications["dr"].sync.setup
        assert setup.expected() == pytest.approx(20.0)
        assert setup.variance() == pytest.approx(25.0)
        assert (provenance(scenario)["setup"] == "measured") == (identified == Identified.YES)
        assert len(uncertain_parameters(scenario)) == (identified == Identified.NO)


def test_an_interval_that_is_not_known():
    scenario = written(with_parameter("interval", 300.0, 0.0, 300.0, Identified.NO))
    (unknown,) = uncertain_parameters(scenario)
    assert 0 < unknown.prior.support[0] < unknown.prior.support[1] == 300.0


def test_without_writes_it_says_so():
    scenario = written(KNOWN, with_writes=False)
    assert scenario.file_systems["source"].writes == {}
    assert "No writes were given" in Path("fitted.yaml").read_text(encoding="utf-8")
    assert not Path("fitted-writes.csv").exists()


def test_cautions_and_the_verdict_stand_at_the_top():
    written(KNOWN, cautions=("The writes explain nothing.",))
    head = Path("fitted.yaml").read_text(encoding="utf-8").splitlines()[:3]
    assert head[1] == "# No back-test: None was made."
    assert head[2] == "# Beware: The writes explain nothing."


def test_files_of_others_are_left_alone():
    Path("fitted-writes.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        written(KNOWN)
    assert Path("fitted-writes.csv").read_text(encoding="utf-8") == "mine"
    assert not Path("fitted.yaml").exists()
