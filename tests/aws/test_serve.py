"""Tests of `efssim serve`: EFS over HTTP, as other processes use it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from helpers.places import EFSSIM

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # noqa: E402  # only where boto3 is
from helpers.serving import SCENARIO, served  # noqa: E402


def test_boto3_through_a_port(tmp_path):
    with served(tmp_path, "--step") as serving:
        client = serving.client()
        (source,) = client.describe_file_systems()["FileSystems"]
        assert source["SizeInBytes"]["Value"] == 2**30
        made = client.create_replication_configuration(
            SourceFileSystemId=source["FileSystemId"], Destinations=[{"Region": "us-west-2"}]
        )
        assert made["Destinations"][0]["Status"] == "ENABLING"
        serving.advance("100 s")
        (found,) = client.describe_replication_configurations()["Replications"]
        assert found["Destinations"][0]["Status"] == "ENABLED"
        (same,) = serving.client("us-west-2").describe_replication_configurations()["Replications"]
        assert same["SourceFileSystemId"] == source["FileSystemId"]
        with pytest.raises(ClientError) as refused:
            client.describe_file_systems(FileSystemId="fs-00000000")
        assert refused.value.response["Error"]["Code"] == "FileSystemNotFound"
        with pytest.raises(ClientError) as unknown:
            client.put_account_preferences(ResourceIdType="LONG_ID")
        assert "PutAccountPreferences" in str(unknown.value)
        code, said = serving.stop()
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "2026-01-01T00:00:00Z us-east-1 GET /2015-02-01/file-systems 200"
    assert len(lines) == 7
    assert "2026-01-01T00:01:40Z us-west-2 GET" in said


def test_steps_are_deterministic(tmp_path):
    def session(folder):
        folder.mkdir()
        told = []
        with served(folder, "--step", "--quiet") as serving:
            client = serving.client()
            source = client.describe_file_systems()["FileSystems"][0]["FileSystemId"]
            for _ in range(3):
                answer = client.create_replication_configuration(
                    SourceFileSystemId=source, Destinations=[{"Region": "us-west-2"}]
                )
                told.append(answer)
                serving.advance("5 min")
                told.append(client.describe_replication_configurations())
                client.delete_replication_configuration(SourceFileSystemId=source)
                serving.advance(90)
            told.append(serving.ask("GET", "/_efssim/summary"))
            assert serving.stop() == (0, "")
        return repr(told)

    assert session(tmp_path / "one") == session(tmp_path / "two")


def test_time_and_events(tmp_path):
    with served(tmp_path, "--step") as serving:
        assert serving.ask("GET", "/_efssim/now") == (
            200,
            {"now": "2026-01-01T00:00:00Z", "elapsed_s": 0.0},
        )
        assert serving.advance("5 min")["now"] == "2026-01-01T00:05:00Z"
        event = {"region_outage": "us-east-1", "for": "1 min"}
        assert serving.ask("POST", "/_efssim/apply", json.dumps(event))[0] == 200
        assert serving.ask("GET", "/2015-02-01/file-systems")[0] == 503
        serving.advance(60)
        assert serving.ask("GET", "/2015-02-01/file-systems")[0] == 200
        for body in ("{", "[]", "{}", '{"duration": "-1 s"}', '{"duration": "9 days"}', '{"x": 1}'):
            status, told = serving.ask("POST", "/_efssim/advance", body)
            assert (status, list(told)) == (400, ["Message"]), body
        assert serving.ask("POST", "/_efssim/apply", '{"nonsense": 1}')[0] == 400
        status, told = serving.ask("GET", "/_efssim/nothing")
        assert status == 404
        assert "POST /_efssim/advance" in told["Message"]
        assert serving.ask("GET", "/_efssim/now")[1]["elapsed_s"] == 360


def test_time_passes_by_itself_at_a_speed(tmp_path):
    with served(tmp_path, "--speed", "1000000") as serving:
        status, told = serving.ask("GET", "/_efssim/now")
        assert status == 200
        assert told["elapsed_s"] > 0
        # A day at a million seconds a second is over by now, or at the next look.
        while serving.ask("GET", "/_efssim/now")[1]["elapsed_s"] < 86_400:
            pass
        assert serving.ask("GET", "/2015-02-01/file-systems")[0] == 200
        assert serving.ask("POST", "/_efssim/advance", '{"duration": 1}')[0] == 400


GARBAGE = [
    b"\x00\xff\xfe\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    b"POST /2015-02-01/file-systems HTTP/1.1\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
    b"POST /2015-02-01/file-systems HTTP/1.1\r\nContent-Length: 40\r\n\r\nab",
    b"PATCH / HTTP/1.1\r\n\r\n",
    b"GET /%ff%fe/%00 HTTP/1.1\r\n\r\n",
]


def test_garbage_does_no_harm(tmp_path):
    with served(tmp_path, "--step") as serving:
        for bytes_sent in GARBAGE:
            with closing(socket.create_connection(("127.0.0.1", serving.port), 20)) as plug:
                plug.sendall(bytes_sent)
                plug.shutdown(socket.SHUT_WR)
                answer = b""
                while part := plug.recv(65_536):
                    answer += part
                assert not re.match(rb"HTTP/1\.[01] (2|500)", answer), bytes_sent[:40]
        assert serving.ask("GET", "/2015-02-01/file-systems")[0] == 200
        code, said = serving.stop()
    assert code == 0
    assert "Traceback" not in said


@pytest.mark.parametrize("line", [b"GET /", b"GET HTTP/1.1", b"GET", b"PUT /", b"\x00\xff"])
def test_an_answer_to_a_line_without_a_version_has_a_head(answering, line):
    with closing(socket.create_connection(("127.0.0.1", answering.port), 20)) as plug:
        plug.sendall(line + b"\r\n\r\n")
        plug.shutdown(socket.SHUT_WR)
        assert re.match(rb"HTTP/1\.1 [45]\d\d ", plug.recv(100))


def test_a_large_body_is_refused_before_it_is_read(tmp_path):
    with served(tmp_path, "--step") as serving:
        headers = {"Content-Length": str(2**20 + 1)}
        with closing(socket.create_connection(("127.0.0.1", serving.port), 20)) as plug:
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            plug.sendall(f"POST /2015-02-01/file-systems HTTP/1.1\r\n{head}\r\n".encode())
            assert plug.recv(100).startswith(b"HTTP/1.1 413 ")


BODIES = [
    b"{" * 10,
    b'{"CreationToken": ' * 1500 + b"1" + b"}" * 1500,
    b"[" * 1500 + b"]" * 1500,
    rb'{"CreationToken": "\ud800"}',
    rb'{"\ud800": 1}',
    rb'{"CreationToken": "a", "Tags": [{"Key": "k", "Value": "\udfff"}]}',
]


@pytest.mark.parametrize("path", ["/2015-02-01/file-systems", "/_efssim/apply"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:24]))
def test_a_body_that_is_no_object_of_characters_is_refused(answering, path, body):
    status, told = answering.ask("POST", path, body)
    assert (status, "Message" in told) == (400, True)
    assert answering.ask("GET", "/_efssim/now")[0] == 200


@pytest.fixture(scope="module")
def answering(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), "--step") as serving:
        yield serving


@pytest.mark.parametrize("path", ["/2015-02-01/file-systems", "/_efssim/apply"])
def test_a_body_that_is_cut_short_is_refused(answering, path):
    with closing(socket.create_connection(("127.0.0.1", answering.port), 20)) as plug:
        plug.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n".encode())
        plug.sendall(b'Content-Length: 40\r\n\r\n{"opt_out": "eu-south-1"}')
        plug.shutdown(socket.SHUT_WR)
        assert plug.recv(100).startswith(b"HTTP/1.1 400 ")


OTHERS = [
    {"Origin": "https://example.com"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "example.com"},
    {"Host": "localhost.example.com"},
    {"Host": "10.0.0.1:80"},
    {"Host": ""},
    {"Host": "["},
]


@pytest.mark.parametrize("headers", OTHERS, ids=repr)
def test_a_page_of_another_site_moves_nothing(answering, headers):
    before = answering.ask("GET", "/_efssim/now")
    body = json.dumps({"duration": "1 s"})
    status, told = answering.ask("POST", "/_efssim/advance", body, headers)
    assert (status, list(told)) == (403, ["Message"])
    for path in ("/_efssim/now", "/_efssim/state", "/metrics", "/"):
        assert answering.ask("GET", path, headers=headers)[0] == 403
    assert answering.ask("POST", "/_efssim/reset", headers=headers)[0] == 403
    assert answering.ask("GET", "/_efssim/now") == before


@pytest.mark.parametrize("name", ["localhost", "127.0.0.2", "[::1]", "efs.localhost"])
def test_names_of_loopback_are_heard(answering, name):
    host = f"{name}:{answering.port}"
    own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert answering.ask("GET", "/_efssim/now", headers=own)[0] == 200


def test_beyond_loopback_it_takes_names_and_warns(tmp_path):
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    command = [EFSSIM, "serve", "s.yaml", "--host", "0.0.0.0", "--port", "0"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--allow-hosts" in refused.stderr
    with subprocess.Popen(
        [*command, "--allow-hosts", "Efs.example, other.example"],
        cwd=tmp_path,
        text=True,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("warning: whoever reaches 0.0.0.0")
            port = int(process.stderr.readline().rpartition(":")[2])
            statuses = {}
            for host in ("efs.example", "other.example", "third.example", "127.0.0.1"):
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as plug:
                    plug.request("GET", "/_efssim/now", headers={"Host": f"{host}:{port}"})
                    statuses[host] = plug.getresponse().status
        finally:
            process.terminate()
    assert statuses == {
        "efs.example": 200,
        "other.example": 200,
        "third.example": 403,
        "127.0.0.1": 200,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--speed", "nan"), "nan is no finite number"),
        (("--speed", "inf"), "inf is no finite number"),
        (("--speed", "1", "--step"), "--speed has no effect with --step"),
        (("--region", "us-eats-1"), "there is no Region 'us-eats-1' (did you mean 'us-east-1'?)"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path, options, message):
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    command = [EFSSIM, "serve", "s.yaml", "--port", "0", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr


def test_connections_that_come_at_once_all_find_a_place(tmp_path):
    """None is turned away: a client that is would try again, and be answered a second later."""
    with served(tmp_path, "--step", "--quiet") as serving:
        os.kill(serving.process.pid, signal.SIGSTOP)  # so that none of them is accepted meanwhile
        plugs = [socket.create_connection(("127.0.0.1", serving.port), 20) for _ in range(200)]
        for plug in plugs:
            plug.sendall(b"GET /_efssim/now HTTP/1.1\r\nHost: localhost\r\n\r\n")
        os.kill(serving.process.pid, signal.SIGCONT)
        for plug in plugs:
            with closing(plug):
                assert plug.recv(100).startswith(b"HTTP/1.1 200 ")


def test_many_clients_at_once(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with served(tmp_path, "--step", "--quiet") as serving:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(serving.ask, "GET", "/2015-02-01/file-systems") for _ in range(80)]
            assert all(each.result()[0] == 200 for each in asked)
        # With a connection that stays open and says nothing, it stops all the same.
        with closing(socket.create_connection(("127.0.0.1", serving.port), 20)):
            assert serving.stop() == (0, "")


def test_ctrl_c(tmp_path):
    with served(tmp_path, "--step") as serving:
        code, said = serving.stop(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in said


def test_it_listens_on_loopback_only_unless_told_otherwise(tmp_path):
    with served(tmp_path, "--step") as serving:
        assert serving.first == f"serving s.yaml at {serving.url}\n"
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        local = [line.split()[1] for line in table if line.split()[3] == "0A"]
        mine = [address for address in local if int(address.split(":")[1], 16) == serving.port]
        assert [address.split(":")[0] for address in mine] == ["0100007F"]


def test_a_port_that_is_taken(tmp_path):
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    with served(tmp_path, "--step") as serving:
        command = [EFSSIM, "serve", "s.yaml", "--port", str(serving.port)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"127.0.0.1:{serving.port}: Address already in use\n"


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "aws").exists(), reason="the AWS CLI is not installed here"
)
def test_the_aws_cli(tmp_path):
    with served(tmp_path, "--step") as serving:

        def aws(*words, region="us-east-1"):
            environment = {
                **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_MAX_ATTEMPTS": "1",
                "AWS_PAGER": "",
            }
            command = [Path(sys.executable).parent / "aws", "efs", *words]
            command += ["--endpoint-url", serving.url, "--region", region, "--output", "json"]
            return subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )

        found = json.loads(aws("describe-file-systems").stdout)["FileSystems"]
        source = found[0]["FileSystemId"]
        made = aws(
            "create-replication-configuration",
            *("--source-file-system-id", source, "--destinations", "Region=us-west-2"),
        )
        assert json.loads(made.stdout)["Destinations"][0]["Status"] == "ENABLING"
        serving.advance("10 min")
        described = json.loads(aws("describe-replication-configurations").stdout)
        destination = described["Replications"][0]["Destinations"][0]
        assert destination["Status"] == "ENABLED"
        assert destination["LastReplicatedTimestamp"]
        gone = aws(
            "delete-replication-configuration",
            "--source-file-system-id",
            source,
            region="us-west-2",
        )
        assert (gone.returncode, gone.stdout) == (0, "")
        serving.advance("90 s")
        missing = aws("describe-replication-configurations", "--file-system-id", source)
        assert missing.returncode != 0
        assert "ReplicationNotFound" in missing.stderr
