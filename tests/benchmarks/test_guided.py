"""What the fuzzer that coverage guides tries: it holds for its seeds, and a fault is noticed."""

from __future__ import annotations

import pytest

from benchmarks.guided import targets


@pytest.mark.parametrize("name", targets.TARGETS)
def test_a_reader_holds_for_its_seeds_and_for_what_is_near(name: str) -> None:
    for seed in targets.SEEDS[name]:
        data = seed.encode()
        for at in range(len(data)):
            targets.TARGETS[name](data[:at] + data[at + 1 :])
        targets.TARGETS[name](data)


def test_another_exception_than_the_documented_one_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(value: object) -> object:
        return {"1 h": 3600}[str(value)]

    monkeypatch.setattr(targets, "PARSERS", (careless,))
    targets.amounts(b"1 h")
    with pytest.raises(KeyError):
        targets.amounts(b"2 h")
