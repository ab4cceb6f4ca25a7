"""`--store DIR`: results that are kept over studies, and given again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from efssim.cli.common import deliver, say_folder
from efssim.cli.options import Folder
from efssim.cli.output import say
from efssim.cli.request import Request

if TYPE_CHECKING:
    from efssim.json_values import JsonObject
    from efssim.report.files.store.results import (
        KeptResult,
        ResultFacts,
        ResultStore,
        WrittenFolder,
    )
    from efssim.scenario import Scenario

C = TypeVar("C", bound=Callable[..., Any])


def store_option(command: C) -> C:
    """Add the option of the folder that keeps results over studies."""
    return click.option(
        "--store",
        type=Folder(),
        metavar="DIR",
        show_default="nothing is kept",
        help="Keep the result here; one that is here is given again, without a run.",
    )(command)


@dataclass(frozen=True, kw_only=True)
class Storing(Request):
    """The request of a command whose result can be kept."""

    store: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdicts on a result, for its entry in a store."""

    words: tuple[str, ...]
    """One for each scenario."""
    passes: bool | None = None
    """Whether `--check` passes; None where the command has no such option."""
    caution: str = ""
    """A sentence that `--check` says besides."""


class ResultPlace:
    """The place of the result of one command in a store; without a store there is none."""

    def __init__(
        self,
        request: Storing,
        scenarios: Sequence[Scenario],
        study: str,
        *,
        folders: Sequence[str] = ("",),
        **more: bool,
    ) -> None:
        """Look where the result of a study of scenarios belongs.

        `folders` are those with files under `--out`, and `more` has what the words of the command
        leave out, but a result hangs on. Raise OSError for a store that takes no files.
        """
        self._request, self._study, self._folders = request, study, folders
        self._scenarios, self._more = scenarios, more
        self._store: ResultStore | None = None
        self._key = ""
        if request.store is not None:
            from efssim.report.files.folders import refuse_full
            from efssim.report.files.store.results import ResultStore, key_of

            refuse_full(request.store)
            self._store = ResultStore(request.store)
            self._key = key_of(self._parts())

    def _parts(self) -> JsonObject:
        """Return all that the result depends on."""
        from efssim.report.files.manifest import environment
        from efssim.study.trial.facts import fingerprints

        written = [
            each.model_dump(mode="json", by_alias=True, exclude_unset=True)
            for each in self._scenarios
        ]
        return {
            "environment": environment(),
            "command": self._request.reproducing(),
            "seed": self._seed,
            "scenarios": list(fingerprints(self._scenarios)),
            "written": written,
            "tables": self._request.table_format.name,
            **self._more,
        }

    @property
    def _seed(self) -> int:
        seed = self._request.seed
        return self._scenarios[0].seed if seed is None else seed

    def found(self) -> KeptResult | None:
        """Return the result, if it is kept with all that is asked for.

        Say so of one that is damaged; it is made again.
        """
        from efssim.report.files.store.results import DamagedError

        if self._store is None:
            return None
        try:
            kept = self._store.find(self._key)
        except DamagedError as error:
            say(f"{error}; it is made again")
            return None
        if kept is None or self._request.form not in kept.texts:
            return None
        return None if self._request.out is not None and not kept.folders else kept

    def gives(self) -> bool:
        """Print the result and write its files, if it is kept; return whether it was."""
        kept = self.found()
        if kept is None:
            return False
        self.deliver(kept)
        say_folder(self._request.out, self._request.quiet)
        return True

    def deliver(self, kept: KeptResult) -> None:
        """Print a kept result and write its files, as the command did that made it."""
        request, out = self._request, self._request.out
        text = kept.texts[request.form]
        if not request.quiet:
            say(f"nothing was run: the result is in {request.store}{os.sep}")
        write = None if out is None else partial(_write, kept.folders, out)
        deliver(write, request.form, lambda: text, lambda: text)

    def keeping(
        self, verdicts: Callable[[], Verdicts]
    ) -> Callable[[Mapping[str, str]], None] | None:
        """Return the function that keeps a result, given its texts by form; None without a store.

        `verdicts` are asked for once there is one.
        """
        return None if self._store is None else lambda texts: self._keep(texts, verdicts())

    def _keep(self, texts: Mapping[str, str], verdicts: Verdicts) -> None:
        from efssim.report.files.store.results import KeptResult, written_under

        assert self._store is not None
        out = self._request.out
        folders = () if out is None else written_under(out, self._folders)
        self._store.keep(self._key, KeptResult(self._facts(verdicts), texts, folders))

    def _facts(self, verdicts: Verdicts) -> ResultFacts:
        from efssim._version import __version__
        from efssim.report.files.store.results import ResultFacts

        return ResultFacts(
            scenarios=tuple(each.name for each in self._scenarios),
            study=self._study,
            seed=self._seed,
            version=__version__,
            verdicts=verdicts.words,
            passes=verdicts.passes,
            caution=verdicts.caution,
            command=self._request.reproducing(),
        )


def _write(folders: Sequence[WrittenFolder], out: Path) -> None:
    """Write the folders of a result, all or none; raise OSError."""
    from efssim.report.files.folders import staged

    with staged(out, [each.folder for each in folders if each.folder]) as staging:
        for each in folders:
            each.write(staging)
