"""The one door of the EFS API: what holds for every call, whatever the operation."""

from __future__ import annotations

import pytest
from helpers.account import AWAY, HOME, Account
from helpers.places import ROOT

from efssim import EfsError
from efssim.model.efs.control_plane import ANSWERS
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.operations.error_codes import ERROR_CODES
from efssim.scenario.operations.table import OPERATIONS

CREATE = "CreateReplicationConfiguration"
PAGE = ROOT / "docs" / "control-plane.md"


def test_every_operation_is_implemented_and_has_its_parameters():
    assert tuple(ANSWERS) == OPERATIONS.names


def test_an_unknown_operation_is_the_users_mistake():
    with pytest.raises(ValueError, match=r"did you mean 'DescribeFileSystems'\?") as caught:
        Account().call("DescribeFilesystem")
    assert not isinstance(caught.value, EfsError)


def test_errors_have_the_status_of_their_code():
    error = Account().error("DescribeFileSystems", FileSystemId="fs-00000000")
    assert (error.code, error.http_status) == ("FileSystemNotFound", 404)
    assert str(error) == f"FileSystemNotFound: {error.message}"


def test_an_unknown_region_has_no_endpoint():
    error = Account().error("DescribeFileSystems", "us-east-9")
    assert error.code == "BadRequest"
    assert "did you mean 'us-east-" in error.message


def test_a_custom_region_answers():
    account = Account({"lab": {"region": "lab-1"}}, regions={"lab-1": {"custom": True}})
    assert len(account.call("DescribeFileSystems", "lab-1")["FileSystems"]) == 1


@pytest.mark.parametrize("code", CHOICES["region_outage"].values)
def test_a_region_under_outage_does_not_answer_and_the_others_do(code):
    account = Account(choices={"region_outage": code})
    cause = account.cause("region_outage", HOME)
    account.simulated.region(HOME).outages.add(cause)
    assert account.code("DescribeFileSystems", HOME) == code
    assert account.call("DescribeFileSystems", AWAY) == {"FileSystems": []}
    account.simulated.region(HOME).outages.remove(cause)
    assert account.call("DescribeFileSystems", HOME)["FileSystems"]


@pytest.mark.parametrize("choice", CHOICES["call_in_region_not_opted_in"].values)
def test_a_call_in_a_region_that_is_not_opted_in(choice):
    account = Account(
        choices={"call_in_region_not_opted_in": choice},
        regions={"eu-south-1": {"opted_in": False}},
    )
    if choice == "works":
        assert account.call("DescribeFileSystems", "eu-south-1") == {"FileSystems": []}
    else:
        assert account.code("DescribeFileSystems", "eu-south-1") == choice


def test_opting_out_is_seen_by_calls():
    account = Account({"orders": {"region": "eu-south-1"}})
    cause = account.cause("opt_out", "eu-south-1")
    account.simulated.region("eu-south-1").opt_outs.add(cause)
    assert account.code("DescribeFileSystems", "eu-south-1") == "UnrecognizedClientException"
    account.simulated.region("eu-south-1").opt_outs.remove(cause)
    assert account.call("DescribeFileSystems", "eu-south-1")["FileSystems"]


# Injected errors


def test_the_next_calls_of_an_operation_fail_without_effect():
    account = Account()
    account.api.inject(CREATE, "InternalServerError", 2, None)
    for _ in range(2):
        error = account.refusal(Region=AWAY)
        assert (error.code, error.http_status) == ("InternalServerError", 500)
    assert account.code("DescribeReplicationConfigurations", FileSystemId="orders") == (
        "ReplicationNotFound"  # another operation is not hit
    )
    assert account.replicate()["Destinations"][0]["Status"] == "ENABLING"


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
def test_every_code_can_be_injected(code):
    account = Account()
    account.api.inject(CREATE, code, 1, None)
    assert account.refusal(Region=AWAY).code == code


def test_an_injection_in_one_region_spares_the_others():
    account = Account()
    account.api.inject("DescribeFileSystems", "ThrottlingException", 1, AWAY)
    account.call("DescribeFileSystems", HOME)
    assert account.code("DescribeFileSystems", AWAY) == "ThrottlingException"
    account.call("DescribeFileSystems", AWAY)


def test_an_injection_ends_when_it_is_void():
    account = Account()
    token = account.api.inject("DescribeFileSystems", "ThrottlingException", 5, None)
    assert account.code("DescribeFileSystems") == "ThrottlingException"
    account.api.void(token)
    account.call("DescribeFileSystems")


def test_overlapping_injections_count_a_call_once_the_first_first():
    account = Account()
    account.api.inject("DescribeFileSystems", "ThrottlingException", 1, None)
    account.api.inject("DescribeFileSystems", "InternalServerError", 1, None)
    assert account.code("DescribeFileSystems") == "ThrottlingException"
    assert account.code("DescribeFileSystems") == "InternalServerError"
    account.call("DescribeFileSystems")


def test_an_outage_comes_before_an_injection_and_that_before_the_parameters():
    account = Account()
    account.api.inject("DescribeFileSystems", "ThrottlingException", 1, None)
    cause = account.cause("region_outage", HOME)
    account.simulated.region(HOME).outages.add(cause)
    assert account.code("DescribeFileSystems", Wrong=1) == "ServiceUnavailable"
    account.simulated.region(HOME).outages.remove(cause)
    assert account.code("DescribeFileSystems", Wrong=1) == "ThrottlingException"
    assert account.code("DescribeFileSystems", Wrong=1) == "BadRequest"


# The page


def test_the_page_lists_every_operation():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in OPERATIONS.names if f"`{name}`" not in text] == []


def test_the_page_lists_every_undocumented_choice_and_no_other():
    """Each row is made from the table in the code, so that the page cannot fall behind it."""
    rows = [
        f"| `{name}` | {choice.why} | `{choice.default}` | "
        f"{', '.join(f'`{value}`' for value in choice.alternatives)} | {choice.grade} |"
        for name, choice in CHOICES.items()
    ]
    section = PAGE.read_text(encoding="utf-8").partition("## Where EFS is not documented")[2]
    listed = section.partition("\n## ")[0].splitlines()
    assert [line for line in listed if line.startswith("| `")] == rows
