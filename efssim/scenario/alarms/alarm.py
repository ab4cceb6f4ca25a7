"""The keys of an alarm, with CloudWatch's meaning; source: PutMetricAlarm in its API reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.functional_validators import ModelWrapValidatorHandler

from efssim.scenario.alarms.mute import MuteRule
from efssim.scenario.alarms.names import (
    COMPARISON_NAMES,
    KEYS,
    STATISTIC_NAMES,
    as_named,
    is_other_extended,
    is_percentile,
    renamed,
)
from efssim.scenario.grammar.base import Found, Model, plain_message, problem
from efssim.scenario.grammar.types import Count, Flag, PositiveDuration
from efssim.text.quantities import parse_count, parse_duration, parse_size
from efssim.text.quoting import quoted
from efssim.text.suggestions import suggest
from efssim.text.written import Written, parsed

_DAY_S, _WEEK_S, _HOUR_S = 86_400, 604_800, 3600
_HIGH_RESOLUTION_S = (10, 20, 30)


def _threshold(value: object) -> float:
    """Return a threshold from a number, a duration in seconds, or a size in bytes."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise ValueError("a threshold is a number that a float can hold") from None
    for parse in (parse_duration, parse_size):
        try:
            return float(parse(value))
        except (ValueError, TypeError):
            continue
    raise ValueError(f"{quoted(value)} is no threshold such as `15 min`, `200 MB` or `900`")


def _statistic(name: str) -> str:
    if name in STATISTIC_NAMES or is_percentile(name) or is_other_extended(name):
        return name
    raise ValueError(
        f"{quoted(name)} is not one of {', '.join(STATISTIC_NAMES)}, or a percentile such as p90"
        f"{suggest(name, STATISTIC_NAMES)}"
    )


def _comparison(name: str) -> str:
    if name in COMPARISON_NAMES:
        return name
    if name.endswith(("UpperThreshold", "LowerThreshold")):
        raise ValueError(f"{name} is of anomaly detection, which is not simulated")
    raise ValueError(
        f"{quoted(name)} is not one of {', '.join(COMPARISON_NAMES)}"
        f"{suggest(name, COMPARISON_NAMES)}"
    )


def _period(seconds: float) -> float:
    if seconds not in _HIGH_RESOLUTION_S and seconds % 60:
        raise ValueError("CloudWatch takes 10, 20 or 30 s, and multiples of 60 s")
    return seconds


_Text = Annotated[str, Field(min_length=1, max_length=255)]
Threshold = Annotated[
    float,
    BeforeValidator(_threshold),
    Field(allow_inf_nan=False),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "number"}],
            "description": "In the unit of the metric; a duration in seconds, a size in bytes.",
            "examples": ["15 min", 900, "200 MB"],
        }
    ),
]
Statistic = Annotated[
    str,
    AfterValidator(_statistic),
    WithJsonSchema({"type": "string", "examples": [*STATISTIC_NAMES, "p90"]}),
]
Comparison = Annotated[
    str,
    AfterValidator(_comparison),
    WithJsonSchema({"enum": list(COMPARISON_NAMES)}),
]
_REQUIRED = ("metric", "statistic", "period", "threshold", "comparison", "evaluation_periods")


def _with_names_of_cloudwatch(schema: JsonDict) -> None:
    """Add CloudWatch's own names of the settings to a schema."""
    known = schema["properties"]
    assert isinstance(known, dict)
    pair: JsonDict = {"type": "object", "required": ["Name", "Value"]}
    known |= {
        name: {"anyOf": [known[key]], "description": f"CloudWatch's name of `{key}`."}
        for name, key in KEYS.items()
    }
    known["Dimensions"] = {
        "anyOf": [known["dimensions"], {"type": "array", "items": pair}],
        "description": "CloudWatch's name of `dimensions`, whose form it may have.",
    }


