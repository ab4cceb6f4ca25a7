"""Unmodified scripts in simulated time."""

from __future__ import annotations

import copy
import datetime
import json
import os
import pickle
import subprocess
import sys
import textwrap
import time
import types
from datetime import UTC, timedelta
from time import monotonic, sleep

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from helpers.simulations import AWAY, HOME, simulation

from efssim.aws import patched
from efssim.aws.clock.functions import REAL_CLASSES, REAL_TIME


@pytest.fixture
def world():
    return simulation()


# An ordinary script

SCRIPT = '''
"""A failover rehearsal that knows nothing of a simulator."""
import json, time
from datetime import datetime, timezone
from time import sleep

import boto3

source_region = "us-east-1"
efs = boto3.client("efs", region_name=source_region)


def destination(source):
    found = efs.describe_replication_configurations(FileSystemId=source)["Replications"][0]
    return found["Destinations"][0]


def main():
    source = efs.describe_file_systems(CreationToken="orders")["FileSystems"][0]["FileSystemId"]
    times, began = {}, time.monotonic()
    efs.create_replication_configuration(
        SourceFileSystemId=source, Destinations=[{"Region": "us-west-2"}]
    )
    while destination(source)["Status"] != "ENABLED":
        time.sleep(10)
    times["enabled_s"] = time.monotonic() - began
    while "LastReplicatedTimestamp" not in destination(source):
        sleep(1)
    times["replicated_s"] = time.monotonic() - began
    lags = []
    for _ in range(60):
        now = datetime.now(timezone.utc)
        lags.append((now - destination(source)["LastReplicatedTimestamp"]).total_seconds())
        sleep(60)
    times["lags"] = sorted(set(lags))
    began = time.time()
    efs.delete_replication_configuration(SourceFileSystemId=source)
    try:
        while True:
            destination(source)
            sleep(10)
    except efs.exceptions.ReplicationNotFound:
        times["deleted_s"] = time.time() - began
    times["ends"] = datetime.utcnow().isoformat()
    return times


if __name__ == "__main__":
    print(json.dumps(main()))
'''

RUNNER = """
import runpy, sys, time
import efssim
spec = {{
    "name": "t", "duration": "1 day",
    "file_systems": {{"orders": {{"region": "us-east-1"}}}},
    "defaults": {{
        "control": {{"preset": "none", "enabling": 100, "deleting": 90}},
        "sync": {{"preset": "none", "interval": 60, "setup": 5}},
    }},
}}
world = efssim.Simulation(efssim.Scenario.model_validate(spec))
began = time.perf_counter()
with efssim.aws.patched(world):
    runpy.run_path({script!r}, run_name="__main__")
print(time.perf_counter() - began)
"""


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_an_unmodified_script_gives_simulated_durations_and_does_not_wait_for_them(tmp_path, zone):
    script = tmp_path / "failover.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"TZ": zone, "AWS_PROFILE": "no-such", "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER.format(script=str(script))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text, real_s = done.stdout.splitlines()
    times = json.loads(text)
    assert times["enabled_s"] == 100
    assert times["replicated_s"] == 105
    assert times["lags"] == [5]  # a sync is cut every 60 s from 100 s on, and complete 5 s later
    assert times["deleted_s"] == 90
    assert times["ends"] == "2026-01-01T01:03:15"
    assert float(real_s) < 3600  # it waits for more than an hour


# Time


def test_sleeping_passes_simulated_time(world):
    with patched(world):
        began = (time.time(), time.monotonic(), datetime.datetime.now(UTC), monotonic())
        time.sleep(90)
        sleep(0.5)
        time.sleep(0)
        assert world.elapsed_s == 90.5
        assert time.time() - began[0] == 90.5
        assert time.monotonic() - began[1] == 90.5 == monotonic() - began[3]
        assert datetime.datetime.now(UTC) - began[2] == timedelta(seconds=90.5)
        assert time.time_ns() == int(1767225690.5 * 1e9)
        assert time.monotonic_ns() == int(90.5e9)


def test_every_look_at_the_clock_sees_simulated_time(world):
    world.advance("12 h")
    with patched(world):
        now = world.now
        local = now.astimezone().replace(tzinfo=None)
        assert datetime.datetime.now(UTC) == now
        assert datetime.datetime.now() == local
        assert datetime.datetime.today() == local
        assert datetime.datetime.utcnow() == now.replace(tzinfo=None)
        assert datetime.date.today() == local.date()
        assert time.gmtime()[:6] == (2026, 1, 1, 12, 0, 0)
        assert time.localtime() == time.localtime(now.timestamp())
        assert time.strftime("%H:%M", time.gmtime()) == "12:00"
        assert time.strftime("%Y") == "2026"
        assert time.ctime() == time.ctime(now.timestamp()) == time.asctime()


