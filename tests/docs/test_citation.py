"""CITATION.cff has what the Citation File Format requires, and agrees with the package."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from helpers.places import ROOT

import efssim

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Of the schema of version 1.2.0: what is required, and what else is used here.
REQUIRED = {"authors", "cff-version", "message", "title"}
OPTIONAL = {"abstract", "keywords", "license", "type", "version"}


def test_it_has_the_keys_that_the_format_requires_and_no_unknown_one():
    assert set(CITATION) >= REQUIRED
    assert set(CITATION) <= REQUIRED | OPTIONAL


@pytest.mark.parametrize("key", sorted(set(CITATION) - {"authors", "keywords"}))
def test_texts_are_texts(key):
    assert isinstance(CITATION[key], str)
    assert CITATION[key].strip()


def test_it_is_of_the_version_of_the_format_that_this_checks():
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")


def test_lists_have_no_entry_twice():
    for key in ("authors", "keywords"):
        entries = [str(entry) for entry in CITATION[key]]
        assert entries
        assert len(set(entries)) == len(entries)


def test_it_agrees_with_the_package():
    assert CITATION["version"] == efssim.__version__
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["authors"] == PROJECT["authors"] == [{"name": "The efssim developers"}]