class MetricAlarm(Model):
    """A metric alarm of CloudWatch, evaluated on the simulated metric as CloudWatch does."""

    model_config = ConfigDict(json_schema_extra=_with_names_of_cloudwatch)

    metric: _Text | None = None
    """Name of the metric, as `TimeSinceLastSync`."""
    namespace: _Text = "AWS/EFS"
    """Namespace of the metric."""
    statistic: Statistic | None = None
    """Statistic over each period, as `Maximum` or `p90`."""
    replication: str | None = None
    """Name of a replication; stands for both dimensions of TimeSinceLastSync."""
    dimensions: dict[str, str] = Field(default_factory=dict)
    """Dimensions of the metric by name; a value is a name of a file system or an id."""
    region: str | None = None
    """Region of the alarm; that of the destination unless set."""
    unit: _Text | None = None
    """Unit of the metric; CloudWatch advises to leave it out."""
    period: Annotated[PositiveDuration, AfterValidator(_period)] | None = None
    """Length of a period."""
    evaluation_periods: Annotated[Count, Field(gt=0)] | None = None
    """How many of the latest periods are evaluated: the N of M out of N."""
    datapoints_to_alarm: Annotated[Count, Field(gt=0)] | None = None
    """How many of them have to breach: the M; all unless set."""
    threshold: Threshold | None = None
    """The value that the statistic is compared with."""
    comparison: Comparison | None = None
    """CloudWatch's name of the comparison, as `GreaterThanThreshold`."""
    treat_missing_data: Literal["missing", "ignore", "breaching", "notBreaching"] = "missing"
    """How periods without data are taken."""
    evaluation_range: Annotated[Count, Field(gt=0)] | None = None
    """Data points that CloudWatch retrieves: two more than `evaluation_periods` unless set, which
    is documented for 3 periods, and assumed for others."""
    actions_enabled: Flag = True
    """Whether the alarm notifies anybody; its state changes all the same."""
    mute: tuple[MuteRule, ...] = ()
    """Mute rules: spans in which it changes its state and notifies nobody."""
    not_evaluated: str | None = None
    """Why an alarm that was read from a file is listed, and not evaluated."""

    @property
    def is_evaluated(self) -> bool:
        """Whether it is one of those that are simulated."""
        return self.not_evaluated is None

    @model_validator(mode="wrap")
    @classmethod
    def _by_names_of_cloudwatch(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Take CloudWatch's names of settings, too; a problem stands at the name as written."""
        if not isinstance(data, Mapping):
            return handler(data)
        try:
            return handler(renamed(data))
        except ValidationError as error:
            found = [
                problem((as_named(data, str(loc[0])), *loc[1:]) if loc else (), plain_message(line))
                for line in error.errors()
                for loc in [line["loc"]]
            ]
        raise ValidationError.from_exception_data(cls.__name__, found)

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if "not_evaluated" in data:
            return
        for key in _REQUIRED:
            if key not in data:
                yield (key,), "is required"
        if "replication" in data and "dimensions" in data:
            yield ("dimensions",), "stands beside `replication`, which says both dimensions"
        n = parsed(parse_count, data.get("evaluation_periods"))
        m = parsed(parse_count, data.get("datapoints_to_alarm"))
        if n is not None and m is not None and m > n > 0:
            yield ("datapoints_to_alarm",), f"is more than evaluation_periods, {n}"
        yield from _too_long(data, n)


def _too_long(data: Written, n: int | None) -> Iterator[Found]:
    """Yield the problem of a span that CloudWatch does not take."""
    period = parsed(parse_duration, data.get("period"))
    if period is None or n is None:
        return
    if period < _HOUR_S and period * n > _DAY_S:
        message = "with periods below 1 h CloudWatch evaluates at most 1 day"
        yield ("evaluation_periods",), message
    elif period * n > _WEEK_S:
        yield ("evaluation_periods",), "CloudWatch evaluates at most 7 days"
