"""Every operation of every service through every door: the same answers, as botocore has them.

The doors are `call`, clients of boto3 in process, and HTTP in each protocol that a service speaks.
"""

from __future__ import annotations

import http.client
from contextlib import closing
from datetime import timedelta

import pytest

boto3 = pytest.importorskip("boto3")
from botocore import xform_name  # noqa: E402  # only where boto3 is
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from helpers.equal_answers import CASES, HOME, SCENARIO  # noqa: E402
from helpers.serving import served  # noqa: E402
from helpers.shapes import misfits  # noqa: E402
from helpers.wires import as_request  # noqa: E402

import efssim  # noqa: E402
from efssim import CloudWatchError, EfsError  # noqa: E402
from efssim.aws.protocol.parsing import parse  # noqa: E402
from efssim.aws.protocol.wires.calling import SIMULATED, simulated_operations  # noqa: E402
from efssim.aws.protocol.wires.messages import Reply  # noqa: E402
from efssim.aws.protocol.wires.table import protocols, service_model, signing_name  # noqa: E402

LOADED = efssim.load(SCENARIO)
NAMES = efssim.Simulation(LOADED)
"""A world that is asked for ids alone: they are the same in every run."""
ONCE = Config(retries={"total_max_attempts": 1})


class Called:
    """`Simulation.call`."""

    def __init__(self):
        self.world = efssim.Simulation(LOADED)

    def call(self, service, operation, given):
        try:
            answer = self.world.call(operation, given, region=HOME, service=service)
        except (EfsError, CloudWatchError) as error:
            told = {"Code": error.code, "Message": error.message}
            return {"Error": told, "status": error.http_status}, self.world.request_id
        shape = service_model(service).operation_model(operation)
        return {**answer, "status": shape.http.get("responseCode", 200)}, self.world.request_id

    def advance(self, seconds):
        self.world.advance(seconds)


class Clients(Called):
    """Clients of boto3 in process."""

    def call(self, service, operation, given):
        client = self.world.client(service, region_name=HOME, config=ONCE)
        try:
            return told(getattr(client, xform_name(operation))(**given))
        except ClientError as error:
            return told(error.response)


class Served:
    """HTTP, in one of the protocols of a service."""

    def __init__(self, serving, protocol):
        self.serving, self.protocol = serving, protocol
        assert serving.ask("POST", "/_efssim/reset")[0] == 200

    def call(self, service, operation, given):
        model = service_model(service).operation_model(operation)
        spoken = self.protocol if self.protocol in protocols(service) else protocols(service)[0]
        request = as_request(model, given, spoken)
        scope = f"x/20260101/{HOME}/{signing_name(service)}/aws4_request"
        headers = {**request.headers, "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}"}
        port = self.serving.port
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as plug:
            plug.request(request.method, request.target, request.body, headers)
            answer = plug.getresponse()
            reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
        return told(parse(reply, model, spoken))

    def advance(self, seconds):
        self.serving.advance(seconds)


def told(answer):
    """Return an answer with its status, and the id of the request."""
    metadata = answer.pop("ResponseMetadata")
    found = {**answer, "status": metadata["HTTPStatusCode"]}
    if "Error" in found:  # with copies of some members, by protocol
        found = {"Error": found["Error"], "status": found["status"]}
        found["Error"] = {key: found["Error"][key] for key in ("Code", "Message")}
    return found, metadata["RequestId"]


def filled(value, answers):
    """Return parameters with what `$` stands for."""
    if isinstance(value, dict):
        return {key: filled(part, answers) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, answers) for part in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    before, _, name = value.partition("$")
    if name in ("begin", "end"):
        return NAMES.scenario.start + timedelta(seconds=0 if name == "begin" else 900)
    number, _, member = name.partition(".")
    if number.isdecimal():
        return answers[int(number)][member]
    return before + NAMES.file_system_id(name)


def outcome(door, service, operation, case, given):
    """Return the answer to a call after those before it, and the id of the request."""
    answers = []
    for step in case.before:
        if isinstance(step, int):
            door.advance(step)
            continue
        one, other, parameters = step
        answer, _ = door.call(one, other, filled(parameters, answers))
        assert "Error" not in answer, answer
        answers.append(answer)
    return door.call(service, operation, filled(given, answers))


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with served(tmp_path_factory.mktemp("doors"), "--step", scenario=SCENARIO) as one:
        yield one


DOORS = [(*key, door) for key in CASES for door in ("boto3", *protocols(key[0]))]


def test_every_operation_of_every_service_is_here():
    known = {(name, each) for name in SIMULATED for each in simulated_operations(name)}
    assert set(CASES) == known


@pytest.mark.parametrize(("service", "operation", "door"), DOORS)
def test_all_doors_give_the_same(serving, service, operation, door):
    case = CASES[service, operation]
    for given, is_refused in ((case.given, False), (case.refused, True)):
        if given is None:
            continue
        expected = outcome(Called(), service, operation, case, given)
        assert ("Error" in expected[0]) is is_refused, expected
        other = Clients() if door == "boto3" else Served(serving, door)
        assert outcome(other, service, operation, case, given) == expected


@pytest.mark.parametrize(("service", "operation"), CASES)
def test_answers_fit_the_shapes_of_botocore(service, operation):
    case = CASES[service, operation]
    answer, _ = outcome(Called(), service, operation, case, case.given)
    answer.pop("status")
    model = service_model(service).operation_model(operation)
    assert misfits(answer, model.output_shape) == []
    assert answer or model.output_shape is None or not model.output_shape.required_members
