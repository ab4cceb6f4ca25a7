"""Facts per Region: by themselves, and against the data that they come from, where at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from efssim.scenario.regions.facts import (
    has_one_zone,
    one_zone_ids,
    provisioned_limit_mibps,
    zones_of,
)
from efssim.scenario.regions.names import DEFAULT, KNOWN, OPT_IN, zone_region

FILE = Path(os.environ.get("EFSSIM_DATA", "")) / "aws_efs_regions.json"


@pytest.mark.parametrize("region", [*KNOWN, "lab-1"])
def test_names_and_ids_of_availability_zones(region):
    zones = zones_of(region)
    assert len(set(zones.values())) == len(zones) >= 3
    assert {zone_region(zone) for zone in zones} == {region}
    # Every id with One Zone has a name, or nobody could ask for it.
    assert set(one_zone_ids(region)) <= set(zones.values())


def test_the_letters_count_the_ids():
    assert zones_of("us-east-1")["us-east-1f"] == "use1-az6"
    assert list(zones_of("ap-northeast-1").values())[3] == "apne1-az4"
    assert zones_of("ca-west-1") == {
        f"ca-west-1{'abc'[k]}": f"ca-west-1-az{k + 1}" for k in range(3)
    }


def test_one_zone():
    assert has_one_zone("us-east-1", "use1-az1")
    assert not has_one_zone("us-east-1", "use1-az3")
    assert not has_one_zone("us-east-1", "usw2-az1")
    assert not has_one_zone("ca-west-1", "ca-west-1-az1")
    assert has_one_zone("lab-1", "anything")  # a custom Region has it everywhere
    assert sum(bool(one_zone_ids(region)) for region in KNOWN) == 25


def test_limits_of_provisioned_throughput():
    assert provisioned_limit_mibps("eu-west-1", one_zone=False) == 3414
    assert provisioned_limit_mibps("eu-west-1", one_zone=True) == 1024
    assert provisioned_limit_mibps("eu-west-2", one_zone=False) == 1024
    assert provisioned_limit_mibps("lab-1", one_zone=False) == 1024


@pytest.mark.skipif(
    "EFSSIM_DATA" not in os.environ or not FILE.is_file(),
    reason="EFSSIM_DATA does not name the folder of the real data",
)
def test_they_are_those_of_the_data():
    data = json.loads(FILE.read_text(encoding="utf-8"))["regions"]
    assert set(data) == set(OPT_IN + DEFAULT)
    for region, facts in data.items():
        assert facts["opt_in"] == (region in OPT_IN)
        assert list(one_zone_ids(region)) == facts["one_zone_az_ids"]
        gibps = facts["regional_provisioned_gibps"]["write"]
        # 3.33 GiB/s in words is 3414 MiB/s in the API.
        assert provisioned_limit_mibps(region, one_zone=False) == pytest.approx(
            gibps * 1024, rel=2e-3
        )
