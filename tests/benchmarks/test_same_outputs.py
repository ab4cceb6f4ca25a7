"""Tests of the list of expected differences between the outputs of two versions."""

from __future__ import annotations

import pytest

from benchmarks.same_outputs import differences
from benchmarks.same_outputs.cases import COMMANDS, SCENARIOS, cases

LIST = """\
[[difference]]
output = "run * / stdout"
before = "colour"
after = "color"
reason = "Spelt anew."

[[difference]]
output = "run b / new.csv"
only = "after"
reason = "A file more."
"""


@pytest.fixture
def listed(tmp_path):
    file = tmp_path / "list.toml"
    file.write_text(LIST, encoding="utf-8")
    return differences.read(file)


def test_what_is_listed_is_replaced_and_counted(listed):
    assert differences.expected("run a / stdout", b"a colour", listed, b"a color") == b"a color"
    assert [each.seen for each in listed] == [1, 0]


@pytest.mark.parametrize("output", ["run a / stderr", "plan / stdout"])
def test_another_output_is_left_as_it_was(listed, output):
    assert differences.expected(output, b"a colour", listed, b"a color") == b"a colour"


def test_an_output_that_only_one_has_is_expected_by_name_alone(listed):
    assert differences.expected("run b / new.csv", None, listed, b"x") == b"x"
    assert differences.expected("run b / old.csv", None, listed, b"x") is None
    assert differences.expected("run b / new.csv", b"x", listed, None) == b"x"


@pytest.mark.parametrize("given", [{"before": "x", "reason": " "}, {"reason": "why"}])
def test_a_difference_without_a_reason_or_a_text_is_refused(given):
    with pytest.raises(ValueError, match="run"):
        differences.Difference("run", **given)


def test_every_command_and_every_scenario_has_its_cases():
    commands = {case.arguments[0] for case in cases() if case.arguments}
    assert set(COMMANDS) <= commands
    names = {case.name for case in cases()}
    for way in ("run", "validate", "estimate"):
        assert {f"{way} {scenario}" for scenario in SCENARIOS} <= names
