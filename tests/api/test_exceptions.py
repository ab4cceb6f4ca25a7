"""Every exception of the package has one base class, a public name, and survives a worker."""

import importlib
import inspect
import pickle
import pkgutil
from concurrent.futures import BrokenExecutor

import pytest
from helpers.worlds import poisson, scenario

import efssim


def all_exceptions():
    """Return every exception class that a module of the package defines."""
    found = []
    for module in pkgutil.walk_packages(efssim.__path__, "efssim."):
        if module.name.endswith("__main__"):
            continue
        home = importlib.import_module(module.name)
        found += [
            kind
            for kind in vars(home).values()
            if inspect.isclass(kind)
            and issubclass(kind, BaseException)
            and kind.__module__ == module.name
        ]
    return sorted(set(found), key=lambda kind: kind.__name__)


EXCEPTIONS = all_exceptions()
INSIDE = {
    "AmbiguousError",
    "AnswerError",
    "BadValueError",
    "CannotFitError",
    "CellError",
    "DamagedError",
    "ExpressionError",
    "MalformedError",
    "MalformedRequestError",
    "OutOfTimeError",
    "ProfileError",
    "TimesError",
}
"""What is always caught, and has a base class all the same."""
MADE = {
    "BadValueError": ("low", "no"),
    "CellError": (3, "no"),
    "CloudWatchError": ("InvalidParameterValue", "no"),
    "EfsError": ("BadRequest", "no"),
    "MalformedError": ("BadRequest", "no"),
    "NotSimulatedError": ("efs", "Fly"),
    "RunError": (("events", 0), "no"),
    "ScenarioError": ([efssim.scenario.Problem(None, ("a",), "no")],),
    "TimesError": (3, "no"),
    "TraceError": ("w.csv", 3, "no"),
    "TraceErrors": ([efssim.TraceError("w.csv", 3, "no")],),
    "TrialError": (3, 1, "no"),
}


def test_there_are_exceptions():
    assert {"EfssimError", "ScenarioError", "LawViolation"} <= {e.__name__ for e in EXCEPTIONS}


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_base_and_public_name(kind):
    assert issubclass(kind, efssim.EfssimError)
    if kind.__name__ not in INSIDE:
        assert getattr(efssim, kind.__name__) is kind
        assert kind.__name__ in efssim.__all__


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_survives_a_worker(kind):
    error = kind(*MADE.get(kind.__name__, ("no",)))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert "no" in str(error) or "Fly" in str(error)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("UsageError", TypeError),
        ("LawViolation", AssertionError),
        ("WorkersDiedError", BrokenExecutor),
        ("NotSimulatedError", RuntimeError),
        ("StudyError", ValueError),
        ("StoreError", ValueError),
        ("ScenarioError", ValueError),
        ("UnknownNameError", KeyError),
        ("ArgumentError", ValueError),
        ("MissingExtraError", ImportError),
        ("StateError", RuntimeError),
    ],
)
def test_the_class_of_python_that_fits(name, base):
    assert issubclass(getattr(efssim, name), base)


# Arguments of another kind


def small():
    return scenario({"app": poisson("1 per s", "1 MiB")}, {"interval": "60 s"}, "10 min")


class AutoExecutor:
    """Has `submit`, as that of submitit, whose jobs are no futures."""

    def submit(self, *_, **__):
        return object()


