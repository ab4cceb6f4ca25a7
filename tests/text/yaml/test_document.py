"""Tests of YAML with positions: scalars, every refusal to the letter, overrides, any text."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from efssim.text.suggestions import suggest
from efssim.text.written import MAX_DEPTH
from efssim.text.yaml import composer, document
from efssim.text.yaml.document import Document, parse_document, read_document
from efssim.text.yaml.limits import MAX_VALUES
from efssim.text.yaml.paths import format_path, parse_path
from efssim.text.yaml.problems import Position, ScenarioError

LOADERS = [yaml.SafeLoader]
if yaml.__with_libyaml__:
    LOADERS.append(yaml.CSafeLoader)


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(composer, "_LOADER", request.param)


both_loaders = pytest.mark.usefixtures("loader")


def refusal(text):
    with pytest.raises(ScenarioError) as caught:
        parse_document(text, "s.yaml")
    return str(caught.value)


SCALARS = {
    "no": "no",
    "on": "on",
    "yes": "yes",
    "12:30": "12:30",
    "2014-03-01": "2014-03-01",
    "2014-03-01T12:00:00Z": "2014-03-01T12:00:00Z",
    "=": "=",
    "<<": "<<",
    "1_000": "1_000",
    "15 min": "15 min",
    "us-east-1 -> eu-south-1": "us-east-1 -> eu-south-1",
    "tRUE": "tRUE",
    ".": ".",
    "1.2.3": "1.2.3",
    "-0x1F": "-0x1F",
    "0b1": "0b1",
    "'5'": "5",
    '"null"': "null",
    "''": "",
    "!!str 5": "5",
    "1e6": 1e6,
    "1.": 1.0,
    ".5": 0.5,
    "-1.5E-3": -1.5e-3,
    ".inf": math.inf,
    "+.Inf": math.inf,
    "-.INF": -math.inf,
    "!!float 5": 5.0,
    "017": 17,
    "0o17": 15,
    "0x1F": 31,
    "-5": -5,
    "+5": 5,
    '!!int "5"': 5,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "!!bool 'true'": True,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "": None,
    "!!null ''": None,
    "!!map {a: 1}": {"a": 1},
    "!!seq [1]": [1],
}


@both_loaders
@pytest.mark.parametrize("written", SCALARS)
def test_scalar_is_read_by_the_core_schema(written):
    value = parse_document(f"a: {written}\n", "s.yaml").data["a"]
    assert (type(value), value) == (type(SCALARS[written]), SCALARS[written])


@both_loaders
@pytest.mark.parametrize("written", [".nan", ".NaN", ".NAN"])
def test_not_a_number(written):
    assert math.isnan(parse_document(f"a: {written}", "s.yaml").data["a"])


@both_loaders
@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "\ufeff", "\ufeff# x"])
def test_empty_file_is_an_empty_mapping(text):
    assert parse_document(text, "s.yaml").data == {}


@both_loaders
def test_words_of_yaml_1_1_are_names():
    assert parse_document("on: 1\n<<: {a: 2}\n=: 3", "s").data == {"on": 1, "<<": {"a": 2}, "=": 3}


LONG = "9" * 251
OBJECTS = "tags that construct objects are not allowed"
REFUSALS = {
    "a: 1\nb: 2\na: 3\na: 4\n": (
        "s.yaml:3:1: a: duplicate key, first on line 1\n"
        "s.yaml:4:1: a: duplicate key, first on line 1"
    ),
    "x:\n  a.b: 1\n  a.b: 2\n": 's.yaml:3:3: x."a.b": duplicate key, first on line 2',
    "1: x": "s.yaml:1:1: keys are names; quote it",
    "a: {~: x, true: y}": (
        "s.yaml:1:5: a: keys are names; quote it\ns.yaml:1:11: a: keys are names; quote it"
    ),
    "[a]: x": "s.yaml:1:1: keys are names; quote it",
    "a: {{b: 1}: x}": "s.yaml:1:5: a: keys are names; quote it",
    "a: !!python/object/apply:os.system [x]": (
        f"s.yaml:1:4: a: !!python/object/apply:os.system: {OBJECTS}"
    ),
    "a: !x 1": f"s.yaml:1:4: a: !x: {OBJECTS}",
    "a: ! 1": f"s.yaml:1:4: a: !: {OBJECTS}",
    "a: !!timestamp 2014-03-01": f"s.yaml:1:4: a: !!timestamp: {OBJECTS}",
    "a: !!set {b}": f"s.yaml:1:4: a: !!set: {OBJECTS}",
    'a: !<%0A> "x"': f's.yaml:1:4: a: "\\n": {OBJECTS}',
    "a: !!int abc": "s.yaml:1:4: a: !!int does not fit this value",
    "a: !!bool no": "s.yaml:1:4: a: !!bool does not fit this value",
    "a: !!seq b": "s.yaml:1:4: a: !!seq does not fit this value",
    "a: !!str [b]": "s.yaml:1:4: a: !!str does not fit this value",
    f"a: {LONG}": "s.yaml:1:4: a: a number of more than 250 digits",
    "a: *b": "s.yaml:1:4: a: no anchor &b",
    "a: &a [*a]": "s.yaml:1:8: a.0: alias *a stands inside its own anchor",
    "&a a: &a {b: *a}": "s.yaml:1:14: a.b: alias *a stands inside its own anchor",
    "a: 1\n---\nb: 2": "s.yaml:2:1: only one YAML document is allowed",
    "- a": "s.yaml:1:1: the top level must be a mapping of names to values",
    "\nx": "s.yaml:2:1: the top level must be a mapping of names to values",
    "~": "s.yaml:1:1: the top level must be a mapping of names to values",
    "a: 1\nb: \0": "s.yaml:2:4: character U+0000 is not allowed",
    "a: \x1b[0m": "s.yaml:1:4: character U+001B is not allowed",
    "\ufeffa: b\ufeff": "s.yaml:1:5: character U+FEFF is not allowed",
    "a: \ud800": "s.yaml:1:4: character U+D800 is not allowed",
    'a: "x\\0"': "s.yaml:1:4: a: character U+0000 is not allowed",
    "a: 1\na: 2\n1: x\nb: !!int x\n": (
        "s.yaml:2:1: a: duplicate key, first on line 1\n"
        "s.yaml:3:1: keys are names; quote it\n"
        "s.yaml:4:4: b: !!int does not fit this value"
    ),
}


@both_loaders
@pytest.mark.parametrize("text", REFUSALS, ids=ascii)
def test_refusal(text):
    assert refusal(text) == REFUSALS[text]


SYNTAX = {  # the words are the parser's, the place and the single line are ours
    "a: [1\nb: 2": "s.yaml:2:",
    "a: 1\n\tb: 2": "s.yaml:2:1: a tab indents this line",
    "a: b: c": "s.yaml:1:5: not YAML: ",
    'a: "\\UFFFFFFFF"': "s.yaml:1:",
    'a: "\\U00110000"': "s.yaml:1:",
    '"\\UFFFFFFFF"': "s.yaml:1:",
    "a: @b": "s.yaml:1:4: not YAML: ",
    "%YAML 9.9\n---\na: 1": "s.yaml:1:1: not YAML: ",
}


@both_loaders
@pytest.mark.parametrize("text", SYNTAX, ids=ascii)
def test_syntax_error_has_its_place(text):
    message = refusal(text)
    assert message.startswith(SYNTAX[text])
    assert "not YAML: " in message or "a tab" in message
    assert "\n" not in message


@both_loaders
def test_problems_before_a_syntax_error_are_kept():
    first, second = refusal("a: 1\na: 2\nb: [").splitlines()
    assert first == "s.yaml:2:1: a: duplicate key, first on line 1"
    assert "not YAML" in second


# Limits


@both_loaders
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_endless_nesting_is_refused(opening):
    assert "nested deeper than 100 levels" in refusal(opening * 100_000)


@both_loaders
def test_nesting_up_to_the_limit():
    inner = MAX_DEPTH - 1  # the top level is the first
    assert parse_document("a: " + "[" * inner + "]" * inner, "s").data
    text = "a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert refusal(text) == "s.yaml:1:103: nested deeper than 100 levels"


@both_loaders
def test_aliases_cannot_nest_deeper():
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))
    # The 99th list is at the limit below the top level; the list of a99 would hold 99 more.
    assert refusal(chain) == "s.yaml:100:12: a99.0: nested deeper than 100 levels"


def laughs(levels):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines += [f"a{level}: &a{level} [{aliases}]"]
    return "\n".join(lines)


@both_loaders
def test_billion_laughs_are_counted_not_told(monkeypatch):
    made = []
    monkeypatch.setattr(document, "plain", made.append)
    message = refusal(laughs(60))
    assert message.startswith("s.yaml:5:")
    assert message.endswith(
        "more than 100,000 values, each alias counted as what it stands for;"
        " `limits: {values: N}` above this line allows up to 5,000,000"
    )
    assert not made


@both_loaders
def test_values_up_to_the_limit():
    few = MAX_VALUES - 2  # the mapping and the list are values too
    assert len(parse_document(f"a: [{'x,' * few}]", "s").data["a"]) == few
    assert "more than 100,000 values" in refusal(f"a: [{'x,' * (few + 1)}]")


@both_loaders
def test_a_document_may_say_how_many_values_it_has(monkeypatch):
    monkeypatch.setattr(composer, "MAX_VALUES", 1_000)  # few: a loader of Python takes its time
    many = f"a: [{'x,' * 1_000}]"
    read = parse_document(f"limits: {{values: 1_100}}\n{many}", "s")
    assert len(read.data["a"]) == 1_000
    assert "s.yaml:2:" in refusal(f"limits: {{values: 1_001}}\n{many}")
    assert "more than 1,001 values" in refusal(f"limits: {{values: 1_001}}\n{many}")
    # It holds from there on, only for the whole document, and not where it is malformed.
    for said in (
        f"{many}\nlimits: {{values: 1_100}}",
        f"b: {{limits: {{values: 1_100}}}}\n{many}",
        f"limits: {{values: lots}}\n{many}",
        f"limits: 1_100\n{many}",
    ):
        assert "more than 1,000 values" in refusal(said)
    assert "more than 7 values" in refusal("limits: {values: 7}\na: [1, 2, 3, 4, 5]")


@both_loaders
def test_no_document_may_say_any_number_of_values():
    message = refusal(f"limits: {{values: 1_000_000_000}}\n{laughs(60)}")
    assert message.endswith("more than 5,000,000 values, each alias counted as what it stands for")


@both_loaders
def test_aliases_are_copies():
    read = parse_document("a: &a {x: 1}\nb: *a\n", "s.yaml")
    read.override("b.x=2", 1)
    assert read.data == {"a": {"x": 1}, "b": {"x": 2}}
    assert read.value_position(("b",)) == Position("s.yaml", 1, 4)


# Files


def unreadable(path):
    with pytest.raises(ScenarioError) as caught:
        read_document(path)
    return str(caught.value).removeprefix(str(path))


FILES = {
    b"a: \xff": ":1:4: the file is not UTF-8",
    b"\xef\xbb\xbfa: 1\nb\xc3\xa9: \xff": ":2:5: the file is not UTF-8",
    "a: 1".encode("utf-16"): ":1:1: the file is UTF-16; save it as UTF-8",
    "a: 1".encode("utf-16-be"): ":1:1: character U+0000 is not allowed",
}


@pytest.mark.parametrize("content", FILES, ids=ascii)
def test_file_of_another_encoding(content, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_bytes(content)
    assert unreadable(file) == FILES[content]


def test_unreadable_file(tmp_path):
    missing = tmp_path / "none.yaml"
    assert unreadable(missing) == ":1:1: cannot read the file: No such file or directory"
    assert unreadable(tmp_path) == ":1:1: cannot read the file: Is a directory"
    assert unreadable("a\0b").startswith(":1:1: cannot read the file: ")


def test_file_with_a_mark(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    read = read_document(str(file))
    assert read.data == {"a": 1}
    assert read.key_position(("a",)) == Position(str(file), 1, 1)


# Positions


TEXT = """\
file_systems:
  orders:
    region: us-east-1
    sizes: [1 KB, 2 KB]
