"""What a command line may say: every option has an effect or is refused, and can be repeated."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from helpers.commands import INTERVAL, TINY, command, write_tiny
from helpers.places import EFSSIM

from efssim.cli import cli

ABSURD = "file_systems.orders.writes.w.arrivals={poisson: {rate: 2e6 per s}}"
VARY = f"{INTERVAL}=20..24"


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")


# The line that reproduces a result


def reproducing(text):
    """Return the words of the line, as a shell has them."""
    found = re.search(r"^reproduce: ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert found, text
    return shlex.split(found[1].replace("\\\n", " "))


INVOCATIONS = {
    "plain": ["run", "tiny.yaml"],
    "seed": ["run", "-s", "7", "tiny.yaml", "-q"],
    "equals": ["run", "tiny.yaml", "--seed=7", "--set=rpo.target=20 s", "--set=warm_up=2 min"],
    "space": ["run", "a b.yaml", "--set", 'description=it\'s "so"', "--set", "name=n"],
    "dash": ["run", "./-x.yaml", "--set", "rpo.target=20 s"],
    "after": ["run", "--seed", "3", "--", "-x.yaml"],
    "above": ["run", "sub/../tiny.yaml", "-n", "3"],
    "yes": ["run", "tiny.yaml", "--yes", "-n", "3", "-w", "1", "--check"],
    "trial": ["run", "tiny.yaml", "--trial", "2"],
    "precision": ["run", "tiny.yaml", "--precision", "33%", "--budget", "12", "-w", "1"],
    "json": ["run", "tiny.yaml", "--out", "out", "--png", "--verify"],
    "compare": ["run", "tiny.yaml", "other.yaml", "-n", "3", "-w", "1", "-o", "out"],
    "stdin": ["run", "-", "-n", "2"],
    "sweep": ["sweep", "a b.yaml", f"--vary={INTERVAL}=20,40", "-n", "2", "-o", "out", "-s", "3"],
    "tornado": ["sweep", "tiny.yaml", "--vary", f"{INTERVAL}=30", "--one-at-a-time", "--yes"],
    "measure": ["sweep", "-", "--vary", f"{INTERVAL}=30,40", "--measure", "rpo.attainment"],
    "plan": ["plan", "tiny.yaml", "--vary", VARY, "--rpo", "45 s", "-n", "10", "-w", "1", "--yes"],
}


@pytest.mark.parametrize("name", INVOCATIONS)
def test_the_line_that_reproduces_a_result_does(tmp_path, name):
    Path("sub").mkdir()
    for file in ("a b.yaml", "-x.yaml"):
        write_tiny(tmp_path, file=file)
    stdin = TINY if "-" in INVOCATIONS[name] else None
    first = command(*INVOCATIONS[name], stdin=stdin)
    assert first.code in (0, 1), first.err
    words = reproducing(first.out)
    assert words[0] == "efssim"
    again = command(*words[1:], stdin=stdin)
    assert (again.code, again.out) == (0, first.out)
    assert reproducing(again.out) == words


def test_it_is_of_the_request_and_not_of_the_arguments_of_the_process(monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(sys, "argv", ["somebody-else", "--flag"])
    done = CliRunner().invoke(cli, ["sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20", "-w", "1"])
    assert reproducing(done.stdout) == ["efssim", "sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20"]


def test_it_says_yes_where_it_takes_that():
    done = command("run", "tiny.yaml", "--set", "duration=100000 days")
    if done.code == 2:
        assert "--yes" in done.err
    assert "--yes" in reproducing(command("run", "tiny.yaml", "--yes").out)


# Standard input


def test_a_scenario_on_standard_input():
    whole = command("run", "tiny.yaml", "--format", "json")
    assert command("run", "-", "--format", "json", stdin=TINY).answer == whole.answer
    assert command("validate", "-", stdin=TINY).out == "<stdin>: valid\n"
    assert command("estimate", "-", stdin=TINY).answer == command("estimate", "tiny.yaml").answer


def test_positions_on_standard_input():
    done = command("run", "-", stdin=TINY.replace("interval: 20 s", "interval: 20 parsecs"))
    assert done.code == 2
    assert done.err.startswith("<stdin>:12:")
    done = command("validate", "-", stdin="")
    assert done.code == 2
    assert done.err.startswith("<stdin>:1:1: ")
    refused = TINY.replace("sync:", "established: true, sync:") + (
        "events: [{at: 1 min, call: DeleteFileSystem, with: {FileSystemId: orders}}]\n"
    )
    done = command("run", "-", stdin=refused)
    assert done.err.startswith("<stdin>:13:") or done.code == 0


def test_standard_input_is_one_scenario():
    done = command("run", "-", "-", "-n", "2", stdin=TINY)
    assert done.code == 2
    assert "standard input is one scenario" in done.err
    write_tiny(Path(), file="-")  # a file of that name has a path
    assert "/-" in " ".join(reproducing(command("run", "./-").out))
    assert command("validate", "./-").out == "-: valid\n"
    assert command("validate", "").code == 2


def test_closed_standard_input():
    done = subprocess.run(
        f"{shlex.quote(str(EFSSIM))} run - <&-", shell=True, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is closed" in done.stderr


# Options in pairs


def base(name):
    return {
        "run": ["run", "tiny.yaml"],
        "several": ["run", "tiny.yaml", "other.yaml"],
        "sweep": ["sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20,40"],
        "plan": ["plan", "tiny.yaml", "--vary", VARY],
        "estimate": ["estimate", "tiny.yaml"],
        "validate": ["validate", "tiny.yaml"],
    }[name]


VALUES = {
    "seed": "5",
    "overrides": "file_systems.orders.writes.w.size=1 MiB",
    "trials": "10",
    "precision": "50%",
    "budget": "11",
    "workers": "2",
    "resume": "kept",
    "trial": "1",
    "out": "out",
    "tables": "parquet",
    "form": "json",
    "rpo": "30 s",
    "attainment": "80%",
    "confidence": "80%",
    "replication": "dr",
    "measure": "rpo.attainment",
    "outage": "2 h",
    "sets": "5",
    "share_of_sets": "90%",
    "sobol": "8",
    "part": "1/2",
    "store": "st",
}
SEEN_ELSEWHERE = {
    "yes": "runs what is refused without it: test_it_says_yes_where_it_takes_that",
    "check": "an exit code: test_check_ends_with_1",
    "quiet": "says less on a terminal and beside --out",
    "workers": "how many processes: test_the_number_of_workers_arrives",
    "verify": "raises where a law is broken, says so beside",
    "replication": "there is one: whose RPO it is is tested with two",
    "confidence": "of what is decided by far",
    "resume": "a folder",
    "store": "a folder: tests/cli/studies/test_store.py",
    "budget": "more trials than it takes",
}
"""Options whose effect need not show in what is printed, and where else it is seen."""
REFUSED = {
    "run": [
        *(("png", None), ("tables", None), ("budget", None), ("workers", None), ("resume", None)),
        *(("trials", "precision"), ("trial", "trials"), ("trial", "precision")),
        *(("png", "trials"), ("png", "precision"), ("trials", "budget")),
        *(("workers", "trial"), ("resume", "trial"), ("budget", "trial"), ("full", "form")),
    ],
    "several": [("trials", each) for each in ("trial", "precision", "png", "full")],
    "sweep": [("part", None)],
    "plan": [("part", "out")],
    "estimate": [("yes", None)],
    "validate": [],
}
"""Pairs that say why they have no effect; None: the option alone."""


OF_SETS = {"sets", "share_of_sets", "sobol"}
"""Options that need a scenario with uncertain parameters: tests/cli/uncertain."""


ELSEWHERE = {
    "baseline": "a stored result: tests/cli/gates",
    "margin": "goes with a baseline: tests/cli/gates",
    "annotate": "marks on GitHub: tests/cli/gates",
    "watch": "never ends: tests/cli/watching",
    "latin": "ranges in place of lists: tests/study/varying/test_designs.py",
    "morris": "as for latin",
}
"""Options that do not go with the base of these tests, and where they are tested."""


def params(name):
    found = cli.commands["run" if name == "several" else name].params
    options = [each for each in found if isinstance(each, click.Option)]
    return [each for each in options if each.name != "vary" and each.name not in ELSEWHERE]


def words(param):
    flag = param.opts[0]
    return [flag] if param.is_flag else [flag, VALUES[param.name]]


def needs(name, chosen):
    """Return whether a choice of options is one that has to be refused."""
    names = {param.name for param in chosen}
    many = names & {"trials", "precision"}
    if "tables" in names and "out" not in names:
        return True
    if names & OF_SETS and name in ("run", "several", "plan"):
        return True
    if "part" in names:  # which takes a folder, and trials
        return name != "sweep" or "out" not in names
    if name == "run":
        return (
            ("png" in names and ("out" not in names or bool(many)))
            or ("budget" in names and "precision" not in names)
            or (bool(names & {"workers", "resume"}) and not many)
            or len(many) == 2
            or ("trial" in names and bool(many))
            or {"full", "form"} <= names  # as VALUES has it: JSON
        )
    if name == "several":
        bad = {"precision", "budget", "trial", "png", "full"}
        return "trials" not in names or bool(names & bad)
    return name == "estimate" and "yes" in names and "simulate" not in names


def outcome(name, chosen):
    for left in ("out", "kept", "st"):
        shutil.rmtree(left, ignore_errors=True)
    done = command(*base(name), *(word for param in chosen for word in words(param)))
    return done, sorted(str(path) for path in Path("out").rglob("*")), Path("kept").exists()


@pytest.fixture
def _here(monkeypatch):
    """Trials run in this process, whatever --workers says."""
    from efssim.study.run import executors

    kind = executors.ExecutorKind("processes", lambda _: executors.SerialExecutor())
    monkeypatch.setitem(executors.EXECUTORS._entries, "processes", kind)


def pairs_of_options(name, step):
    """Check each pair, or one of `step`.

    As a table: what `needs` says is refused with a sentence, everything else changes something. The
    effect of a second option is looked for beside the first, in the exit code, what is printed, the
    messages and the files.
    """
    known = params(name)
    assert {param.name for param in known if not param.is_flag} <= set(VALUES)
    alone = {param.name: outcome(name, [param]) for param in known}
    for first, second in itertools.islice(itertools.combinations(known, 2), 0, None, step):
        chosen = [first, second]
        done, files, kept = outcome(name, chosen)
        pair = f"{first.name} {second.name}"
        if needs(name, chosen):
            assert (done.code, done.out, files, kept) == (2, "", [], False), pair
            assert done.err.strip().splitlines()[-1].startswith("Error: "), pair
            continue
        assert done.code in (0, 1), (pair, done.err)
        for one, other in ((first, second), (second, first)):
            if other.name in SEEN_ELSEWHERE or needs(name, [one]):
                continue
            before = alone[one.name]
            assert (done, files, kept) != before, f"{other.name} has no effect beside {one.name}"
    for first, second in REFUSED[name]:
        chosen = [param for param in known if param.name in (first, second)]
        assert needs(name, chosen), (first, second)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("name", [name for name in REFUSED if name not in ("plan", "several")])
def test_a_pair_of_options_has_an_effect_or_is_refused(name):
    pairs_of_options(name, step=4)


@pytest.mark.slow
@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("name", REFUSED)
def test_every_pair_of_options_has_an_effect_or_is_refused(name):
    pairs_of_options(name, step=1)


def test_the_number_of_workers_arrives(monkeypatch):
    from efssim.study.run import executors

    asked = []

    def processes(count):
        asked.append(count)
        return executors.SerialExecutor()

    kind = executors.ExecutorKind("processes", processes)
    monkeypatch.setitem(executors.EXECUTORS._entries, "processes", kind)
    for arguments in ([*base("run"), "-n", "3"], [*base("sweep"), "-n", "2"], base("plan")):
        assert command(*arguments, "-w", "3").code == 0
    assert asked == [3, 3, 3]


def test_check_ends_with_1():
    missed = ["--set", "rpo={target: 5 s, attainment: 100 %}"]
    for arguments in (base("run"), [*base("run"), "-n", "2"], [*base("several"), "-n", "2"]):
        assert command(*arguments, *missed).code == 0
        assert command(*arguments, *missed, "--check").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "tiny.yaml", "--seed", "1", "--seed", "2"], "--seed is given twice"),
        (["run", "tiny.yaml", "-o", "a", "--out", "b"], "--out is given twice"),
        (["plan", "tiny.yaml", "--vary", VARY, "--vary", VARY], "--vary is given twice"),
        (["run", "tiny.yaml", "--seed", "-1"], "-1 is not in the range x>=0"),
        (["run", "tiny.yaml", "--seed", "9" * 5000], "is not a valid integer"),
        (["run", "tiny.yaml", "-n", "3", "--workers", "0"], "0 is not in the range x>=1"),
        (["run", "tiny.yaml", "-n", "0"], "0 is not in the range 1<=x"),
        (["run", "tiny.yaml", "-s", "rpo.target=5 s"], "is not a valid integer"),
        (
            ["run", "tiny.yaml", "--set", "rpo.target=5 s", "--set", "rpo.target=6 s"],
            "--set rpo.target undoes an earlier --set",
        ),
        (
            ["run", "tiny.yaml", "--set", "rpo.target=5 s", "--set", "rpo={target: 6 s}"],
            "--set rpo undoes an earlier --set",
        ),
        (["run", "tiny.yaml", "-s", "3", "--set", "seed=4"], "--seed undoes --set seed"),
        (["validate", "tiny.yaml", "--set", "seed=3", "--set", "seed=4"], "undoes an earlier"),
        (["estimate", "tiny.yaml", "--set", "seed=3", "--set", "seed=4"], "undoes an earlier"),
        (["serve", "tiny.yaml", "--set", "seed=3", "--seed", "4"], "--seed undoes --set seed"),
        (["serve", "tiny.yaml", "--step", "--speed", "1"], "--speed has no effect with --step"),
        (
            ["sweep", "tiny.yaml", "--vary", f"{INTERVAL}=5", "--set", f"{INTERVAL}=6"],
            f"--vary {INTERVAL} undoes --set {INTERVAL}",
        ),
        (
            ["sweep", "tiny.yaml", "--vary", f"{INTERVAL}=5", "--vary", f"{INTERVAL}=6"],
            "is varied already",
        ),
        (["sweep", "tiny.yaml", "--vary", "seed=1,2"], "trials have one seed for all values"),
        (["plan", "tiny.yaml", "--vary", "seed=1..2"], "trials have one seed for all values"),
        (["plan", "tiny.yaml", "--vary", VARY, "--set", f"{INTERVAL}=6"], "--vary undoes --set"),
        (
            ["plan", "tiny.yaml", "--vary", "rpo.target=5..60", "--rpo", "9 s"],
            "--vary rpo.target undoes --rpo",
        ),
        (
            ["plan", "tiny.yaml", "--vary", VARY, "--rpo", "9 s", "--set", "rpo.target=8 s"],
            "--rpo undoes --set rpo.target",
        ),
    ],
)
def test_what_would_have_no_effect_is_refused(arguments, said):
    done = command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_what_has_an_effect_is_not_refused():
    both = ["--set", "rpo={target: 9 s}", "--set", "rpo.attainment=50 %"]
    assert command("run", "tiny.yaml", *both).code == 0
    base_of = ["--one-at-a-time", "--vary", f"{INTERVAL}=30", "--set", f"{INTERVAL}=25"]
    assert command("sweep", "tiny.yaml", *base_of, "-w", "1").code == 0
    assert command("run", "tiny.yaml", "--seed", str(2**200)).code == 0


def test_the_measure_is_in_the_json():
    done = command(*base("sweep"), "--measure", "rpo.attainment", "--format", "json")
    assert json.loads(done.out)["measure"] == "rpo.attainment"


# Help


@pytest.mark.parametrize("name", [None, *cli.commands])
def test_help_has_examples_that_are_commands_and_every_default(name):
    arguments = [] if name is None else [name]
    text = command(*arguments, "--help").out
    assert command(*arguments, "-h").out == text
    shown = re.search(r"\n  Examples:\n((?:    .*\n)+)", text)
    assert shown, text
    for line in shown[1].splitlines():
        assert "efssim" in line or "aws" in line
        for found in re.finditer(r"(?:^|\| )efssim ([^|>]*)", line.strip()):
            words = shlex.split(found[1])
            assert words[0] in cli.commands
            above = click.Context(cli, info_name="efssim", **cli.context_settings)
            with cli.commands[words[0]].make_context(words[0], words[1:], parent=above):
                pass
    for param in cli.params if name is None else cli.commands[name].params:
        if isinstance(param, click.Option) and not param.is_flag and not param.required:
            assert param.show_default, param.name
            assert param.help, param.name


def test_the_default_of_the_budget_is_that_of_the_study():
    from efssim.study.statistics.precision import BUDGET

    (budget,) = (param for param in cli.commands["run"].params if param.name == "budget")
    assert budget.show_default == str(BUDGET)


def test_short_options():
    for name in ("run", "sweep", "plan"):
        short = {flag for param in cli.commands[name].params for flag in param.opts}
        assert {"-o", "-s", "-n", "-w", "-q"} <= short
    done = command("run", "tiny.yaml", "-n", "2", "-s", "4", "-w", "1", "-q", "-o", "out")
    assert (done.code, done.err) == (0, "")
    assert json.loads(Path("out/summary.json").read_text())["seed"] == 4


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "efssim", "validate", "tiny.yaml"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "tiny.yaml: valid\n", "")


def test_completion_in_bash():
    """What docs/command-line.md says completes commands, options and files."""
    environment = {**os.environ, "_EFSSIM_COMPLETE": "bash_source"}
    script = subprocess.run([EFSSIM], capture_output=True, text=True, env=environment)
    assert "complete -o nosort -F _efssim_completion efssim" in script.stdout
    for typed, wanted in (
        ("efssim s", {"plain,schema", "plain,serve", "plain,sweep"}),
        ("efssim run --tri", {"plain,--trials", "plain,--trial"}),
        ("efssim run ti", {"file,ti"}),
        ("efssim run x --format j", {"plain,json", "plain,junit"}),
    ):
        environment = {
            **os.environ,
            "_EFSSIM_COMPLETE": "bash_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(typed.split()) - 1),
        }
        done = subprocess.run([EFSSIM], capture_output=True, text=True, env=environment)
        assert set(done.stdout.split()) == wanted, typed
