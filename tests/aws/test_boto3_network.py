"""Nothing of AWS's libraries leaves a `patched` block: connections are counted at the socket."""

from __future__ import annotations

import asyncio
import datetime
import socket
import urllib.request
from contextlib import AsyncExitStack

import boto3
import botocore.config
import botocore.session
import pytest
from botocore.credentials import InstanceMetadataFetcher, RefreshableCredentials
from botocore.exceptions import ClientError, EndpointConnectionError
from helpers.simulations import AWAY, HOME, simulation

from efssim.aws import patched

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
HERE = {**KEYS, "region_name": HOME}


@pytest.fixture
def world():
    return simulation()


@pytest.fixture
def attempts(monkeypatch):
    """Every attempt to look up a name or to connect, none of which succeeds."""
    made = []

    def attempt(*arguments, **_):
        made.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", attempt)
    monkeypatch.setattr(socket.socket, "connect", attempt)
    monkeypatch.setattr(socket.socket, "connect_ex", attempt)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", attempt)
    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", attempt)
    return made


def once(service, **options):
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    return boto3.Session(**HERE).client(service, config=config, **options)


def test_the_count_sees_what_leaves(attempts):
    with pytest.raises(EndpointConnectionError):
        once("efs").describe_file_systems()
    assert attempts


def test_a_client_from_before_is_simulated_and_goes_back(world, attempts):
    efs, s3 = once("efs"), once("s3")
    away = boto3.Session(**{**HERE, "region_name": AWAY}).client("efs")
    with patched(world):
        (found,) = efs.describe_file_systems()["FileSystems"]
        assert found["FileSystemId"] == world.file_system_id("orders")
        assert away.describe_file_systems()["FileSystems"] == []
        with pytest.raises(away.exceptions.FileSystemNotFound):
            away.describe_file_systems(FileSystemId=found["FileSystemId"])
        with pytest.raises(ClientError, match="does not simulate ListBuckets of s3"):
            s3.list_buckets()
        assert attempts == []
    with pytest.raises(EndpointConnectionError):
        efs.describe_file_systems()
    assert attempts


def test_a_client_of_another_world_stays_there(world):
    other = simulation()
    mine = other.client("efs", region_name=HOME)
    with patched(other):
        kept = boto3.client("efs", region_name=HOME)
    other.advance("1 h")
    with patched(world):
        for client in (mine, kept):
            client.create_file_system(CreationToken=f"of {id(client)}")
    assert len(mine.describe_file_systems()["FileSystems"]) == 3
    assert len(world.call("DescribeFileSystems", region=HOME)["FileSystems"]) == 1


