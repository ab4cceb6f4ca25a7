"""Changes of a scenario that another option, or a later change, would undo without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


def refuse_ignored(overrides: Sequence[str], options: Mapping[str, str]) -> None:
    """Raise click.UsageError for a --set without effect.

    `options` are those that were given, as they are typed, with the path that each replaces.
    """
    from efssim.text.yaml.paths import format_path, parse_path

    paths = [_path(text, ordinal) for ordinal, text in enumerate(overrides, start=1)]
    for ordinal, path in enumerate(paths):
        for later in paths[ordinal + 1 :]:
            if _undoes(later, path):
                raise click.UsageError(f"--set {format_path(later)} undoes an earlier --set")
        for option, replaced in options.items():
            if _undoes(parse_path(replaced), path):
                raise click.UsageError(f"{option} undoes --set {format_path(path)}")


def _path(text: str, ordinal: int) -> tuple[str | int, ...]:
    """Return the path of an override; an empty one for a malformed one, which loading reports."""
    from efssim.text.yaml.overrides import override_path
    from efssim.text.yaml.problems import ScenarioError

    try:
        return override_path(text, ordinal)
    except ScenarioError:
        return ()


def _undoes(later: tuple[str | int, ...], earlier: tuple[str | int, ...]) -> bool:
    """Return whether setting a path overwrites all that was set at another."""
    as_text = tuple(map(str, later))
    return bool(later) and as_text == tuple(map(str, earlier[: len(later)]))
