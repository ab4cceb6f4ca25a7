"""The report of trials at parameter sets on a terminal: 80 columns, the verdict first."""

from __future__ import annotations

from efssim.report.facts.load import drawn_lines
from efssim.report.text.parts import NO_REPLICATION, heading, joined, reproduce
from efssim.report.verdicts.sets import sentences_of_sets, verdict_of_sets
from efssim.report.words.lines import aligned, counted, percent, short, wrapped
from efssim.study.uncertain.study import SetStudy
from efssim.study.uncertain.summary import OverSets, over_sets
from efssim.text.yaml.paths import format_path


def sets_text(study: SetStudy, command: str) -> str:
    """Return the report of at least one parameter set; `command` reproduces the study."""
    names = study.replications
    parts = [_heading(study)]
    parts += [wrapped(f"{name}: {verdict_of_sets(name, study)}", indent=2) for name in names]
    if not names:
        parts.append([NO_REPLICATION])
    for name in names:
        title = wrapped(f"{name}:", indent=2) if len(names) > 1 else []
        sentences = [line for one in sentences_of_sets(name, study) for line in wrapped(one, 2)]
        parts += [[*title, *sentences], aligned(numbers_of_sets(name, study))]
        parts += [aligned(rows) for rows in (importance_rows(name, study),) if len(rows) > 1]
        parts += [aligned(rows) for rows in (tornado_rows(name, study),) if len(rows) > 1]
    parts += [
        _unknown(study),
        [*reproduce(study, command), *drawn_lines(study.cells, study.scenario)],
    ]
    return joined(parts)


def _heading(study: SetStudy) -> list[str]:
    lines = [*heading(study)]
    each = counted(study.trials, "trial")
    one = ", of one where nothing is drawn" if study.trials > 1 else ""
    lines += wrapped(f"{counted(len(study), 'parameter set')} of {each} each{one}")
    if study.partial:
        lines.insert(0, f"PARTIAL: interrupted after {len(study)} of {len(study.design)} sets")
    return lines


def numbers_of_sets(name: str, study: SetStudy) -> list[list[str]]:
    """Return a table of numbers over sets, with its head."""
    parts = [part for part in study.results_of(name) if part is not None]
    rows = (
        ("attainment", [part.attainment for part in parts], _share),
        ("mean age", [part.age_mean_s for part in parts], short),
        ("p99 of the age", [part.age_p99_s for part in parts], short),
        ("largest age", [part.age_max_s for part in parts], short),
    )
    head = ["over sets", "least", "5 %", "median", "95 %", "most"]
    return [head, *([title, *map(form, _numbers(over_sets(v)))] for title, v, form in rows)]


def _numbers(found: OverSets) -> tuple[float | None, ...]:
    return found.min, found.p5, found.p50, found.p95, found.max


def _share(value: float | None) -> str:
    return "-" if value is None else percent(value)


def short_names(study: SetStudy) -> dict[str, str]:
    """Return a name for each unknown by its path: the last part, where that tells which it is."""
    last = [format_path(each.segments[-1:]) for each in study.parameters]
    return {
        each.path: name if last.count(name) == 1 else each.path
        for each, name in zip(study.parameters, last, strict=True)
    }


def importance_rows(name: str, study: SetStudy) -> list[list[str]]:
    """Return a table of how much each unknown matters, with its head."""
    names = short_names(study)
    if study.sensitivity is not None:
        found = study.sensitivity.replications[name]
        return [
            ["Sobol index of", "first order", "95 %", "total", "95 %"],
            *(
                [
                    names[part.path],
                    f"{part.first:.2f}",
                    f"{part.first_low:.2f} to {part.first_high:.2f}",
                    f"{part.total:.2f}",
                    f"{part.total_low:.2f} to {part.total_high:.2f}",
                ]
                for part in found.indices
            ),
        ]
    by_path = {each.path: each for each in study.parameters}
    return [
        ["unknown", "explains", "95 %", "middle", "met below", "met above"],
        *(
            [
                names[part.path],
                f"{part.first:.2f}",
                f"{part.first_low:.2f} to {part.first_high:.2f}",
                by_path[part.path].text(part.middle),
                percent(part.met_below),
                percent(part.met_above),
            ]
            for part in study.importance[name].parameters
        ),
    ]


def tornado_rows(name: str, study: SetStudy) -> list[list[str]]:
    """Return a table of attainment with each unknown low and high, with its head."""
    if study.sensitivity is None:
        return [[]]
    names = short_names(study)
    by_path = {each.path: each for each in study.parameters}
    return [
        ["others at medians", "at 5 %", "attainment", "at 95 %", "attainment"],
        *(
            [
                names[bar.path],
                by_path[bar.path].text(bar.low_value),
                _share(bar.at_low),
                by_path[bar.path].text(bar.high_value),
                _share(bar.at_high),
            ]
            for bar in study.sensitivity.replications[name].tornado
        ),
    ]


def _unknown(study: SetStudy) -> list[str]:
    lines = ["Not known:"]
    for each in study.parameters:
        source = f" ({each.source})" if each.source else ""
        lines += wrapped(f"  {each.path}: {each.shown}{source}", indent=4)
    return lines