def test_datetimes_are_real_ones(world):
    real = REAL_CLASSES["datetime"]
    with patched(world):
        made = (
            datetime.datetime.now(),
            datetime.datetime(2020, 2, 3, 4, tzinfo=UTC),
            datetime.datetime.fromisoformat("2020-02-03"),
            datetime.datetime.fromtimestamp(0, UTC),
            datetime.datetime.strptime("2020", "%Y"),
        )
        assert {type(one) for one in made} == {real}
        assert isinstance(made[0], datetime.datetime)
        assert isinstance(made[0], datetime.date)
        assert issubclass(real, datetime.datetime)
        assert type(datetime.date(2020, 1, 2)) is REAL_CLASSES["date"]
        again = pickle.loads(pickle.dumps([*made, made[0].date()]))
        assert again == copy.deepcopy([*made, made[0].date()])
        kept = pickle.dumps(made)
    assert pickle.loads(kept) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_subclass_of_datetime_stays_one(world):
    with patched(world):

        class Stamp(datetime.datetime):
            pass

        assert type(Stamp(2020, 1, 2)) is Stamp
        assert type(datetime.datetime(2020, 1, 2)) is REAL_CLASSES["datetime"]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (-1, ValueError, "sleep length must be non-negative"),
        (float("nan"), ValueError, "NaN"),
        ("5 min", TypeError, "cannot be interpreted as an integer"),
        (None, TypeError, "cannot be interpreted as an integer"),
    ],
)
def test_sleep_refuses_what_the_real_one_refuses(world, given, error, said):
    with pytest.raises(error):
        sleep(given)
    with patched(world), pytest.raises(error, match=said):
        sleep(given)
    assert world.elapsed_s == 0


def test_a_loop_that_never_ends_ends_with_the_scenario():
    world = simulation("1 h")
    with (
        patched(world),
        pytest.raises(ValueError, match="the scenario ends 3600 s after its start"),
    ):
        while True:
            sleep(7)
    assert world.elapsed_s == 3600 // 7 * 7


def test_afterwards_everything_is_as_before(world):
    before = dict(vars(time)), dict(vars(datetime)), dict(globals()), dict(os.environ)
    default, send = boto3.DEFAULT_SESSION, botocore.httpsession.URLLib3Session.send
    create = botocore.session.Session.create_client
    with pytest.raises(KeyError), patched(world):
        module = types.ModuleType("made_meanwhile")
        exec("from time import sleep\nfrom datetime import datetime, date", module.__dict__)
        sys.modules["made_meanwhile"] = module
        held = module.sleep
        assert sleep is not REAL_TIME["sleep"]
        raise KeyError
    del sys.modules["made_meanwhile"]
    assert (dict(vars(time)), dict(vars(datetime)), dict(globals()), dict(os.environ)) == before
    assert boto3.DEFAULT_SESSION is default
    assert botocore.httpsession.URLLib3Session.send is send
    assert botocore.session.Session.create_client is create
    assert module.sleep is REAL_TIME["sleep"]
    assert module.datetime is REAL_CLASSES["datetime"]
    assert module.date is REAL_CLASSES["date"]
    began, real = world.elapsed_s, time.perf_counter()
    held(0.01)  # what somebody kept sleeps for real again
    assert world.elapsed_s == began
    assert time.perf_counter() - real >= 0.01


def test_also_names_installed_modules(world):
    import email.utils as installed  # of the standard library, which is left alone otherwise

    installed.sleep = REAL_TIME["sleep"]
    try:
        with patched(world):
            assert installed.sleep is REAL_TIME["sleep"]
        with patched(world, also=[installed]):
            installed.sleep(5)
        assert world.elapsed_s == 5
        assert installed.sleep is REAL_TIME["sleep"]
    finally:
        del installed.sleep


def test_perf_counter_measures_real_time(world):
    with patched(world):
        began = time.perf_counter()
        sleep(3600)
        assert time.perf_counter() - began < 60


# What is refused


def test_nesting_is_refused(world):
    with patched(world):
        with pytest.raises(RuntimeError, match="cannot be nested"), patched(simulation()):
            pass
        sleep(1)
    assert world.elapsed_s == 1