"""


def place(position):
    return position.line, position.column


@both_loaders
def test_positions():
    read = parse_document(TEXT, "s.yaml")
    region = ("file_systems", "orders", "region")
    assert read.key_position(region) == Position("s.yaml", 3, 5)
    assert read.value_position(region) == Position("s.yaml", 3, 13)
    item = ("file_systems", "orders", "sizes", 1)
    assert place(read.value_position(item)) == place(read.key_position(item)) == (4, 19)
    assert place(read.value_position(("file_systems",))) == (2, 3)


@both_loaders
def test_position_of_what_is_missing_is_that_of_its_ancestor():
    read = parse_document(TEXT, "s.yaml")
    for position in (read.key_position, read.value_position):
        assert place(position(("file_systems", "orders", "none", "x"))) == (2, 3)
        assert place(position(("file_systems", "orders", "sizes", 2))) == (4, 5)
        assert place(position(("file_systems", "orders", "sizes", "x"))) == (4, 5)
        assert place(position(("file_systems", "orders", "region", 0))) == (3, 5)
        assert place(position(("none",))) == (1, 1)
        assert place(position(())) == (1, 1)


# Overrides


def overridden(*texts, start="a: {b: 1, l: [1, 2]}\nn:\n"):
    read = parse_document(start, "s.yaml")
    for ordinal, text in enumerate(texts, 1):
        read.override(text, ordinal)
    return read


OVERRIDES = {
    "seed=5": ("seed", 5),
    "seed=": ("seed", None),
    "seed=# nothing": ("seed", None),
    "x=15 min": ("x", "15 min"),
    "x=us-east-1 -> eu-south-1": ("x", "us-east-1 -> eu-south-1"),
    "x=a=b": ("x", "a=b"),
    "x=a: b": ("x", {"a": "b"}),
    "x=no": ("x", "no"),
    "a={poisson: {rate: 3 per s}}": ("a", {"poisson": {"rate": "3 per s"}}),
    "a.b=2": ("a", {"b": 2, "l": [1, 2]}),
    "a.l.1=5": ("a", {"b": 1, "l": [1, 5]}),
    "n.x.y=1": ("n", {"x": {"y": 1}}),
    "x.0.y=1": ("x", {"0": {"y": 1}}),
    'x."p=q -> \\"r".y=1': ("x", {'p=q -> "r': {"y": 1}}),
}


@both_loaders
@pytest.mark.parametrize("text", OVERRIDES)
def test_override(text):
    key, value = OVERRIDES[text]
    assert overridden(text).data[key] == value


@both_loaders
def test_positions_of_an_override():
    read = overridden("n=1", "é.y={p: [1, q]}".replace("é", '"é"'))
    assert read.value_position(("n",)) == Position("--set", 1, 3)
    assert read.key_position(("n",)) == Position("--set", 1, 1)
    assert read.key_position(("é",)) == Position("--set", 2, 1)
    assert read.key_position(("é", "y")) == Position("--set", 2, 5)
    assert read.key_position(("é", "y", "p")) == Position("--set", 2, 8)
    assert read.value_position(("é", "y", "p", 1)) == Position("--set", 2, 15)
    assert read.key_position(("a",)) == Position("s.yaml", 1, 1)


def test_key_on_the_way_keeps_its_position():
    read = overridden("a.b=2")
    assert read.key_position(("a",)) == Position("s.yaml", 1, 1)
    assert read.key_position(("a", "b")) == Position("--set", 1, 3)


BAD_OVERRIDES = {
    "seed": "--set:1:1: expected path=value",
    '"a=b"': "--set:1:1: expected path=value",
    "": "--set:1:1: expected path=value",
    "=5": "--set:1:1: in a path, character 1 should begin a name",
    "a..b=5": "--set:1:1: in a path, character 3 should begin a name",
    "a.=5": "--set:1:1: in a path, character 3 should begin a name",
    "a b=5": "--set:1:1: in a path, a name with ' ' needs double quotes",
    'a."b=5': "--set:1:1: in a path, the quote of character 3 is misplaced or has no end",
    '"\\q"=5': '--set:1:1: in a path, "\\q" has an unknown escape',
    '"\\u0000"=5': "--set:1:1: character U+0000 is not allowed",
    "a=\0": "--set:1:3: character U+0000 is not allowed",
    "a.b.c=5": "--set:1:5: a.b.c: a single value has no parts to set",
    "a.l.2=5": "--set:1:5: a.l.2: the list has no index 2, only 2 items",
    "a.l.x=5": "--set:1:5: a.l.x: a part of a list is set by its index, from 0",
    "x.y={k: 1, k: 2}": "--set:1:12: x.y.k: duplicate key, first on line 1",
    "x=*y": "--set:1:3: x: no anchor &y",
    "x=!y 1": f"--set:1:3: x: !y: {OBJECTS}",
    ".".join("a" * 101) + "=1": "--set:1:1: nested deeper than 100 levels",
}


@both_loaders
@pytest.mark.parametrize("text", BAD_OVERRIDES, ids=ascii)
def test_override_refused(text):
    read = overridden()
    before = read.data
    with pytest.raises(ScenarioError) as caught:
        read.override(text, 1)
    assert str(caught.value) == BAD_OVERRIDES[text]
    assert read.data == before


def test_override_with_a_syntax_error_has_a_column():
    with pytest.raises(ScenarioError, match=r"^--set:1:6: x: not YAML: "):
        overridden("x=b: @")


# Paths and words


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("file_systems", "orders", "writes", "size"), "file_systems.orders.writes.size"),
        (
            ("links", "us-east-1 -> eu-south-1", "capacity"),
            'links."us-east-1 -> eu-south-1".capacity',
        ),
        (("a", 0), "a.0"),
        (("a", "0"), 'a."0"'),
        (("a", "017"), "a.017"),
        (("", "\n", "é"), '""."\\n"."é"'),
    ],
)
def test_path_as_text(path, text):
    assert format_path(path) == text
    assert parse_path(text) == path


segments = st.text() | st.text('."\\=a0 \n') | st.integers(0, 999_999_999)


@given(st.lists(segments, min_size=1).map(tuple))
def test_path_round_trip(path):
    text = format_path(path)
    assert parse_path(text) == path
    assert text.isprintable()


@given(st.text() | st.text('."\\a0'))
def test_any_text_is_a_path_or_a_value_error(text):
    try:
        path = parse_path(text)
    except ValueError:
        return
    assert parse_path(format_path(path)) == path


def test_suggest():
    assert suggest("regoin", ["region", "size"]) == " (did you mean 'region'?)"
    assert suggest("zzz", iter(["region", "size"])) == ""
    assert suggest("region" * 1000, ["region"]) == ""


# Any text


FRAGMENTS = (
    "a|b: |- |\n|  |[|]|{|}|, |&a |*a|? |: |!!int |!|>|'|\"|\\|\\U|FFFFFFFF|%TAG |%YAML |---|...|# "
    "|<<|1|~|\t|!<|%|\ufeff|\x85|\u2028|\r"
)
fragments = st.sampled_from([*FRAGMENTS.split("|"), "|"])
texts = st.text() | st.lists(fragments, max_size=40).map("".join) | st.text("ab:-[]{}&*!|'\" \n")


@pytest.mark.parametrize("loader_class", LOADERS)
@given(text=texts)
def test_any_text_is_a_document_or_a_scenario_error(loader_class, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composer, "_LOADER", loader_class)
        check_text(text)
        check_override(text)


def problems_of(read, *arguments):
    """Return the problems of the only exception that may be raised."""
    try:
        read(*arguments)
    except ScenarioError as error:
        return error.problems
    return ()


def check_text(text):
    problems = problems_of(parse_document, text, "s.yaml")
    assert all(str(problem).startswith("s.yaml:") for problem in problems)
    assert all("\n" not in str(problem) for problem in problems)
    if not problems:
        read = parse_document(text, "s.yaml")
        assert isinstance(read, Document)
        assert isinstance(read.data, dict)


def check_override(text):
    read = parse_document("a: [1]", "s.yaml")
    for argument in (text, "a.0=" + text):
        problems = problems_of(read.override, argument, 1)
        assert all(problem.position.file == "--set" for problem in problems)


@given(st.binary())
def test_any_bytes_are_a_document_or_a_scenario_error(tmp_path_factory, content):
    file = Path(tmp_path_factory.getbasetemp()) / "any.yaml"
    file.write_bytes(content)
    for problem in problems_of(read_document, file):
        assert str(problem).startswith(f"{file}:")
