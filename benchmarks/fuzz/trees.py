"""Documents as trees of tokens, which are changed in place and written as YAML or JSON again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from benchmarks.fuzz import hostile
from benchmarks.fuzz.case import Random, chance, pick


@dataclass(slots=True)
class Tree:
    """A value with its parts; a scalar has its token alone."""

    token: str = ""
    entries: list[tuple[str, Tree]] | None = None
    """Of a mapping: keys, as tokens, and values."""
    items: list[Tree] | None = None
    """Of a list."""

    def parts(self) -> list[Tree]:
        """Return the values directly in it."""
        return [part for _, part in self.entries or ()] + (self.items or [])

    def all(self) -> Iterator[Tree]:
        """Yield it and all that is in it."""
        yield self
        for part in self.parts():
            yield from part.all()

    def copy(self) -> Tree:
        """Return a copy of all of it."""
        entries = None if self.entries is None else [(k, v.copy()) for k, v in self.entries]
        return Tree(
            self.token, entries, None if self.items is None else [v.copy() for v in self.items]
        )

    def become(self, other: Tree) -> None:
        """Take the place of what was here."""
        self.token, self.entries, self.items = other.token, other.entries, other.items

    def text(self, indent: int = 0) -> str:
        """Return it as YAML: mappings a line for each key at the upper levels, else in flow."""
        if self.entries is None and self.items is None:
            return self.token
        if self.items is not None:
            return "[" + ", ".join(part.text(9) for part in self.items) + "]"
        entries = self.entries or []
        if indent > 3 or not entries:
            return "{" + ", ".join(f"{key}: {part.text(9)}" for key, part in entries) + "}"
        lines = []
        for key, part in entries:
            inner = part.text(indent + 1)
            below = part.entries and indent < 3
            lines.append("  " * indent + f"{key}:" + ("\n" if below else " ") + inner)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Pool:
    """What trees are changed with: subtrees by their key, from all known documents."""

    by_key: dict[str, list[Tree]] = field(default_factory=dict)

    def add(self, tree: Tree) -> None:
        """Add all of a document."""
        for part in tree.all():
            for key, inner in part.entries or ():
                self.by_key.setdefault(key, []).append(inner)

    @property
    def keys(self) -> list[str]:
        """All keys, each once."""
        return list(self.by_key)


def of_yaml(text: str) -> Tree:
    """Return a document of YAML, or of JSON, with aliases as what they stand for."""
    root = yaml.compose(text, yaml.SafeLoader)
    return Tree() if root is None else _of_node(root)


def _of_node(node: yaml.Node) -> Tree:
    if isinstance(node, yaml.MappingNode):
        return Tree(entries=[(_of_node(key).token, _of_node(part)) for key, part in node.value])
    if isinstance(node, yaml.SequenceNode):
        return Tree(items=[_of_node(part) for part in node.value])
    assert isinstance(node, yaml.ScalarNode)
    return Tree(json.dumps(node.value) if node.style else node.value)


def changed(random: Random, tree: Tree, pool: Pool) -> Tree:
    """Return a copy with one to three changes."""
    tree = tree.copy()
    for _ in range(pick(random, (1, 1, 1, 2, 3))):
        _CHANGES[int(random.integers(len(_CHANGES)))](random, pick(random, list(tree.all())), pool)
    return tree


def _replace(random: Random, part: Tree, _: Pool) -> None:
    leaves = [leaf for leaf in part.all() if leaf.entries is None and leaf.items is None]
    leaf = pick(random, leaves) if leaves else part
    leaf.become(Tree(hostile.instead_of(random, leaf.token)))


def _anything(random: Random, part: Tree, _: Pool) -> None:
    part.become(Tree(hostile.value(random)))


def _wrap(random: Random, part: Tree, pool: Pool) -> None:
    inner = part.copy()
    in_list = chance(random, 0.5)
    key = pick(random, pool.keys)
    part.become(Tree(items=[inner]) if in_list else Tree(entries=[(key, inner)]))


def _drop(random: Random, part: Tree, _: Pool) -> None:
    inside = part.entries or part.items
    if inside:
        del inside[int(random.integers(len(inside)))]


def _repeat(random: Random, part: Tree, _: Pool) -> None:
    times = pick(random, (1, 1, 2, 300))
    if part.entries:
        part.entries.extend([pick(random, part.entries)] * times)
    elif part.items:
        part.items.extend([pick(random, part.items)] * times)


def _rename(random: Random, part: Tree, _: Pool) -> None:
    if part.entries:
        at = int(random.integers(len(part.entries)))
        key, inner = part.entries[at]
        part.entries[at] = (hostile.name(random, key), inner)


def _graft(random: Random, part: Tree, pool: Pool) -> None:
    if part.entries is None:
        return
    key = pick(random, [*[key for key, _ in part.entries], *pool.keys])
    inner = pick(random, pool.by_key.get(key) or [Tree("1")]).copy()
    kept = [entry for entry in part.entries if entry[0] != key]
    part.entries[:] = [*kept, (key, inner)]


def _swap(random: Random, part: Tree, _: Pool) -> None:
    inside = part.parts()
    if len(inside) > 1:
        one, other = pick(random, inside), pick(random, inside)
        before = one.copy()
        one.become(other.copy())
        other.become(before)


_CHANGES = (
    *(_replace, _replace, _replace, _replace, _replace, _replace),
    *(_graft, _graft, _graft, _graft),
    *(_anything, _wrap, _drop, _drop, _repeat, _rename, _rename, _swap),
)
