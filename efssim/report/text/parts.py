"""The parts that the text reports of a run and of many trials share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from efssim.json_values import timestamp
from efssim.lag.summary import WindowSummary
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.words.lines import command_lines, wrapped
from efssim.scenario import Scenario
from efssim.study.trial.not_in_run import not_in_run
from efssim.text.quantities import format_duration
from efssim.traces.quality import TraceQuality

NO_REPLICATION = "This scenario has no replication, so there is no lag to report."


class Summarised(Protocol):
    """Results of a run or of a study of many trials."""

    @property
    def scenario(self) -> Scenario:
        """The scenario as read."""

    @property
    def seed(self) -> int:
        """The seed that was used."""

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured."""

    @property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream."""

    @property
    def digest(self) -> str:
        """Hash that identifies the results."""


def heading(found: Summarised) -> list[str]:
    """Return the name of the scenario, the window and the seed, and which traces are too thin."""
    window, start = found.window, found.scenario.start
    begin, end = (timestamp(start, at_s)[:16] for at_s in (window.begin_s, window.end_s))
    span = f"{begin}Z to {end}Z ({format_duration(window.seconds)}), seed {found.seed}"
    name = wrapped(f"efssim: {found.scenario.name}")
    return [*name, *wrapped(span), *thin_lines(found.traces)]


def absent_lines(found: Summarised) -> list[str]:
    """Return which faults and events do not begin, for reports whose verdicts do not say it."""
    return [line for text in not_in_run(found.scenario) for line in wrapped(text)]


def reproduce(found: Summarised, command: str) -> list[str]:
    """Return the command that repeats it, the digest, and the findings on its traces."""
    return [*command_lines(command), f"digest: {found.digest}", *trace_lines(found.traces)]


def joined(parts: Iterable[list[str]]) -> str:
    """Return parts as one text, with an empty line between them; empty ones are left out."""
    return "\n\n".join("\n".join(map(str.rstrip, lines)) for lines in parts if lines) + "\n"
