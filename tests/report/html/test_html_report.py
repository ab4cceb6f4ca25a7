"""Tests of report.html: every number is in it, nothing from outside, nothing unescaped."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from helpers.pages import NASTY, Page, nasty
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.records.columns import Columns
from efssim.report.facts import causes as causes_module
from efssim.report.facts.causes import explained
from efssim.report.figures.drawing.style import HEAT, HEAT_HALF, VERMILLION
from efssim.report.figures.files import FigureSvg, drawings
from efssim.report.files.run import staged, write_files
from efssim.report.html.run import run_page
from efssim.report.html.run_tables import events, leaves, violations
from efssim.report.html.svg import inlined
from efssim.report.html.tables import bounded, number, text
from efssim.report.verdicts.fleets import SECTIONS
from efssim.report.words.terms import TERMS
from efssim.text.quantities import format_duration

SHIPPED = ["burst", "failover", "initial-sync", "measured", "outage-at-peak"]
SYNC = {"interval": 60, "setup": 5, "throughput": 2000}
TEMPLATES = files("efssim.report.html") / "templates"


def page_of(result):
    return run_page(result, drawings(result), "efssim run it")


def numbers_in(summary):
    """Return every number of summary.json, as JSON writes it."""
    return [
        repr(value)
        for _, value in leaves(summary, "")
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_of_the_summary_is_in_it(name):
    result = efssim.run(efssim.load(SCENARIOS / f"{name}.yaml"))
    html = page_of(result)
    cells = Page(html).cells
    missing = [number for number in numbers_in(result.summary) if number not in cells]
    assert missing == []
    assert len(numbers_in(result.summary)) > 50
    assert result.digest in html
    assert html == page_of(result)


def test_the_first_report_is_small_and_complete():
    result = efssim.run(efssim.load(SCENARIOS / "first-report.yaml"))
    html = page_of(result)
    assert len(html.encode()) <= 2 * 2**20
    assert set(numbers_in(result.summary)) <= set(Page(html).cells)


def test_nothing_is_loaded_from_anywhere():
    html = page_of(simulate(scenario({"w": constant()}, SYNC, "1 h")))
    page = Page(html)
    links = [*page.having("href"), *page.having("src"), *page.having("xlink:href")]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_what_a_scenario_says_is_escaped():
    html = run_page(result := efssim.run(nasty()), drawings(result), f"efssim run {NASTY}")
    page = Page(html)
    assert html.count("<script>") == html.count("</script>") == 1
    assert "<td>alert" not in html
    assert "49" not in page.text.split()
    # What would turn the direction of our own numbers is shown, not obeyed.
    assert "{{ 7 * 7 }} \N{REPLACEMENT CHARACTER}</td>xx" in page.text
    assert "\u202e" not in html
    assert NASTY[:20] in page.text


def test_ids_are_unique_and_references_hold():
    result = efssim.run(efssim.load(SCENARIOS / "failover.yaml"))
    html = page_of(result)
    page = Page(html)
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    wanted = [
        *page.having("aria-labelledby"),
        *(link[1:] for link in page.having("href") if link[0] == "#"),
    ]
    wanted += re.findall(r"url\(#([^)]+)\)", html)
    assert set(wanted) <= set(ids)
    keys = page.having("data-term")
    assert {"age", "write_lag", "rpo", "cause", "provenance"} <= set(keys) <= set(TERMS)
    charts = [attributes for tag, attributes in page.tags if attributes.get("role") == "img"]
    assert len(charts) == 8
    assert all(len(chart["aria-label"]) > 20 for chart in charts)
    # A table of numbers behind each.
    assert html.count("The numbers behind it") == 8


def test_records_off():
    result = efssim.run(scenario({"w": constant()}, SYNC, "1 h", records="off"))
    page = Page(page_of(result))
    assert "records: off" in page.text
    assert set(numbers_in(result.summary)) <= set(page.cells)


def test_without_a_replication():
    world = efssim.Scenario.model_validate({"name": "empty", "duration": "1 h"})
    assert "no replication" in Page(page_of(efssim.run(world))).text


def test_of_a_fleet_the_worst_have_sections():
    streams = {"w": constant()}
    world = scenario(streams, SYNC, "1 h", rpo={"target": 65})
    many = {
        f"r{k}": {
            "source": "fs" if k == 0 else f"fs{k}",
            "destination": {"region": "us-west-2"},
            "established": True,
            "sync": {"preset": "none", "interval": 60, "setup": 5 + k},
        }
        for k in range(SECTIONS + 3)
    }
    systems = {f"fs{k}": {"region": "us-east-1", "writes": streams} for k in range(1, SECTIONS + 3)}
    dumped = world.model_dump(mode="json", by_alias=True, exclude_unset=True)
    dumped["file_systems"] |= systems
    dumped["replications"] = many
    page = Page(page_of(efssim.run(efssim.Scenario.model_validate(dumped))))
    sections = [
        attributes for _, attributes in page.tags if attributes.get("class") == "replication"
    ]
    assert len(sections) == SECTIONS
    assert {f"r{k}" for k in range(SECTIONS + 3)} <= set(page.cells)
    assert "All numbers of r8" in page.text
    assert "All numbers of r0" not in page.text


def test_a_page_of_ours_goes_and_one_of_somebody_else_stays(tmp_path):
    result = simulate(scenario({"w": constant()}, SYNC, "1 h"))
    write_files(result, tmp_path / "ours")
    with staged(tmp_path / "ours") as staging:  # what writes no page
        (staging / "other.json").write_text("{}")
    assert not (tmp_path / "ours" / "report.html").exists()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "manifest.json").write_text('{"figures": []}')  # as before there was a page
    (theirs / "report.html").write_text("mine")
    with pytest.raises(FileExistsError, match="no manifest"), staged(theirs):
        pytest.fail("nothing is written into a folder with a page of somebody else's")
    assert (theirs / "report.html").read_text() == "mine"


def test_a_busy_year_fits():
    result = efssim.run(efssim.load(SCENARIOS / "random-year.yaml"))
    assert len(result.outcomes["dr"].violations) > 20
    assert len(page_of(result).encode()) < 2**20


# Causes


def count_calls(monkeypatch, owner, name):
    """Return a list that grows by one with each call of a function of `owner`."""
    function, calls = getattr(owner, name), []

    def counted(*args, **options):
        calls.append(name)
        return function(*args, **options)

    monkeypatch.setattr(owner, name, counted)
    return calls


def causes(result):
    found = explained(result, "dr", result.outcomes["dr"].violations)
    return [each.cause for each in found]


def test_a_disturbance_is_the_cause():
    events = [{"at": 600, "link_outage": "us-east-1 -> us-west-2", "for": 600}]
    world = scenario({"w": constant()}, SYNC, "1 h", events=events, rpo={"target": 300})
    assert causes(simulate(world)) == ["link_outage us-east-1 -> us-west-2"]


def test_a_burst_is_the_cause():
    batch = {"at": "00:30", "every": "1 day", "writes": 1000, "over": 10}
    streams = {"w": constant(), "job": {"arrivals": {"batch": batch}, "size": "1 kB"}}
    world = scenario(streams, SYNC, "2 h", rpo={"target": 300})
    first = causes(simulate(world))[0]
    assert re.fullmatch(
        r"burst of writes: a sync of .* took .*, [\d.,]+ times the median bytes", first
    )


def test_failed_attempts_are_the_cause():
    sync = {**SYNC, "failure_probability": 0.5, "backoff": 120}
    world = scenario({"w": constant()}, sync, "6 h", rpo={"target": 300})
    found = causes(simulate(world))
    assert any(re.match(r"\d+ failed attempts?: a sync of", cause) for cause in found)


def test_a_disturbance_before_is_named_beside_the_sync():
    # Over before the age reaches the target: the violation waits for the sync after it.
    events = [{"at": 600, "permission_lost": "dr", "for": 280}]
    world = scenario(
        {"w": constant()}, {**SYNC, "setup": 30}, "1 h", events=events, rpo={"target": 345}
    )
    found = causes(simulate(world))
    assert len(found) == 1
    assert re.fullmatch(r"much to send, after permission_lost dr: a sync of .* bytes", found[0])
    # Long gone: it has no part in what happens later.
    late = {"at": "00:50", "every": "1 day", "writes": 1000, "over": 10}
    streams = {"w": constant(), "job": {"arrivals": {"batch": late}, "size": "1 kB"}}
    world = scenario(streams, SYNC, "2 h", events=events, rpo={"target": 345})
    found = causes(simulate(world))
    assert found[-1].startswith("burst of writes: a sync of")
    assert not any("permission" in cause for cause in found[1:])


def test_the_initial_sync_is_the_cause():
    result = efssim.run(efssim.load(SCENARIOS / "initial-sync.yaml"))
    first, *others = causes(result)
    took = format_duration(result.outcomes["dr"].summary.initial_sync_s)
    assert first == f"initial sync: it took {took}, so the age was above the target from the first"
    assert not any("initial" in cause for cause in others)


def test_slow_syncs_and_unfinished_ones_are_causes():
    world = scenario({"w": constant()}, SYNC, "1 h", rpo={"target": 80})
    assert all(cause.startswith("slow syncs: a sync of") for cause in causes(simulate(world)))
    slow = scenario({"w": constant()}, {**SYNC, "setup": 7000}, "1 h", rpo={"target": 80})
    assert causes(simulate(slow)) == ["a sync of 58.6 KiB that is not complete"]
    late = scenario({"w": constant()}, {**SYNC, "interval": 7000}, "1 h", rpo={"target": 80})
    assert causes(simulate(late)) == ["no sync was cut in time"]
    unkept = scenario({"w": constant()}, SYNC, "1 h", rpo={"target": 80}, records="off")
    assert set(causes(efssim.run(unkept))) == {"not known: `records: off` keeps no syncs"}


def test_columns_are_read_as_often_for_many_violations_as_for_few(monkeypatch):
    """Each read unpacks a whole column: with one for each violation, time is quadratic."""
    result = simulate(scenario({"w": constant()}, SYNC, "12 h", rpo={"target": 64}))
    found = list(result.outcomes["dr"].violations)
    assert len(found) > 600
    read = count_calls(monkeypatch, Columns, "__getitem__")
    medians = count_calls(monkeypatch, np, "median")
    explained(result, "dr", found[:2])
    of_few = len(read), len(medians)
    explained(result, "dr", found)
    assert (len(read), len(medians)) == (2 * of_few[0], 2)


def test_causes_are_sought_only_for_the_violations_that_are_shown(monkeypatch):
    result = simulate(scenario({"w": constant()}, SYNC, "12 h", rpo={"target": 64}))
    found = sorted(result.outcomes["dr"].violations, key=lambda one: one.begin_s - one.end_s)
    sought = count_calls(monkeypatch, causes_module, "_cause")
    table = violations(result, "dr")
    assert len(sought) == len(table.rows) == 300 < len(found)
    shown = explained(result, "dr", found)[:300]
    assert [row[-1].text for row in table.rows] == [each.cause for each in shown]
    assert table.note.startswith(f"{len(found) - 300} more in violations.csv")


@given(seed=st.integers(0, 2**32), target=st.sampled_from([62, 66, 75, 120, 300]))
@settings(max_examples=25)
def test_the_longest_sync_is_that_of_a_look_at_all(seed, target):
    sync = {**SYNC, "failure_probability": 0.3, "backoff": 20}
    world = scenario({"w": poisson(1, "1 kB")}, sync, "2 h", rpo={"target": target}, seed=seed)
    outcome = simulate(world).outcomes["dr"]
    cut_s, completed_s = outcome.syncs.floats("cut_s"), outcome.syncs.floats("completed_s")
    for one in outcome.violations:
        waited = np.flatnonzero((completed_s > one.begin_s) & (cut_s < one.end_s))
        longest = waited[(completed_s - cut_s)[waited].argmax()] if len(waited) else None
        assert causes_module._Syncs(outcome.syncs).longest_for(one) == longest


# Parts


def test_bounded_rows_say_what_they_leave_out():
    rows = [[number(k)] for k in range(5)]
    assert bounded(rows, 5, "x.csv") == (rows, "")
    assert bounded(rows, 3, "x.csv") == (rows[:3], "2 more in x.csv.")
    assert number(None).text == "–"
    assert text("a").value is None


def test_an_inlined_figure_has_colours_of_the_page():
    svg = (
        '<?xml?><svg x="0" width="1pt" height="2pt" viewBox="0 0 1 2">'
        '<title>dr: an age &lt; 1 s</title><g id="a"/>'
        '<use xlink:href="#a" style="fill: #0072b2; clip-path: url(#a)"/></svg>'
    )
    expected = (
        '<svg x="0" class="{}" aria-hidden="true" focusable="false" viewBox="0 0 1 2">'
        '<g id="{}a"/><use xlink:href="#{}a" '
        'style="fill: var(--blue); clip-path: url(#{}a)"/></svg>'
    )
    both = inlined(FigureSvg(svg, svg), "p")
    drawn = {"whole": "p-", "narrow": "p-n-"}  # with ids of their own
    assert both == "".join(expected.format(name, *[ids] * 3) for name, ids in drawn.items())


def test_an_inlined_figure_has_no_more_digits_than_one_sees():
    svg = '<svg ><path d="M 1.234567 -0.5 L 12.999 3" style="stroke-width: 0.123456"/></svg>'
    expected = '<svg ><path d="M 1.23 -0.5 L 12.99 3" style="stroke-width: 0.123456"/></svg>'
    assert inlined(FigureSvg(svg, ""), "p") == expected


def test_a_long_line_is_written_by_its_steps():
    corners = [(0, 0), (1.23, 0.04), (1.23, 7.56), (1.26, 7.5), (-3, -4.25), *[(9.9, 1)] * 40]
    line = "L ".join(f"{x} {y} " for x, y in corners)
    svg = f'<svg ><path d="M {line}z M 5 5 L 6 5 "/></svg>'
    steps = "M0 0h1.2v7.6l.1-.1l-4.3-11.7l12.9 5.2zM5 5h1"
    assert inlined(FigureSvg(svg, ""), "p") == f'<svg ><path d="{steps}"/></svg>'


def test_colours_of_figures_are_told_apart():
    assert len(set(HEAT)) == len(HEAT) == 2 * HEAT_HALF + 1
    mixed = [inlined(FigureSvg(f'<svg fill="{colour}"/>', ""), "p") for colour in HEAT]
    assert len(set(mixed)) == len(HEAT)
    assert "var(--heat-mid) 0%, var(--heat-low)" in mixed[0]
    assert "var(--heat-high) 100%, var(--heat-mid)" in mixed[-1]
    assert all("color-mix" in one for one in mixed)
    assert (
        inlined(FigureSvg(f'<svg fill="{VERMILLION}"/>', ""), "p")
        == '<svg fill="var(--vermillion)"/>'
    )


def test_the_first_order_of_a_table_is_marked():
    result = efssim.run(efssim.load(SCENARIOS / "outage-at-peak.yaml"))
    lengths = [row[1].value for row in violations(result, "dr").rows]
    assert len(lengths) > 1
    assert lengths == sorted(lengths, reverse=True)
    begins = [row[0].value for row in events(result).rows]
    assert len(begins) > 1
    assert begins == sorted(begins)
    heads = [attributes for tag, attributes in Page(page_of(result)).tags if tag == "th"]
    assert {head["aria-sort"] for head in heads if "aria-sort" in head} == {
        "ascending",
        "descending",
    }


def test_what_was_refused_has_a_column_if_anything_was():
    call = {
        "at": 600,
        "call": "DeleteReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs"},
    }
    again = {**call, "at": 1800}  # by then there is nothing to delete
    for listed, columns in (([call], 5), ([call, again], 6)):
        table = events(simulate(scenario({"w": constant()}, SYNC, "1 h", events=listed)))
        assert len(table.columns) == columns
        assert all(len(row) == columns for row in table.rows)
    assert "ReplicationNotFound" in table.rows[-1][-1].text


def test_an_event_that_goes_on_is_as_long_as_it_was_seen():
    lost = [{"at": 600, "permission_lost": "dr"}]
    result = simulate(scenario({"w": constant()}, SYNC, "1 h", events=lost))
    assert events(result).rows[0][1] == number(3000.0, "goes on")


def test_a_run_says_whether_an_interval_can_be_had():
    drawn = Page(page_of(simulate(scenario({"w": poisson("1 per s", 1000)}, SYNC, "1 h"))))
    assert "One run has no 95 % interval : --trials 30 tells" in drawn.text
    fixed = Page(page_of(simulate(scenario({"w": constant()}, SYNC, "1 h"))))
    assert "nothing in this scenario is drawn at random" in fixed.text


# Contrast, as WCAG 2.2 defines it


def palettes():
    css = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(colour):
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("which", range(3), ids=["light", "dark", "print"])
def test_texts_have_contrast(which):
    palette = palettes()[which]
    pairs = [(front, "surface") for front in ("ink", "muted", "link", "green", "vermillion")]
    pairs += [("ink", "raised"), ("muted", "raised")]
    for kind in ("good", "bad", "open"):
        pairs += [(kind, f"{kind}-back"), ("ink", f"{kind}-back"), ("muted", f"{kind}-back")]
    for front, back in pairs:
        assert contrast(palette[front], palette[back]) >= 4.5, (front, back)
    # What is no text needs 3 (WCAG 1.4.11).
    for line in ("blue", "green", "vermillion", "heat-mid", "heat-high"):
        assert contrast(palette[line], palette["surface"]) >= 3, line
    # The more, the further from the page.
    heat = [contrast(palette[f"heat-{end}"], palette["surface"]) for end in ("low", "mid", "high")]
    assert 1 < heat[0] < heat[1] < heat[2]


def test_each_mode_has_every_colour():
    light, *others = (set(palette) for palette in palettes())
    assert all(other == light for other in others)
    used = set(re.findall(r"var\(--([a-z-]+)\)", (TEMPLATES / "page.css").read_text("utf-8")))
    assert used <= light


# Studies


def test_the_page_of_trials(tmp_path):
    from efssim.report.files.trials import write_trials

    faults = {
        "wan": {
            "link_outage": "us-east-1 -> us-west-2",
            "every": {"exponential": {"mean": "2 h"}},
            "for": "20 min",
        }
    }
    world = scenario(
        {"w": poisson("1 per s", 1000)}, SYNC, "6 h", faults=faults, rpo={"target": 300}
    )
    trials = efssim.run_trials(world, 5, workers=1)
    write_trials(trials, tmp_path / "out", "efssim run it --trials 5")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "95 % interval" in page.text
    assert "efssim run it --trials 5" in page.text
    part = trials.summary["replications"]["dr"]
    bounds = [bound for _, pair in leaves(trials.summary["ci95"]["dr"], "") for bound in pair or ()]
    expected = numbers_in({"means": part, "pooled": trials.summary["pooled"]["dr"]})
    assert {*expected, *map(repr, bounds)} <= set(page.cells)
    figures = sorted(path.name for path in (tmp_path / "out" / "figures").iterdir())
    assert figures == ["dr-attainment.svg", "dr-lag.svg"]


def test_the_page_of_a_plan(tmp_path):
    from efssim.report.files.plan import write_plan

    world = scenario({"w": constant()}, SYNC, "3 h", rpo={"target": 120, "attainment": "100 %"})
    plan = efssim.plan(world, "replications.dr.sync.setup", (1, 600), workers=1)
    write_plan(plan, tmp_path / "out", "efssim plan it")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert plan.text.startswith("replications.dr.sync.setup of at most ")
    said = plan.text.replace("replications.dr.sync.setup", "A setup time of syncs")
    assert said.replace(" meets", " for dr meets") in page.text
    values = [
        plan.parameter.text(value) for value in sorted(made.value for made in plan.evaluations)
    ]
    rows = iter(page.cells)
    assert all(value in rows for value in values), "in their order"
    assert len(plan.what_if) == sum(cell.startswith(("≤", "none in range")) for cell in page.cells)


def test_the_page_of_a_tornado_and_of_a_grid(tmp_path):
    from efssim.report.files.sweep import write_sweep

    world = scenario({"w": constant()}, SYNC, "1 h")
    vary = {"replications.dr.sync.interval": [60, 120], "replications.dr.sync.setup": [1, 9]}
    measure = "time_since_last_sync_s.mean"
    for alone, rows in ((True, 4), (False, 4)):
        sweep = efssim.sweep(world, vary, one_at_a_time=alone, workers=1)
        write_sweep(sweep, tmp_path / "out", measure, "efssim sweep it")
        html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
        table = re.search(r'<table class="sortable cards".*?</table>', html, re.DOTALL).group()
        assert table.count("<tr role") == rows + 1
        assert html.count("<figure") == 1
        assert html.index("shown to meet the RPO objective of dr") < html.index("<figure")


def test_the_page_of_a_comparison(tmp_path):
    from efssim.report.files.comparison import write_comparisons

    one = scenario({"w": poisson("1 per s", 1000)}, SYNC, "2 h")
    two = scenario({"w": poisson("1 per s", 1000)}, {**SYNC, "interval": 90}, "2 h", name="slow")
    studies = [efssim.run_trials(world, 3, workers=1) for world in (one, two)]
    found = efssim.compare(*studies)
    write_comparisons([found], tmp_path / "out", "efssim run one two")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert set(found.main["measure"]) <= set(page.cells)
    assert "3 pairs of trials" in page.text


def test_definitions_say_something():
    titles = [term.title for term in TERMS.values()]
    assert len(set(titles)) == len(titles)
    assert all(term.definition.endswith(".") for term in TERMS.values())
    assert all(a != b for a, b in pairwise(titles))
