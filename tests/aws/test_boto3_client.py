"""Real boto3 clients whose calls a simulation answers."""

from __future__ import annotations

import os
import random  # noqa: TID251  # to see that it is left as it was
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import botocore
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, NoRegionError, ParamValidationError
from botocore.stub import Stubber
from helpers.worlds import constant, scenario

import efssim
from efssim.scenario.operations.error_codes import ERROR_CODES
from efssim.scenario.operations.table import OPERATIONS

HOME, AWAY = "us-east-1", "us-west-2"
DESCRIBE = "DescribeReplicationConfigurations"


def simulation(duration="1 day", **top):
    control = {"preset": "none", "enabling": 100, "deleting": 90}
    defaults = {"control": control, "sync": {"preset": "none", "interval": 60, "setup": 5}}
    spec = scenario(
        {"app": constant()}, {"interval": 60, "setup": 5}, duration, defaults=defaults, **top
    )
    return efssim.Simulation(spec)


@pytest.fixture
def world():
    return simulation()


@pytest.fixture
def efs(world):
    return world.client("efs", region_name=HOME)


def fails(world, code, times, operation=DESCRIBE):
    world.apply({"api_error": operation, "code": code, "times": times})


# What clients say


def test_a_client_describes_what_the_simulation_moves(world, efs):
    source = world.file_system_id("fs")
    for minutes in (1, 5, 60):
        world.advance(f"{minutes} min")
        (found,) = efs.describe_replication_configurations(FileSystemId=source)["Replications"]
        (same,) = world.call(DESCRIBE, {"FileSystemId": source}, region=HOME)["Replications"]
        assert found == same
        last = found["Destinations"][0]["LastReplicatedTimestamp"]
        assert world.now - last == timedelta(seconds=60)  # cut a minute ago, complete in 5 s
        assert last.tzinfo is not None
        assert last.utcoffset() == timedelta(0)


def test_a_client_calls_in_its_region(world, efs):
    made = world.client("efs", region_name=AWAY).create_file_system(CreationToken="new")
    assert f":{AWAY}:" in made["FileSystemArn"]
    with pytest.raises(ClientError, match="does not exist in us-east-1"):
        efs.describe_file_systems(FileSystemId=made["FileSystemId"])


def test_a_region_that_the_scenario_declares():
    world = simulation(regions={"lab-1": {"custom": True}})
    lab, home = (world.client("efs", region_name=region) for region in ("lab-1", HOME))
    answer = home.create_file_system(CreationToken="here", Encrypted=True)
    world.advance("5 min")
    destination = home.create_replication_configuration(
        SourceFileSystemId=answer["FileSystemId"], Destinations=[{"Region": "lab-1"}]
    )["Destinations"][0]
    assert destination["Region"] == "lab-1"
    world.advance("5 min")
    (only,) = lab.describe_file_systems()["FileSystems"]
    assert only["FileSystemId"] == destination["FileSystemId"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"PerformanceMode": "turbo"}, "'turbo' is not one of"),
        ({"CreationToken": "x" * 500}, "needs 1 to 64 characters"),
        ({"Tags": [{"Key": "aws:mine", "Value": ""}]}, "reserved"),
    ],
)
def test_what_botocore_lets_through_is_checked_as_at_the_service(efs, parameters, said):
    with pytest.raises(efs.exceptions.BadRequest, match=said):
        efs.create_file_system(**{"CreationToken": "new", **parameters})


def test_what_botocore_refuses_does_not_arrive(world, efs):
    before = world.request_id
    with pytest.raises(ParamValidationError):
        efs.describe_file_systems(MaxItems="many")
    assert world.request_id == before


