"""The conditions of `--check` as JUnit XML, which CI tools show as tests.

There is no schema of JUnit's own. This keeps to the strictest of those that tools use, in which a
suite has a host and a time: the host is `localhost`, as that schema asks where it is not told, and
the time is the start of the simulated window, so that the same result is the same file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from efssim.report.gates.gate import Gate, Gates

_TAGS = {"fails": "failure", "undecided": "error"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that no document of XML 1.0 may have, not even escaped."""
_TEXT_MAX = 8000
"""Letters of a text at most; a name or a sentence is far shorter."""


def junit_xml(judged: Sequence[Gates], start: str) -> str:
    """Return a suite for each scenario and a case for each condition.

    A condition that fails is a `<failure>`, one that is not decided an `<error>`. `start` is the
    start of the window, such as `2026-01-01T00:00:00`.
    """
    suites = [line for ordinal, one in enumerate(judged) for line in _suite(one, ordinal, start)]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>"]
    # Each letter as it is in ASCII, so that it means the same in any encoding of the output.
    text = "\n".join(lines) + "\n"
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suite(judged: Gates, ordinal: int, start: str) -> Iterator[str]:
    count = judged.count
    numbers = f'tests="{len(judged.gates)}" failures="{count["fails"]}"'
    numbers += f' errors="{count["undecided"]}" time="0" timestamp="{start[:19]}"'
    named = f'name={_attribute(judged.scenario)} package="efssim" id="{ordinal}"'
    yield f'  <testsuite {named} hostname="localhost" {numbers}>'
    yield "    <properties/>"
    for gate in judged.gates:
        yield from _case(judged.scenario, gate)
    yield "    <system-out/>"
    yield "    <system-err/>"
    yield "  </testsuite>"


def _case(scenario: str, gate: Gate) -> Iterator[str]:
    group = _attribute(f"{scenario}.{gate.group}")
    begin = f'    <testcase name={_attribute(gate.name)} classname={group} time="0"'
    tag = _TAGS.get(gate.outcome)
    if tag is None:
        yield f"{begin}/>"
        return
    yield f"{begin}>"
    message, text = _attribute(gate.text), escape(_allowed(gate.text))
    yield f'      <{tag} type="{gate.outcome}" message={message}>{text}</{tag}>'
    yield "    </testcase>"


def _attribute(text: str) -> str:
    """Return a text as an attribute in quotes."""
    return quoteattr(_allowed(text), {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def _allowed(text: str) -> str:
    """Return a text without letters that XML does not have."""
    return _NOT_XML.sub("\ufffd", text)[:_TEXT_MAX]