def test_entering_inside_a_process_is_refused(world):
    seen = []

    def process(env):
        yield env.timeout(5)
        with (
            pytest.raises(RuntimeError, match="inside a process of the simulation"),
            patched(world),
        ):
            pass
        seen.append(env.now)

    world.env.process(process(world.env))
    world.advance(10)
    assert seen == [5]
    assert time.sleep is REAL_TIME["sleep"]


def test_sleeping_in_a_process_is_refused(world):
    seen = []

    def process(env):
        yield env.timeout(5)
        with pytest.raises(RuntimeError, match=r"yield world\.env\.timeout"):
            sleep(1)
        seen.append(env.now)

    world.env.process(process(world.env))
    with patched(world):
        sleep(10)
    assert seen == [5]


# Clients


def test_clients_of_every_session(world):
    before = boto3.Session()
    with patched(world):
        for made in (
            boto3.client("efs", HOME),
            boto3.client("efs", region_name=HOME, endpoint_url="https://example.invalid"),
            boto3.Session(region_name=HOME).client("efs"),
            boto3.Session(profile_name="production", region_name=HOME).client("efs"),
            before.client("efs", region_name=HOME),
            botocore.session.get_session().create_client("efs", HOME),
        ):
            assert len(made.describe_file_systems()["FileSystems"]) == 1
            assert made.describe_replication_configurations()["Replications"] == []
        assert boto3.client("efs", region_name=AWAY).describe_file_systems()["FileSystems"] == []
    assert len(made.describe_file_systems()["FileSystems"]) == 1  # it goes on with its world


def test_the_environment_chooses_the_region_and_the_retries_and_nothing_else(world, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", AWAY)
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-user")
    monkeypatch.setenv("AWS_PROFILE", "of-the-user")
    with patched(world):
        client = boto3.client("efs")
        assert client.meta.region_name == AWAY
        assert client.meta.config.retries["mode"] == "legacy"
        assert "AWS_ACCESS_KEY_ID" not in os.environ
        assert "AWS_PROFILE" not in os.environ
    assert os.environ["AWS_ACCESS_KEY_ID"] == os.environ["AWS_PROFILE"] == "of-the-user"


@pytest.mark.parametrize(
    ("service", "call", "operation"),
    [
        ("ec2", lambda client: client.describe_instances(), "DescribeInstances of ec2"),
        ("s3", lambda client: client.list_buckets(), "ListBuckets of s3"),
        ("sts", lambda client: client.get_session_token(), "GetSessionToken of sts"),
        ("s3", lambda c: c.put_object(Bucket="b", Key="k", Body=b""), "PutObject of s3"),
    ],
)
def test_other_services_are_refused_by_name(world, service, call, operation):
    with (
        patched(world),
        pytest.raises(ClientError, match=f"does not simulate {operation}"),
    ):
        call(boto3.client(service, region_name=HOME))
    assert world.elapsed_s == 0


def test_a_resource_is_refused_by_what_it_calls(world):
    with patched(world), pytest.raises(ClientError, match="DescribeInstances of ec2"):
        boto3.resource("ec2", region_name=HOME).Instance("i-1").load()


def test_retries_of_scripts_wait_in_simulated_time(world):
    world.apply({"api_error": "DescribeFileSystems", "code": "InternalServerError", "times": 2})
    with patched(world):
        answer = boto3.client("efs", region_name=HOME).describe_file_systems()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert world.elapsed_s > 0


def test_a_poller_of_a_day(world):
    with patched(world):
        client = boto3.client("efs", region_name=HOME)
        source = world.file_system_id("orders")
        client.create_replication_configuration(
            SourceFileSystemId=source, Destinations=[{"Region": AWAY}]
        )
        statuses = []
        for _ in range(24 * 60 - 1):
            (found,) = client.describe_replication_configurations(FileSystemId=source)[
                "Replications"
            ]
            statuses.append(found["Destinations"][0]["Status"])
            sleep(60)
    assert statuses == ["ENABLING"] * 2 + ["ENABLED"] * (24 * 60 - 3)


def test_libraries_imported_meanwhile_work(tmp_path):
    """The compiled parts of pandas break where they find other classes in `datetime`."""
    code = textwrap.dedent("""
        import pandas as pd
        import datetime
        table = pd.DataFrame({"at": [datetime.datetime.now(datetime.UTC)], "x": [1]})
        print(table["at"].dtype.kind, pd.to_datetime("2026-01-02").isoformat(), table["at"].max())
        """)
    script = tmp_path / "uses_pandas.py"
    script.write_text(code + "\n")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER.format(script=str(script))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2026-01-02T00:00:00 2026-01-01 00:00:00+00:00" in done.stdout