def test_paginators(world, efs):
    for number in range(7):
        efs.create_file_system(CreationToken=f"new-{number}")
    pages = list(
        efs.get_paginator("describe_file_systems").paginate(PaginationConfig={"PageSize": 3})
    )
    assert [len(page["FileSystems"]) for page in pages] == [3, 3, 2]
    world.advance("5 min")
    for part in pages[0]["FileSystems"]:
        if part["FileSystemId"] != world.file_system_id("fs"):
            efs.create_replication_configuration(
                SourceFileSystemId=part["FileSystemId"], Destinations=[{"Region": AWAY}]
            )
    pages = list(
        efs.get_paginator("describe_replication_configurations").paginate(
            PaginationConfig={"PageSize": 1}
        )
    )
    sources = [page["Replications"][0]["SourceFileSystemId"] for page in pages]
    assert len(set(sources)) == len(sources) >= 3
    wanted = world.call(DESCRIBE, region=HOME)["Replications"]
    assert sources == [part["SourceFileSystemId"] for part in wanted]


def test_a_caller_may_change_what_it_gets(world, efs):
    source = world.file_system_id("fs")
    efs.tag_resource(ResourceId=source, Tags=[{"Key": "a", "Value": "b"}])
    policies = [{"TransitionToIA": "AFTER_7_DAYS"}]
    efs.put_lifecycle_configuration(FileSystemId=source, LifecyclePolicies=policies)
    looks = [
        lambda: efs.describe_replication_configurations(FileSystemId=source),
        lambda: efs.describe_file_systems(FileSystemId=source),
        lambda: efs.describe_lifecycle_configuration(FileSystemId=source),
        lambda: efs.list_tags_for_resource(ResourceId=source),
    ]
    before = [without_metadata(look()) for look in looks]
    for look in looks:
        spoil(look())
    spoil(efs.put_lifecycle_configuration(FileSystemId=source, LifecyclePolicies=policies))
    policies[0]["TransitionToIA"] = "AFTER_1_DAY"
    assert [without_metadata(look()) for look in looks] == before


def without_metadata(answer):
    return {key: part for key, part in answer.items() if key != "ResponseMetadata"}


def spoil(part):
    if isinstance(part, dict):
        for value in part.values():
            spoil(value)
        part.clear()
    elif isinstance(part, list):
        for value in part:
            spoil(value)
        part.clear()


def test_metadata(world, efs):
    metadata = efs.describe_file_systems()["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RequestId"] == world.request_id
    assert metadata["RetryAttempts"] == 0
    assert metadata["HTTPHeaders"]["content-type"] == "application/json"


def test_tokens_that_botocore_fills_in_are_the_same_in_every_run():
    def tokens():
        client = simulation().client("efs", region_name=HOME)
        return [client.create_file_system()["CreationToken"] for _ in range(3)]

    first = tokens()
    assert len(set(first)) == 3
    assert tokens() == first


# Errors


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
def test_every_error_is_the_modelled_exception(world, code):
    once = Config(retries={"total_max_attempts": 1})
    client = world.client("efs", region_name=HOME, config=once)
    other = world.client("efs", region_name=AWAY)
    fails(world, code, 1)
    with pytest.raises(getattr(other.exceptions, code)) as caught:
        client.describe_replication_configurations()
    response = caught.value.response
    assert response["Error"]["Code"] == response.get("ErrorCode", code) == code
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == ERROR_CODES[code]


def test_an_error_has_the_members_of_its_model(world, efs):
    made = efs.create_file_system(CreationToken="mine")
    with pytest.raises(efs.exceptions.FileSystemAlreadyExists) as caught:
        efs.create_file_system(CreationToken="mine")
    assert caught.value.response["FileSystemId"] == made["FileSystemId"]
    point = {"ClientToken": "mine", "FileSystemId": made["FileSystemId"]}
    world.advance(60)
    first = efs.create_access_point(**point)
    with pytest.raises(efs.exceptions.AccessPointAlreadyExists) as again:
        efs.create_access_point(**point)
    assert again.value.response["AccessPointId"] == first["AccessPointId"]


def test_an_operation_that_is_not_simulated_says_so_once(world, efs):
    begin = world.elapsed_s
    with pytest.raises(
        ClientError, match="does not simulate PutAccountPreferences of efs"
    ) as caught:
        efs.put_account_preferences(ResourceIdType="LONG_ID")
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert world.elapsed_s == begin


