"""The scenario that a user writes, checked as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, ValidationInfo, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler

from efssim.scenario.amounts.totals import total_problems
from efssim.scenario.checks.cross import DEFAULT_START, cross_problems
from efssim.scenario.expansion.expanding import Fleets, expanded
from efssim.scenario.expansion.json_schema import with_each
from efssim.scenario.expansion.keeping import keep, told_once
from efssim.scenario.grammar.base import Found, collect, plain_message, problem
from efssim.scenario.schema import ScenarioKeys
from efssim.scenario.unknowns.parameters import uncertain_problems
from efssim.text.moments import with_moments
from efssim.text.quantities import format_duration, parse_datetime
from efssim.text.written import Written, as_written, parsed
from efssim.text.yaml.full_paths import paths_hint
from efssim.text.yaml.paths import format_path


class Scenario(ScenarioKeys):
    """A scenario of Amazon EFS replication."""

    def __repr__(self) -> str:
        return (
            f"<efssim.Scenario {self.name!r}, {format_duration(self.duration)}, seed {self.seed}>"
        )

    def _repr_html_(self) -> str:
        """Show the simulated system in Jupyter, with the parameters that are assumed."""
        from efssim.scenario.shown.display import scenario_html  # late: not for commands

        return scenario_html(self)

    def with_(self, changes: Mapping[str, object] | None = None, /, **keys: object) -> Scenario:
        """Return a changed copy, validated as a whole; the scenario itself stays as it is.

        `changes` are values by path, as `--set` takes them; `keys` are keys of the top level:

            scenario.with_({"replications.dr.sync.interval": "5 min"}, seed=2)

        A value is any that `model_validate` takes there: a text with its unit, a number in SI
        units, a mapping, a list, or part of another scenario. It replaces the old value, and
        mappings on the way are created, so a path can name a new fault. None takes away the written
        value: a key has its default again, and an entry is gone. Changes apply in order. Names of
        files that are new are relative to the working directory.

        Raise ScenarioError, which lists every problem with its path.
        """
        from efssim.scenario.changes import changed  # late: not for commands

        return changed(self, changes or {}, keys.items())

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> Any:
        """Return the JSON Schema, for editors."""
        return with_each(super().model_json_schema(*arguments, **options))

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        for path, message in super().misfits(data):
            bare = message == "unknown key"
            yield path, message + paths_hint(cls, data, str(path[-1])) if bare else message

    @model_validator(mode="wrap")
    @classmethod
    def _cross_check(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        # References are checked on the data as written, so that they are reported beside the
        # problems of single values and not only after those are mended.
        base: Path = (info.context or {}).get("base", Path())
        found = []
        fleets: Fleets | None = None
        if isinstance(data, Mapping):
            raw = as_written(data)
            fleets = expanded(raw, base)
            raw = raw if fleets is None else fleets.raw
            found = cross_problems(raw, base)
            start = parsed(parse_datetime, data.get("start", DEFAULT_START))
            data = with_moments(raw, start)
        problems = [problem(loc, message) for loc, message in found]
        with told_once(fleets, data):
            scenario = collect(cls.__name__, problems, lambda: handler(data))
            if fleets is not None:
                keep(scenario, fleets, info.context)
            found = [*total_problems(scenario)]
            if scenario.uncertain:
                found += uncertain_problems(scenario, cls._first_problem)
            problems = [problem(loc, message) for loc, message in found]
            return collect(cls.__name__, problems, lambda: scenario)

    @classmethod
    def _first_problem(cls, data: object) -> str | None:
        """Return the first problem of a scenario's data, with its path; None if it is valid."""
        try:
            cls.model_validate(data)
        except ValidationError as error:
            line = error.errors()[0]
            return f"{format_path(line['loc'])}: {plain_message(line)}"
        return None