WRONG = {
    "run of a path": lambda: efssim.run("path"),
    "run of a mapping": lambda: efssim.run({}),
    "run with a seed": lambda: efssim.run(small(), seed="1"),
    "run with a flag as seed": lambda: efssim.run(small(), seed=True),
    "run with a fraction as seed": lambda: efssim.run(small(), seed=1.5),
    "run with progress": lambda: efssim.run(small(), progress=print),
    "run with an unknown argument": lambda: efssim.run(small(), sead=1),
    "run of nothing": lambda: efssim.run(),
    "Simulation of a path": lambda: efssim.Simulation("path"),
    "trials of a path": lambda: efssim.run_trials("path"),
    "trials with an executor": lambda: efssim.run_trials(small(), 2, executor=AutoExecutor()),
    "trials by a text": lambda: efssim.run_trials(small(), "2"),
    "trials with a folder": lambda: efssim.run_trials(small(), 2, resume=3),
    "trials with a precision": lambda: efssim.run_trials(small(), precision="2%"),
    "plan of a path": lambda: efssim.plan("path", "rpo.target", (1, 2)),
    "plan with an executor": lambda: efssim.plan(
        small(), "replications.dr.sync.interval", (1, 2), executor=AutoExecutor()
    ),
    "plan of a number": lambda: efssim.plan(small(), 3, (1, 2)),
    "plan between one end": lambda: efssim.plan(small(), "replications.dr.sync.interval", 5),
    "plan between three": lambda: efssim.plan(small(), "replications.dr.sync.interval", (1, 2, 3)),
    "sweep of a path": lambda: efssim.sweep("path", {}),
    "sweep over a list": lambda: efssim.sweep(small(), ["a"]),
    "sweep over one value": lambda: efssim.sweep(small(), {"replications.dr.sync.interval": 5}),
    "sweep with an executor": lambda: efssim.sweep(
        small(), {"replications.dr.sync.interval": [60]}, executor=AutoExecutor()
    ),
    "compare of paths": lambda: efssim.compare("a", "b"),
    "compare of a run": lambda: efssim.compare(efssim.run(small()), efssim.run(small())),
    "estimate of a path": lambda: efssim.estimate("path"),
    "load of a number": lambda: efssim.load(3),
    "load of bytes": lambda: efssim.load(b"name: x\n"),
    "load of a scenario": lambda: efssim.load(small()),
    "load with one override": lambda: efssim.load({}, "seed=1"),
    "apply of a text": lambda: efssim.Simulation(small()).apply("opt_out"),
    "write of a text": lambda: efssim.Simulation(small()).write("fs", "fast"),
    "write to a number": lambda: efssim.Simulation(small()).write(3, {}),
    "call of a number": lambda: efssim.Simulation(small()).call(3, region="us-east-1"),
    "with_ of a text": lambda: small().with_("seed=1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_kind_of_argument_is_one_sentence(name):
    with pytest.raises(efssim.UsageError) as caught:
        WRONG[name]()
    assert isinstance(caught.value, TypeError)
    assert str(caught.value).startswith("efssim.")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_what_the_sentences_say():
    with pytest.raises(efssim.UsageError, match=r"^efssim\.run: scenario has to be a Scenario, .*"):
        efssim.run("path")
    with pytest.raises(efssim.UsageError, match=r"executor has to be a concurrent\.futures\.Exec"):
        efssim.run_trials(small(), 2, executor=AutoExecutor())
    with pytest.raises(efssim.ArgumentError, match="seed is at least 0"):
        efssim.run(small(), seed=-1)
    with pytest.raises(efssim.ArgumentError, match="'an hour' is not a duration"):
        efssim.Simulation(small()).advance("an hour")


# Targets, by the rules of the file


TARGETS = {
    "a default Region": ({"opt_out": "us-east-1"}, "enables 'us-east-1' by default"),
    "no Region": ({"region_outage": "mars"}, "unknown Region 'mars'"),
    "errors in no Region": (
        {"api_error": "CreateFileSystem", "code": "BadRequest", "region": "mars"},
        "unknown Region 'mars'",
    ),
    "a call in no Region": (
        {"call": "DescribeFileSystems", "region": "mars"},
        "unknown Region 'mars'",
    ),
    "no link": ({"link_outage": "us-east-1 -> mars"}, "unknown Region 'mars'"),
    "half a link": ({"link_outage": "us-east-1"}, "is not a link such as"),
    "no replication": (
        {"kms_key_disabled": "drr"},
        r"no replication is named 'drr' \(did you mean",
    ),
    "nor that": ({"permission_lost": "dd"}, "no replication is named 'dd'"),
    "no file system": ({"fail": "fss"}, r"no file system is named 'fss' \(did you mean 'fs'"),
    "an unknown kind": ({"explode": "src"}, "unknown key"),
    "two kinds": ({"fail": "src", "opt_out": "eu-south-1"}, "needs exactly one of"),
    "no length": ({"opt_out": "eu-south-1", "for": "soon"}, "is not a duration"),
    "an empty Region": ({"region_outage": ""}, "unknown Region ''"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_apply_and_a_file_have_one_rule(name):
    event, message = TARGETS[name]
    with pytest.raises(efssim.ScenarioError, match=message) as applied:
        efssim.Simulation(small()).apply(event)
    with pytest.raises(efssim.ScenarioError, match=message) as written:
        small().with_(events=[{"at": 0, **event}])
    told = [(problem.path, problem.message) for problem in applied.value.problems]
    read = [(problem.path[2:], problem.message) for problem in written.value.problems]
    assert sorted(told) == sorted(read)


def test_apply_lists_every_problem():
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.Simulation(small()).apply({"opt_out": "us-east-1", "for": "soon", "at": 3})
    assert [problem.path for problem in caught.value.problems] == [("at",), ("opt_out",), ("for",)]


def test_apply_knows_what_calls_have_made():
    world = efssim.Simulation(small())
    made = world.call("CreateFileSystem", {"CreationToken": "extra"}, region="us-east-1")
    world.apply({"fail": made["FileSystemId"]})
    assert world.result().events["affected"].iloc[-1] != ""


def test_what_a_file_takes_apply_takes():
    declared = small().with_({"regions.us-east-1.default": False})
    efssim.Simulation(declared).apply({"opt_out": "us-east-1"})


def test_write_raises_scenario_errors():
    world = efssim.Simulation(small())
    with pytest.raises(efssim.ScenarioError, match=r"no file system is named 'fss' \(did you mean"):
        world.write("fss", {"arrivals": {"poisson": {"rate": 1}}, "size": "1 MiB"})
    with pytest.raises(efssim.ScenarioError) as caught:
        world.write("fs", {"arrivals": {"poisson": {"rate": "often"}}, "size": "1 Mib"})
    assert [problem.path[0] for problem in caught.value.problems] == ["arrivals", "size"]
    with pytest.raises(efssim.ScenarioError, match="nowhere"):
        world.write("fs", {"trace": {"file": "nowhere.csv"}})


# Loading


TEXT = """\
name: small
duration: 1 h
"""


def test_load_takes_a_path_a_mapping_and_a_text(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT)
    loaded = [efssim.load(file), efssim.load(str(file)), efssim.load(TEXT)]
    loaded.append(efssim.load({"name": "small", "duration": 3600}))
    assert all(found == loaded[0] for found in loaded)
    for source in (file, TEXT, {"name": "small", "duration": "1 h"}):
        assert efssim.load(source, ["seed=7", "rpo.target=1 min"]).seed == 7


def test_problems_of_a_text_and_of_a_mapping():
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load("name: small\nduration: 1 hour and a bit\nseeds: 3\n")
    assert str(caught.value).splitlines() == [
        "<text>:2:11: duration: '1 hour and a bit' is not a duration such as '15 min' or"
        " '1 h 30 min'",
        "<text>:3:1: seeds: unknown key (did you mean 'seed'?)",
    ]
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load({"name": "small", "duration": "1 hour and a bit", "seeds": 3}, ["rpo=3"])
    assert [problem.path for problem in caught.value.problems] == [
        ("duration",),
        ("seeds",),
        ("rpo",),
    ]


def test_problems_of_overrides_of_a_mapping():
    with pytest.raises(efssim.ScenarioError, match=r"^--set:1:1: expected path=value"):
        efssim.load({"name": "small", "duration": 1}, ["seed"])
    with pytest.raises(efssim.ScenarioError, match=r"--set:2:6: seed: "):
        efssim.load({"name": "small", "duration": 1}, ["duration=2 h", "seed=-1"])
