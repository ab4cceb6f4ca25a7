"""The section `prices` of a scenario: those that are written, and those of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, ValidationInfo

from efssim.scenario.grammar.base import located, problem
from efssim.scenario.grammar.distributions import beside_scenario
from efssim.scenario.prices.prices import Prices
from efssim.text.quoting import cut
from efssim.text.written import Written, WrittenValue
from efssim.text.yaml.document import Document, read_document
from efssim.text.yaml.paths import format_path
from efssim.text.yaml.problems import ScenarioError

_FILE = "file"


def _prices(written: Any, info: ValidationInfo) -> Any:
    """Return the prices of `file`, with those that are written in place of some of them."""
    if not isinstance(written, Mapping) or not isinstance(written.get(_FILE), str | Path):
        return written
    own = {key: value for key, value in written.items() if key != _FILE}
    return _merged(_of_file(beside_scenario(Path(written[_FILE]), info)), own)


def _of_file(file: Path) -> Written:
    """Return the content of a price file; raise ValidationError with each of its problems."""
    try:
        document = read_document(file)
    except ScenarioError as error:
        raise _refused([str(each) for each in error.problems]) from None
    content: object = document.data
    if not isinstance(content, Mapping):
        raise ValueError(f"{cut(file)}: has no prices, which are keys such as `storage`")
    if _FILE in content:
        raise ValueError(f"{cut(file)}: names another file, which is not read")
    try:
        Prices.model_validate(content)
    except ValidationError as error:
        raise _refused(list(_problems(error, document))) from None
    return content


def _problems(error: ValidationError, document: Document) -> Iterator[str]:
    for written, shown, message in located(error, document.data):
        at = document.value_position(written)
        path = f"{format_path(shown)}: " if shown else ""
        yield f"{at.file}:{at.line}: {path}{message}"


def _refused(messages: list[str]) -> ValidationError:
    lines = [problem((_FILE,), message) for message in dict.fromkeys(messages)]
    return ValidationError.from_exception_data("prices", lines)


def _merged(base: Written, own: Written) -> Written:
    """Return `base` with the entries of `own` in their places, key by key."""
    found: dict[str, WrittenValue] = dict(base)
    for key, value in own.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            found[key] = _merged(before, value)
        else:
            found[key] = value
    return found


PriceSection = Annotated[Prices, BeforeValidator(_prices)]
"""Prices, of which `file` may name others."""
