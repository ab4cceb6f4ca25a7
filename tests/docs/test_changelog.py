"""The changelog has one section of what is not released, and names that exist."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module

import pytest
from helpers.places import ROOT

PAGE = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`(efssim(?:\.\w+)+)[`(]", PAGE)))


def test_headings_are_unique_within_their_section():
    sections = re.split(r"^## ", PAGE, flags=re.M)[1:]
    titles = [section.partition("\n")[0] for section in sections]
    assert titles[0] == "[Unreleased]"
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if "not yet released" in title]
    for section in sections:
        headings = re.findall(r"^### (.+)$", section, flags=re.M)
        assert len(set(headings)) == len(headings)


def test_no_entry_is_there_twice():
    entries = re.findall(r"^- .+$", PAGE, flags=re.M)
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_exists(name):
    def part(found, key):
        if not hasattr(found, key):
            import_module(f"{found.__name__}.{key}")
        return getattr(found, key)

    first, *rest = name.split(".")
    assert reduce(part, rest, import_module(first)) is not None
