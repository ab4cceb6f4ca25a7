"""Where the package can be mutated, and a seeded sample of such places.

The operators are Cosmic Ray's. A place is drawn first and its operator after it: an operator of
arithmetic has eleven others, and would else fill the sample.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

FOLDERS = ("model", "lag", "study", "records")
"""Folders of the package that are mutated; the laws that `--verify` checks are in `records`."""
Spot = tuple[int, int]
"""A line, from 1, and a column, from 0."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: an operator, and which of its places in the file, from 0."""

    file: str
    line: int
    operator: str
    occurrence: int

    @property
    def name(self) -> str:
        """Name the mutant on one line, without a blank."""
        return f"{self.file}:{self.line}:{self.operator}:{self.occurrence}"

    def of(self, source: str) -> str:
        """Return the text of the file with the change.

        Raises:
            ValueError: The file has no such place.
        """
        changed = mutate_code(source, operator(self.operator), self.occurrence)
        if changed is None:
            raise ValueError(f"{self.name}: no such place")
        return str(changed)


def operator(name: str) -> Operator:
    """Make the operator of Cosmic Ray that has this name."""
    made: Operator = plugins.get_operator(f"core/{name}")()
    return made


def operators() -> dict[str, Operator]:
    """Make each operator that needs no arguments, by name."""
    names = (name.removeprefix("core/") for name in plugins.operator_names())
    return {
        name: operator(name)
        for name in names
        if name not in ("NoOp", "VariableReplacer", "VariableInserter")
    }


def sample(package: Path, size: int, seed: int) -> list[Mutant]:
    """Draw mutants of distinct places, in the order in which they are to be tried."""
    chance = np.random.default_rng(seed)
    places = [
        place
        for folder in FOLDERS
        for file in sorted((package / folder).rglob("*.py"))
        for place in sorted(places_of(file, package).items())
    ]
    drawn = chance.choice(len(places), min(size, len(places)), replace=False)
    return [mutants[chance.integers(len(mutants))] for _, mutants in (places[k] for k in drawn)]


def places_of(file: Path, package: Path) -> dict[tuple[Spot, Spot], list[Mutant]]:
    """Return the mutants of a file by the span of text that each changes."""
    source = file.read_text(encoding="utf-8")
    silent = _silent(ast.parse(source))
    nodes = list(ast_nodes(get_ast(source)))
    places: dict[tuple[Spot, Spot], list[Mutant]] = {}
    for name, made in operators().items():
        spans = (span for node in nodes for span in made.mutation_positions(node))
        for occurrence, (begin, end) in enumerate(spans):
            if not any(low <= begin < high for low, high in silent):
                mutant = Mutant(str(file.relative_to(package)), begin[0], name, occurrence)
                places.setdefault((begin, end), []).append(mutant)
    return places


def _silent(tree: ast.Module) -> list[tuple[Spot, Spot]]:
    """Return the spans that do nothing when the program runs: annotations and types."""
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in _types(tree)
    ]


def _types(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=found):
                yield found
            case ast.arg(annotation=ast.expr() as found):
                yield found
            case ast.FunctionDef(returns=ast.expr() as found):
                yield found
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield node
            case ast.Assign(value=ast.BinOp(op=ast.BitOr()) as found):
                yield found  # another name of a union of types
            case ast.Call(func=ast.Name(id="dataclass")):
                yield node  # frozen, slots: what the checker of types holds
            case ast.Call(func=ast.Name(id="cast"), args=[found, *_]):
                yield found
