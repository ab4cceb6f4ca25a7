"""Tests of tables that whoever uses the package may add to."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import efssim
from efssim.table import Table


@dataclass(frozen=True)
class Fruit:
    name: str


def fruits() -> Table[Fruit]:
    return Table("fruit", [Fruit("apple"), Fruit("pear")])


def test_entries_come_in_order_and_by_name():
    table = fruits()
    table.add(Fruit("acorn"))
    assert [fruit.name for fruit in table] == ["apple", "pear", "acorn"] == list(table.names)
    assert table["pear"] is table.get("pear")
    assert table.get("nut") is None
    assert "acorn" in table
    assert len(table) == 3


def test_an_addition_lasts_unless_its_context_is_left():
    table = fruits()
    table.add(Fruit("fig"))
    with table.add(Fruit("plum")) as plum:
        assert plum is table["plum"]
        assert [fruit.name for fruit in table.added] == ["fig", "plum"]
    assert [fruit.name for fruit in table.added] == ["fig"]


def test_an_error_in_the_context_takes_the_addition_away_too():
    table = fruits()
    with pytest.raises(ZeroDivisionError), table.add(Fruit("plum")):
        raise ZeroDivisionError
    assert "plum" not in table


def test_changes_count_what_comes_and_goes():
    table = fruits()
    before = table.changes
    with table.add(Fruit("plum")):
        assert table.changes == before + 1
    assert table.changes == before + 2


def test_a_name_is_taken_once():
    with pytest.raises(efssim.ArgumentError, match="there is a fruit 'apple' already"):
        fruits().add(Fruit("apple"))
    with pytest.raises(efssim.ArgumentError, match="there is a fruit 'apple' already"):
        Table("fruit", [Fruit("apple"), Fruit("apple")])


def test_what_the_package_has_stays():
    table = fruits()
    with pytest.raises(efssim.UnknownNameError, match="no fruit 'apple' was added"):
        table.remove(table["apple"])


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(efssim.UnknownNameError) as failure:
        fruits()["aple"]
    assert str(failure.value) == "unknown fruit 'aple' (did you mean 'apple'?)"
    with pytest.raises(efssim.UnknownNameError) as failure:
        fruits()["x"]
    assert str(failure.value) == "unknown fruit 'x' (known are apple, pear)"


def test_extend_knows_its_tables_only():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        efssim.extend.nothing  # noqa: B018