def test_every_operation_of_efs_is_answered_or_refused(world, efs):
    """None goes to the network: an operation that botocore gains is refused as well."""
    service = efs.meta.service_model
    refused = set(service.operation_names) - set(OPERATIONS.names)
    assert refused
    for name in refused:
        shape = service.operation_model(name).input_shape
        required = (
            {}
            if shape is None
            else {key: value(shape.members[key]) for key in shape.required_members}
        )
        method = {text: key for key, text in efs.meta.method_to_api_mapping.items()}[name]
        with pytest.raises(ClientError, match=f"does not simulate {name} of efs"):
            getattr(efs, method)(**required)


def value(shape):
    if shape.type_name == "structure":
        return {key: value(shape.members[key]) for key in shape.required_members}
    if shape.type_name == "list":
        return [value(shape.member)]
    return {"string": "x" * shape.metadata.get("min", 8), "integer": 1, "long": 1, "boolean": True}[
        shape.type_name
    ]


def test_a_bug_of_the_simulator_comes_out_as_itself(world, efs, monkeypatch):
    monkeypatch.setattr(world, "call", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        efs.describe_file_systems()


def test_services_that_are_not_simulated(world):
    with pytest.raises(
        ValueError, match="'ec2' is not simulated; these are: account, backup, cloudwatch, efs"
    ):
        world.client("ec2", region_name=HOME)
    with pytest.raises(ValueError, match=r"did you mean 'efs'\?"):
        world.client("esf", region_name=HOME)


def test_a_region_is_needed_whatever_the_environment_says(world, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", HOME)
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(NoRegionError):
        world.client("efs")
    assert os.environ["AWS_PROFILE"] == "no-such-profile"
    assert world.client("efs", region_name=AWAY).describe_file_systems()["FileSystems"] != []


def test_nothing_opens_a_socket(world, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    client = world.client("efs", region_name=HOME)
    assert client.meta.endpoint_url.endswith(".efssim.invalid")
    client.describe_file_systems()
    fails(world, "InternalServerError", 2)
    client.describe_replication_configurations()
    with pytest.raises(ClientError):
        client.put_account_preferences(ResourceIdType="LONG_ID")


def test_a_stubber_still_has_the_first_word(efs):
    with Stubber(efs) as stubber:
        stubber.add_response("describe_file_systems", {"FileSystems": []})
        assert efs.describe_file_systems() == {"FileSystems": []}
    assert efs.describe_file_systems()["FileSystems"]


def test_endpoint_rules_are_left_out(world, monkeypatch):
    """Fails where botocore no longer asks the method that is put in front of it for speed."""
    from efssim.aws.protocol import transport

    asked = []
    real = transport._WithoutEndpointRules._resolve_endpoint_ruleset

    def counted(self, *arguments, **named):
        asked.append(arguments)
        return real(self, *arguments, **named)

    monkeypatch.setattr(transport._WithoutEndpointRules, "_resolve_endpoint_ruleset", counted)
    world.client("efs", region_name=HOME).describe_file_systems()
    assert len(asked) == 1


# Retries


BOTOCORE = tuple(int(part) for part in botocore.__version__.split(".")[:2])
MODES = {"legacy": 5, "standard": 3}
"""Attempts by mode, as documented for boto3."""
RETRIED = ("ThrottlingException", "TooManyRequests", "InternalServerError")


def in_mode(world, mode, **retries):
    return world.client("efs", region_name=HOME, config=Config(retries={"mode": mode, **retries}))


@pytest.mark.parametrize("code", [*RETRIED, "InsufficientThroughputCapacity"])
@pytest.mark.parametrize("mode", MODES)
def test_retries_wait_in_simulated_time(world, mode, code, monkeypatch):
    if (mode, code) == ("standard", "TooManyRequests") and BOTOCORE < (1, 44):
        pytest.skip("1.40 does not retry it in this mode")
    client = in_mode(world, mode)
    begin_s, state = world.elapsed_s, random.getstate()
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"{seconds} s of real time"))
    fails(world, code, 2)
    answer = client.describe_replication_configurations()
    assert answer["Replications"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert 0 < world.elapsed_s - begin_s < 30
    assert random.getstate() == state


@pytest.mark.parametrize(("mode", "attempts"), MODES.items())
def test_a_client_gives_up_after_the_attempts_of_its_mode(world, mode, attempts):
    fails(world, "InternalServerError", attempts + 1)
    with pytest.raises(ClientError, match=f"reached max retries: {attempts - 1}") as caught:
        in_mode(world, mode).describe_replication_configurations()
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["RetryAttempts"] == attempts - 1
    assert metadata["MaxAttemptsReached"] is True
    with pytest.raises(ClientError):  # one injected error is left, and no more
        in_mode(world, mode, total_max_attempts=1).describe_replication_configurations()
    in_mode(world, mode, total_max_attempts=1).describe_replication_configurations()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("code", ["BadRequest", "ReplicationNotFound", "ConflictException"])
def test_other_errors_are_not_retried(world, mode, code):
    fails(world, code, 1)
    begin_s = world.elapsed_s
    with pytest.raises(ClientError) as caught:
        in_mode(world, mode).describe_replication_configurations()
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert world.elapsed_s == begin_s


@pytest.mark.parametrize("mode", MODES)
def test_the_jitter_of_retries_is_the_same_in_every_run(mode):
    def waits():
        world = simulation()
        client = in_mode(world, mode)
        for _ in range(3):
            fails(world, "InternalServerError", 2)
            client.describe_replication_configurations()
            yield world.elapsed_s

    first = list(waits())
    assert list(waits()) == first
    assert len({b - a for a, b in zip([0.0, *first], first, strict=False)}) == 3


def test_the_quota_of_retries_is_the_clients(world):
    """The standard mode has a quota of 500, and a retry that fails costs some of it."""
    client = in_mode(world, "standard", total_max_attempts=1000)
    fails(world, "InternalServerError", 900)
    with pytest.raises(ClientError) as caught:
        client.describe_replication_configurations()
    assert 10 <= caught.value.response["ResponseMetadata"]["RetryAttempts"] <= 110


def test_what_changes_while_a_retry_waits_is_seen_by_the_next_attempt(world):
    client = in_mode(world, "legacy", total_max_attempts=20)
    world.apply({"region_outage": HOME, "for": "10 s"})
    answer = client.describe_replication_configurations()
    assert answer["ResponseMetadata"]["RetryAttempts"] > 2
    assert world.elapsed_s >= 10


# Inside the simulation


def test_processes_call_at_their_instants(world, efs):
    source, seen = world.file_system_id("fs"), []

    def monitor(env):
        while True:
            (found,) = efs.describe_replication_configurations(FileSystemId=source)["Replications"]
            last = found["Destinations"][0]["LastReplicatedTimestamp"]
            seen.append((env.now, (world.now - last).total_seconds()))
            yield env.timeout(50)

    world.env.process(monitor(world.env))
    world.advance("5 min")
    assert seen == [(0, 0), (50, 50), (100, 40), (150, 30), (200, 20), (250, 10), (300, 60)]


def test_a_process_acts_after_everything_else_of_an_instant(world, efs):
    source, seen = world.file_system_id("fs"), []

    def look(env):
        yield env.timeout(65)  # the second sync, cut at 60 s, completes now
        (found,) = efs.describe_replication_configurations(FileSystemId=source)["Replications"]
        seen.append(found["Destinations"][0]["LastReplicatedTimestamp"])

    world.env.process(look(world.env))
    world.advance("65 s")
    (same,) = world.call(DESCRIBE, {"FileSystemId": source}, region=HOME)["Replications"]
    assert seen == [same["Destinations"][0]["LastReplicatedTimestamp"]]


def test_a_process_that_calls_gives_the_run_that_calls_from_outside_give():
    def delete(client, source):
        client.delete_replication_configuration(SourceFileSystemId=source)

    def process(env, client, source):
        yield env.timeout(600)
        delete(client, source)

    inside, outside = simulation(), simulation()
    source = inside.file_system_id("fs")
    inside.env.process(process(inside.env, inside.client("efs", region_name=HOME), source))
    outside.advance("10 min")
    delete(outside.client("efs", region_name=HOME), source)
    inside.advance_to_end()
    outside.advance_to_end()
    assert inside.result().digest == outside.result().digest


def test_looking_from_a_process_changes_nothing():
    def look(env, client):
        while True:
            client.describe_replication_configurations()
            yield env.timeout(7)

    watched, alone = simulation("2 h"), simulation("2 h")
    watched.env.process(look(watched.env, watched.client("efs", region_name=HOME)))
    watched.advance_to_end()
    alone.advance_to_end()
    assert watched.result().digest == alone.result().digest


@pytest.mark.parametrize(
    "act",
    [
        lambda world: world.advance("1 min"),
        lambda world: world.advance_to_end(),
        lambda world: world.env.run(until=100),
        lambda world: world.env.step(),
    ],
)
def test_time_cannot_pass_inside_a_process(world, act):
    seen = []

    def process(env):
        yield env.timeout(10)
        with pytest.raises(RuntimeError, match=r"yield world\.env\.timeout"):
            act(world)
        seen.append(env.now)
        yield env.timeout(10)
        seen.append(env.now)

    world.env.process(process(world.env))
    world.advance("1 min")
    assert seen == [10, 20]
    assert world.elapsed_s == 60


def test_a_process_gets_an_error_that_would_have_to_wait(world):
    client, seen = in_mode(world, "standard"), []
    fails(world, "InternalServerError", 1)

    def process(env):
        yield env.timeout(10)
        with pytest.raises(client.exceptions.InternalServerError) as caught:
            client.describe_replication_configurations()
        seen.append(caught.value.response["ResponseMetadata"]["RetryAttempts"])

    world.env.process(process(world.env))
    world.advance("1 min")
    assert seen == [0]


def test_calls_of_another_thread_are_refused(efs):
    seen = []

    def call():
        with pytest.raises(RuntimeError, match="answers only the thread"):
            efs.describe_file_systems()
        seen.append("refused")

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert seen == ["refused"]


# As processes


def python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


WORLD = """
import efssim
spec = {"name": "t", "duration": "1 h", "file_systems": {"fs": {"region": "us-east-1"}}}
world = efssim.Simulation(efssim.Scenario.model_validate(spec))
"""


def test_timestamps_are_utc_wherever_the_machine_is():
    code = f"""{WORLD}
made = world.client("efs", region_name="us-east-1").describe_file_systems()["FileSystems"][0]
print(made["CreationTime"].isoformat())
"""
    status, out, err = python(code, TZ="America/New_York")
    assert (status, out) == (0, "2026-01-01T00:00:00+00:00"), err


def test_boto3_is_imported_for_clients_only(tmp_path):
    code = f"""{WORLD}
import sys
world.advance("10 min")
world.result().summary
print(sorted({{"boto3", "botocore"}} & set(sys.modules)))
"""
    status, out, err = python(code)
    assert (status, out) == (0, "[]"), err
    file = Path(tmp_path) / "s.yaml"
    file.write_text("name: t\nduration: 1 h\nfile_systems: {fs: {region: us-east-1}}\n")
    code = f"""
import sys
from efssim.cli import main
sys.argv = ["efssim", "run", {str(file)!r}]
try: main()
except SystemExit: pass
print("heavy:", sorted({{"boto3", "botocore"}} & set(sys.modules)))
"""
    status, out, err = python(code)
    assert out.endswith("heavy: []"), err


@pytest.mark.parametrize("use", ['world.client("efs", region_name="us-east-1")', "efssim.aws"])
def test_without_the_extra_a_sentence_says_what_to_install(use):
    code = f"""{WORLD}
import sys
sys.modules["boto3"] = None
try: {use}
except ImportError as error: print(error)
"""
    status, out, err = python(code)
    assert (status, out) == (
        0,
        "boto3 is not installed: pip install '.[aws]' in a checkout of efssim",
    ), err
