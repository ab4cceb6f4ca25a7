"""What a served simulation tells of itself: its state as JSON, and as metrics of Prometheus."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
from contextlib import closing

import pytest

pytest.importorskip("boto3")
from helpers.serving import WATCHED, served  # only where boto3 is


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), "--step", scenario=WATCHED) as one:
        yield one


@pytest.fixture
def fresh(serving):
    assert serving.ask("POST", "/_efssim/reset")[0] == 200
    return serving


def state(serving):
    status, told = serving.ask("GET", "/_efssim/state")
    assert status == 200
    return told


def metrics(serving):
    """Return every sample by name and labels, and the lines that are no sample."""
    with closing(http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)) as plug:
        plug.request("GET", "/metrics")
        answer = plug.getresponse()
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = answer.read().decode().splitlines()
    samples = {}
    for line in lines:
        if not line.startswith("#"):
            found = re.fullmatch(r"([a-z_]+)(?:\{(.*)\})? (\S+)", line)
            assert found, line
            labels = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or ""))
            key = found[1], labels.get("replication"), labels.get("status")
            assert key not in samples
            samples[key] = float(found[3])
    return samples, [line for line in lines if line.startswith("#")]


def test_state(fresh):
    told = state(fresh)
    assert {key: told[key] for key in ("now", "elapsed_s", "duration_s", "scenario", "speed")} == {
        "now": "2026-01-01T00:00:00Z",
        "elapsed_s": 0.0,
        "duration_s": 86_400.0,
        "scenario": "watched",
        "speed": None,
    }
    fresh.advance("6 min")
    told = state(fresh)["replications"]
    assert list(told) == ["dr", "late"]
    # The cut at 300 s has been published, and 60 writes have come since.
    assert (told["dr"]["status"], told["dr"]["age_s"]) == ("ENABLED", 60.0)
    assert told["dr"]["last_replicated"] == "2026-01-01T00:05:00.000000Z"
    assert told["dr"]["pending_bytes"] == 60_000
    assert told["dr"]["sync"]["initial"] is False
    sync = told["late"]["sync"]
    assert (sync["initial"], sync["bytes"]) == (True, 100 * 2**30)
    assert 0 < sync["bytes_done"] < sync["bytes"]
    assert sync["left_s"] > 0
    assert told["dr"]["source_region"] == "us-east-1"
    assert told["dr"]["destination_region"] == "eu-south-1"


def test_what_there_is_not_is_null(fresh):
    told = state(fresh)["replications"]["late"]
    assert (told["status"], told["sync"]) == ("ENABLING", None)
    assert (told["age_s"], told["last_replicated"]) == (None, None)
    fresh.client().delete_replication_configuration(
        SourceFileSystemId=state(fresh)["replications"]["dr"]["source"]
    )
    assert state(fresh)["replications"]["dr"]["status"] == "DELETING"
    fresh.advance("10 min")
    told = state(fresh)["replications"]["dr"]
    assert told["status"] == "DELETED"
    assert (told["age_s"], told["pending_bytes"], told["last_replicated"]) == (None, None, None)


def test_events_are_there_with_the_latest_first(fresh):
    fresh.advance(60)
    event = {"opt_out": "eu-south-1", "for": "1 min"}
    assert fresh.ask("POST", "/_efssim/apply", json.dumps(event))[0] == 200
    fresh.advance(600)
    found = state(fresh)["events"]
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    (opt_out,) = [one for one in found if one["text"] == "opt_out eu-south-1"]
    assert (opt_out["at"], opt_out["until"]) == (
        "2026-01-01T00:01:00.000000Z",
        "2026-01-01T00:02:00.000000Z",
    )
    assert any(one["text"].startswith("dr is PAUSING") for one in found)


def test_metrics_say_what_the_state_says(fresh):
    fresh.advance("6 min")
    samples, about = metrics(fresh)
    assert samples["efssim_simulated_time_seconds", None, None] == 1767225960
    assert samples["efssim_simulated_elapsed_seconds", None, None] == 360
    assert samples["efssim_replication_age_seconds", "dr", None] == 60
    assert samples["efssim_replication_pending_bytes", "dr", None] == 60_000
    for name, status in (("dr", "ENABLED"), ("late", "ENABLED")):
        values = {
            key[2]: value
            for key, value in samples.items()
            if key[:2] == ("efssim_replication_status", name)
        }
        assert values == {each: float(each == status) for each in values}
        assert len(values) == 7
    named = {line.split()[2] for line in about if line.startswith("# TYPE")}
    assert named == {key[0] for key in samples}


def test_a_metric_that_is_undefined_has_no_sample(fresh):
    samples, _ = metrics(fresh)
    assert ("efssim_replication_age_seconds", "late", None) not in samples
    assert samples["efssim_replication_status", "late", "ENABLING"] == 1


def test_a_reset_begins_anew(fresh):
    fresh.advance("2 h")
    before = state(fresh)
    assert fresh.ask("POST", "/_efssim/reset")[0] == 200
    again = state(fresh)
    assert (again["elapsed_s"], again["replications"]["dr"]["age_s"]) == (0.0, 0.0)
    fresh.advance("2 h")
    assert state(fresh) == before  # the same draws


def test_the_page_and_its_rules(fresh):
    with closing(http.client.HTTPConnection("127.0.0.1", fresh.port, timeout=20)) as plug:
        plug.request("GET", "/")
        answer = plug.getresponse()
        page = answer.read().decode()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert not re.search(r" on[a-z]+=|javascript:", page)  # which no hash would let run
    assert not re.search(r"https?://", page)