def test_credentials_are_looked_for_nowhere(world, attempts, monkeypatch):
    """Neither the instance's, nor a container's, nor those that a role would give."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/creds")
    early = boto3.Session(region_name=HOME)
    with patched(world):
        assert boto3.Session().get_credentials() is None
        assert early.client("efs").describe_file_systems()["FileSystems"]
        fetcher = InstanceMetadataFetcher(timeout=1, num_attempts=1)
        fetcher._disabled = False
        with pytest.raises(RuntimeError, match="kept from the network"):
            fetcher.retrieve_iam_role_credentials()
        with pytest.raises(ClientError, match="AssumeRole of sts"):
            boto3.client("sts", HOME).assume_role(RoleArn="a" * 20, RoleSessionName="ab")
        with pytest.raises(ClientError, match="GetRoleCredentials of sso"):
            boto3.client("sso", HOME).get_role_credentials(
                roleName="r", accountId="1", accessToken="t"
            )
    assert attempts == []


def test_credentials_of_a_client_from_before_are_not_refreshed(world, attempts):
    def refresh():
        attempts.append("refreshed")
        return {}

    core = botocore.session.Session()
    expired = RefreshableCredentials("a", "b", "c", LONG_AGO, refresh, "test")
    core._credentials = expired
    efs = boto3.Session(botocore_session=core, region_name=HOME).client("efs")
    tables = boto3.Session(botocore_session=core, region_name=HOME).client("dynamodb")
    attempts.clear()
    with patched(world):
        assert efs.describe_file_systems()["FileSystems"]
        with pytest.raises(ClientError, match="ListTables of dynamodb"):
            tables.list_tables()  # whose endpoint asks for the account, and so for credentials
    assert attempts == []


def test_transfers_of_s3_do_not_leave(world, attempts, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 100)
    early = once("s3")
    with patched(world):
        for client in (early, boto3.client("s3", region_name=HOME)):
            with pytest.raises(Exception, match=r"answers only the thread|does not simulate"):
                client.upload_file(str(tmp_path / "file"), "bucket", "key")
    assert attempts == []


def test_waiters_wait_in_simulated_time(world, attempts):
    early = boto3.Session(**HERE).client("ec2")
    with patched(world), pytest.raises(Exception, match="does not simulate DescribeInstances"):
        early.get_waiter("instance_running").wait(InstanceIds=["i-1"])
    assert attempts == []


def test_sockets_of_the_script_are_its_own(world, attempts):
    with patched(world), pytest.raises(OSError, match="no network"):
        urllib.request.urlopen("http://example.invalid/")
    assert attempts


# aioboto3, which allows older versions of botocore only: `.ci/run` has a place for it


async def early_client(stack):
    import aioboto3

    session = aioboto3.Session(**HERE)
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    return await stack.enter_async_context(session.client("efs", config=config))


@pytest.fixture
def aioboto3():
    return pytest.importorskip(
        "aioboto3", reason="aioboto3 is not installed: it allows older versions of boto3 only"
    )


def test_a_script_of_aioboto3(aioboto3, world, attempts):
    async def main():
        times = {}
        async with aioboto3.Session(**HERE).client("efs") as efs:
            (found,) = (await efs.describe_file_systems())["FileSystems"]
            source = found["FileSystemId"]

            async def destination():
                answer = await efs.describe_replication_configurations(FileSystemId=source)
                return answer["Replications"][0]["Destinations"][0]

            loop = asyncio.get_running_loop()
            await efs.create_replication_configuration(
                SourceFileSystemId=source, Destinations=[{"Region": AWAY}]
            )
            while (await destination())["Status"] != "ENABLED":
                await asyncio.sleep(10)
            times["enabled_s"] = loop.time()
            began = loop.time()
            await efs.delete_replication_configuration(SourceFileSystemId=source)
            with pytest.raises(efs.exceptions.ReplicationNotFound):
                while True:
                    await destination()
                    await asyncio.sleep(10)
            times["deleted_s"] = loop.time() - began
        async with aioboto3.Session(**HERE).resource("s3") as s3:
            with pytest.raises(ClientError, match="does not simulate HeadBucket of s3"):
                await s3.meta.client.head_bucket(Bucket="b")
        return times

    with patched(world):
        assert asyncio.run(main()) == {"enabled_s": 100, "deleted_s": 90}
    assert attempts == []


def test_a_script_of_aioboto3_waits_for_what_an_answer_streams(aioboto3, world):
    world.answer("lambda", "Invoke", lambda given, _: {"Payload": given["Payload"]})

    async def main():
        async with aioboto3.Session(**HERE).client("lambda") as functions:
            one = await functions.invoke(FunctionName="f", Payload=b"one")
            two = await functions.invoke(FunctionName="f", Payload=b"two")
            async with two["Payload"] as stream:
                return await one["Payload"].read(), await stream.read()

    with patched(world):
        assert asyncio.run(main()) == (b"one", b"two")


def test_two_tasks_call_at_their_own_instants(aioboto3, world, attempts):
    async def main():
        async with aioboto3.Session(**HERE).client("efs") as efs:

            async def poll(every):
                seen = []
                for _ in range(3):
                    await efs.describe_file_systems()
                    seen.append(asyncio.get_running_loop().time())
                    await asyncio.sleep(every)
                return seen

            return await asyncio.gather(poll(7), poll(10))

    with patched(world):
        assert asyncio.run(main()) == [[0, 7, 14], [0, 10, 20]]
    assert attempts == []


def test_its_retries_let_simulated_time_pass_for_all_tasks(aioboto3):
    def run():
        world = simulation()
        world.apply({"api_error": "DescribeFileSystems", "code": "InternalServerError", "times": 2})

        async def main():
            async with aioboto3.Session(**HERE).client("efs") as efs:
                answer, _ = await asyncio.gather(efs.describe_file_systems(), asyncio.sleep(0.001))
            return answer["ResponseMetadata"]["RetryAttempts"], world.elapsed_s

        with patched(world):
            return asyncio.run(main())

    tried, took_s = first = run()
    assert tried == 2
    assert 0 < took_s < 60
    assert run() == first  # the jitter is drawn by seed


def test_its_clients_from_before_are_simulated_and_go_back(aioboto3, world, attempts):
    loop, stack = asyncio.new_event_loop(), AsyncExitStack()
    efs = loop.run_until_complete(early_client(stack))
    with patched(world):
        (found,) = loop.run_until_complete(efs.describe_file_systems())["FileSystems"]
        assert found["FileSystemId"] == world.file_system_id("orders")
    assert attempts == []
    with pytest.raises(Exception, match="Could not connect"):
        loop.run_until_complete(efs.describe_file_systems())
    assert attempts
    loop.run_until_complete(stack.aclose())
    loop.close()


def test_its_requests_below_a_client_are_kept_from_the_network(aioboto3, world, attempts):
    from aiobotocore.utils import AioInstanceMetadataFetcher

    async def main():
        fetcher = AioInstanceMetadataFetcher(timeout=1, num_attempts=1)
        fetcher._disabled = False
        with pytest.raises(RuntimeError, match="kept from the network"):
            await fetcher.retrieve_iam_role_credentials()
        assert await aioboto3.Session().get_credentials() is None

    with patched(world):
        asyncio.run(main())
    assert attempts == []
