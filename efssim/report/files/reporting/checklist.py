"""study.md: the STRESS-DES checklist of a study, filled in from its manifest.

Monks, Currie, Onggo, Robinson, Kunc and Taylor (2019), Strengthening the reporting of empirical
simulation studies: introducing the STRESS guidelines, Journal of Simulation 13(1), 55-67.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from efssim.json_values import JsonValue
from efssim.report.files.reporting.manifest_facts import ManifestFacts, ShownParameter
from efssim.report.words.lines import percent

STUDY = "study.md"
HEADING = "# Study by STRESS-DES"
"""How the file begins, by which it is known as ours."""

_ROWS = 200
"""Parameters of a table at most; manifest.json has all."""
_NOTHING = "Nothing is simulated."

Answer = Callable[[ManifestFacts], str]


def study_markdown(manifest: Mapping[str, JsonValue], files: Sequence[str]) -> str:
    """Return study.md, given the manifest of a result and the names of its other files."""
    facts = ManifestFacts(manifest, files)
    title = ", ".join(facts.names) or "measurements"
    lines = [f"{HEADING}: {title}", "", _intro(facts)]
    for section, items in CHECKLIST.items():
        lines += ["", f"## {section}"]
        for item, answer in items.items():
            lines += ["", f"### {item}", "", answer(facts)]
    return "\n".join(lines) + "\n"


def _intro(facts: ManifestFacts) -> str:
    return (
        f"Made by efssim {facts.text('efssim')}: {facts.kind}. The items are those of the "
        "STRESS-DES checklist (Monks et al. 2019); what holds for every study is said in full in "
        "docs/stress-des.md of that version. All of it follows from manifest.json beside this file."
    )


def _purpose(facts: ManifestFacts) -> str:
    about = facts.description
    purpose = (
        "How far the replica of a file system is behind it under Amazon EFS replication, and "
        "whether a recovery point objective (RPO) is met."
    )
    return f"{about}\n\n{purpose}" if about else purpose


def _outputs(facts: ManifestFacts) -> str:
    listed = ", ".join(f"`{name}`" for name in facts.files)
    return (
        "Time since last sync, lag of writes by count and by byte, age of the oldest pending "
        f"write, attainment of the RPO, and what follows from them. Files: {listed}."
    )


def _aims(facts: ManifestFacts) -> str:
    target, share = facts.duration("rpo", "target"), facts.value("rpo", "attainment")
    asked = f"age at most {target} for {percent(float(share))} of the time" if share else ""
    return _sentences(f"Kind of study: {facts.kind}", asked and f"RPO: {asked}")


def _overview(facts: ManifestFacts) -> str:
    systems = [
        f"* file system `{name}` in {_place(facts, 'file_systems', name)}"
        for name in facts.below("file_systems")
    ]
    pairs = [
        f"* replication `{name}`: `{facts.value('replications', name, 'source')}` to "
        f"{_place(facts, 'replications', name, 'destination')}"
        for name in facts.below("replications")
    ]
    listed = _bounded([*systems, *pairs])
    return "\n".join(listed) or _elsewhere(facts)


def _place(facts: ManifestFacts, *path: str) -> str:
    for key in ("region", "availability_zone", "file_system"):
        if found := facts.value(*path, key):
            return found
    return "the same Region"


def _elsewhere(facts: ManifestFacts) -> str:
    """Return where the parameters are, if the manifest has none."""
    if facts.parameters:
        return "None."
    if not facts.names:
        return _NOTHING
    return f"As the scenario files say: {', '.join(facts.names)}."


def _sentences(*parts: str) -> str:
    return " ".join(f"{part}." for part in parts if part)


def _logic(_: ManifestFacts) -> str:
    return (
        "Writes arrive at a source. A sync cuts: it takes all that was written up to then, works "
        "(setup, inventory, diff, transfer), and publishes it at the destination when it "
        "completes. docs/model.md has every rule."
    )


def _scenario_logic(facts: ManifestFacts) -> str:
    if not facts.parameters:
        return _elsewhere(facts)
    begun = [
        kind
        for ordinal in facts.below("events")
        for kind in [next(iter(_happening(facts, ordinal)), "")]
        if kind
    ]
    parts = [f"{count} × `{kind}`" for kind, count in sorted(Counter(begun).items())]
    said = [f"Events at given times: {', '.join(parts)}." if parts else "No events."]
    faults = [f"`{name}`" for name in facts.below("faults")]
    said.append(f"Random faults: {', '.join(faults)}." if faults else "No random faults.")
    if unknown := facts.below("uncertain"):
        said.append(f"Not known, with a distribution: {', '.join(f'`{one}`' for one in unknown)}.")
    said.append("Trials and values of a study differ in nothing else.")
    return " ".join(said)


def _happening(facts: ManifestFacts, ordinal: str) -> Iterable[str]:
    """Return the call of an event, or the kind of its disturbance."""
    call = facts.value("events", ordinal, "call")
    keys = facts.below("events", ordinal)
    return [call] if call else (key for key in keys if key not in ("at", "for", "region"))


def _algorithms(facts: ManifestFacts) -> str:
    lines = []
    for system in facts.below("file_systems"):
        for stream in facts.below("file_systems", system, "writes"):
            path = ("file_systems", system, "writes", stream)
            kind = ", ".join(facts.below(*path, "arrivals")) or "trace"
            lines.append(f"* `{system}.{stream}`: arrivals {kind}")
    listed = _bounded(lines)
    head = "The duration of a sync is a formula of bytes, files and rates (docs/model.md)."
    return "\n".join([f"{head} Streams of writes:", "", *listed]) if listed else head


def _components(facts: ManifestFacts) -> str:
    links = [f"`{name}`" for name in facts.below("links")]
    return (
        "* Entities: writes, syncs.\n"
        "* Activities: syncs with their attempts, changes of status, calls of the API, "
        "disturbances.\n"
        f"* Resources: links between Regions{': ' + ', '.join(links) if links else ''}; an absent "
        "one never limits.\n"
        "* Queues: writes pending until a sync publishes them; syncs that wait for a slot of a "
        "link, first come first served.\n"
        "* Entry and exit: writes enter by arrivals or traces, and leave published, dropped, "
        "discarded or lost with the source."
    )


def _sources(facts: ManifestFacts) -> str:
    if not facts.parameters:
        return _elsewhere(facts)
    counts = Counter(one.provenance for one in facts.parameters)
    traces = [f"`{path}`" for path in facts.traces()]
    said = f"Traces of measured writes: {', '.join(traces)}." if traces else "No measured writes."
    known = "; ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
    origin = f" Provenance of the parameters: {known}." if known else ""
    return f"{said}{origin}"


def _processing(facts: ManifestFacts) -> str:
    lines = [f"* `{path}`: {'; '.join(said)}" for path, said in facts.traces().items() if said]
    return "\n".join(lines) if lines else "None: parameters are used as written."


def _inputs(facts: ManifestFacts) -> str:
    wanted = ("scenario", "documented", "measured")
    return _table([one for one in facts.parameters if one.provenance in wanted], facts)


def _assumptions(facts: ManifestFacts) -> str:
    assumed = [one for one in facts.parameters if one.provenance == "assumed"]
    here = [one for one in assumed if not one.path.startswith("defaults.")]
    rest = len(assumed) - len(here)
    note = ""
    if rest:
        note = f"\n\n{rest:,} more, of `defaults`, hold for what an API call creates."
    return f"AWS does not publish these values.\n\n{_table(here, facts)}{note}"


def _table(rows: Sequence[ShownParameter], facts: ManifestFacts) -> str:
    if not rows:
        return _elsewhere(facts)
    shown = [
        f"| `{one.path}` | {_cell(one.value)} | {one.provenance} | {_cell(one.why)} |"
        for one in rows[:_ROWS]
    ]
    left = len(rows) - len(shown)
    note = [f"\n{left:,} more are in manifest.json."] if left else []
    head = ["| parameter | value | provenance | why |", "|---|---|---|---|"]
    return "\n".join([*head, *shown, *note])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _bounded(lines: Sequence[str]) -> list[str]:
    left = len(lines) - _ROWS
    return [*lines[:_ROWS], *([f"* {left:,} more, in manifest.json"] if left > 0 else [])]


def _initial(facts: ManifestFacts) -> str:
    warm_up = facts.duration("warm_up")
    if not warm_up:
        return _elsewhere(facts)
    states = [
        f"`{name}` {'is established' if state == 'true' else 'begins with an initial sync'}"
        for name in facts.below("replications")
        if (state := facts.value("replications", name, "established"))
    ]
    listed = f" At the start: {', '.join(_bounded(states))}." if states else ""
    return f"Warm-up: {warm_up}, left out of every statistic.{listed}"


def _length(facts: ManifestFacts) -> str:
    duration, start = facts.duration("duration"), facts.value("start")
    return f"{duration} from {start}." if duration else _elsewhere(facts)


def _estimation(facts: ManifestFacts) -> str:
    if not facts.names:
        return _NOTHING
    counts = {"sets": "parameter sets", "trials": "trials", "drills": "drills"}
    made = [f"{facts.text(key)} {noun}" for key, noun in counts.items() if key in facts.manifest]
    single = "One run, of which no mean has an interval" if facts.text("digest") else ""
    said = ", ".join(made) or single or "As many runs as the JSON says for each value or scenario"
    partial = " It was interrupted: PARTIAL." if facts.text("partial") == "True" else ""
    return (
        f"{said}.{partial} Means have 95 % intervals where there are trials; attainment has bounds "
        "that hold for few and equal trials. Values that are compared share their random draws."
    )


def _software(facts: ManifestFacts) -> str:
    packages = facts.manifest.get("packages")
    named = packages.items() if isinstance(packages, Mapping) else ()
    listed = ", ".join(f"{name} {version}" for name, version in named)
    return f"efssim {facts.text('efssim')} on Python {facts.text('python')}; {listed}."


def _sampling(facts: ManifestFacts) -> str:
    seed = facts.text("seed")
    said = f"Seed {seed}. " if seed else ""
    return (
        f"{said}Every component draws from a stream of its own, a PCG64 generator of NumPy that is "
        "seeded by the seed, the number of the trial and the component's name, so that adding one "
        "moves the draws of no other."
    )


def _execution(facts: ManifestFacts) -> str:
    digest = facts.text("digest")
    records = f" Digest of the records: `{digest}`." if digest else ""
    return (
        "Events of SimPy; of those at one instant the kind decides: writes, completions, ends of "
        f"disturbances, changes of status, begins of disturbances, calls, cuts.{records}"
    )


def _system(_: ManifestFacts) -> str:
    return (
        "Any that runs Python: version, scenario and seed decide every number. manifest.json names "
        "operating system and processor, on which last bits may depend. Times are not kept."
    )


def _sharing(_: ManifestFacts) -> str:
    return (
        "efssim is free software (Apache-2.0). manifest.json has the scenario and every parameter, "
        "and report.html, where there is one, ends with the command that repeats the study."
    )


CHECKLIST: Mapping[str, Mapping[str, Answer]] = {
    "1. Objectives": {
        "1.1 Purpose of the model": _purpose,
        "1.2 Model outputs": _outputs,
        "1.3 Aims of experimentation": _aims,
    },
    "2. Logic": {
        "2.1 Overview of the base model": _overview,
        "2.2 Logic of the base model": _logic,
        "2.3 Logic of the scenario": _scenario_logic,
        "2.4 Algorithms": _algorithms,
        "2.5 Components": _components,
    },
    "3. Data": {
        "3.1 Data sources": _sources,
        "3.2 Pre-processing": _processing,
        "3.3 Input parameters": _inputs,
        "3.4 Assumptions": _assumptions,
    },
    "4. Experimentation": {
        "4.1 Initialisation": _initial,
        "4.2 Run length": _length,
        "4.3 Estimation approach": _estimation,
    },
    "5. Implementation": {
        "5.1 Software and programming language": _software,
        "5.2 Random sampling": _sampling,
        "5.3 Model execution": _execution,
        "5.4 System specification": _system,
    },
    "6. Code access": {"6.1 Computer model sharing statement": _sharing},
}
"""The items in their order, by section."""
