"""Progress bars: on terminals, in notebooks, and as text where there is neither.

Imported only where somebody wants one, and tqdm only then.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from time import perf_counter
from typing import Any, ParamSpec, TextIO

P = ParamSpec("P")
Progress = Callable[[float, float], None]
"""Called with the simulated seconds that have passed and those of the whole scenario."""

_UNITS = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
_FORMAT = "{percentage:3.0f} %|{bar}| {passed} of {whole}, {speed} real time, {remaining} left"
_COUNT_FORMAT = "{percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} UNIT, {remaining} left"
_EVALUATIONS_FORMAT = "{n_fmt} evaluations{postfix}"
_STUDY_FORMAT = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} trials, {remaining} left"
LONG_S = 60.0
"""Seconds from which a study is long, so that people are told how long; chosen."""
_KNOWN_S = 2.0
"""Seconds of trials from which they tell how long others take; chosen."""

StudyProgress = Callable[[str, int, int, int], None]
"""Called with a label of the scenario that is run now, the number of complete trials, that of all,
and how many of the complete ones were there before."""


@contextmanager
def told(
    on_progress: Callable[P, None] | None, bar: AbstractContextManager[Callable[P, None]] | None
) -> Iterator[Callable[P, None] | None]:
    """Yield one callback that reports progress to a callback and a bar; None without either."""
    if bar is None:
        yield on_progress
        return
    with bar as show:

        def tell(*args: P.args, **kwargs: P.kwargs) -> None:
            show(*args, **kwargs)
            if on_progress is not None:
                on_progress(*args, **kwargs)

        yield tell


def in_notebook() -> bool:
    """Return whether a notebook runs this that can show widgets; tqdm warns where it cannot."""
    module = sys.modules.get("IPython")
    shell = None if module is None else module.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config and _has_widgets()


def _has_widgets() -> bool:
    return find_spec("ipywidgets") is not None


def _tqdm(file: TextIO) -> Any:
    """Return the bar of a notebook, or that of a text stream."""
    if file is sys.stderr and in_notebook():
        from tqdm.notebook import tqdm_notebook

        return tqdm_notebook
    from tqdm import tqdm

    return tqdm


def _bar_class(base: Any) -> Any:
    """Return a bar that knows simulated seconds."""

    class Bar(base):  # type: ignore[misc]  # which of two classes is known when it is shown
        monitor_interval = 0  # no thread: a run tells its progress often enough

        @property
        def format_dict(self) -> dict[str, Any]:
            """The names for the format, with simulated time and simulated s per real second."""
            known = super().format_dict
            elapsed_s, n = known["elapsed"], known["n"]
            speed = n / elapsed_s if elapsed_s else 0.0
            passed, whole = simulated(n, known["total"] or 0)
            return {**known, "speed": times(speed), "passed": passed, "whole": whole}

    return Bar


def simulated(passed_s: float, whole_s: float) -> tuple[str, str]:
    """Return the simulated time that has passed and the whole, in the whole's unit."""
    size, unit = next((known for known in _UNITS if whole_s >= 2 * known[0]), _UNITS[-1])
    return f"{passed_s / size:.1f}", f"{whole_s / size:.6g} {unit}"


def times(factor: float) -> str:
    """Return a factor with two digits, as `1.2e6x`; `?x` for none."""
    digits, _, exponent = f"{factor:.1e}".partition("e")
    return f"{digits}e{int(exponent)}x" if factor else "?x"


@contextmanager
def bar(file: TextIO, duration_s: float) -> Iterator[Progress]:
    """Show a bar over a run of a duration; nothing of it stays at the end."""
    with _made(file, duration_s) as made:

        def tell(elapsed_s: float, _: float) -> None:
            made.update(elapsed_s - made.n)

        yield tell


@contextmanager
def bar_of_trials(file: TextIO, unit: str = "trials") -> Iterator[Callable[[int, int], None]]:
    """Show a bar over trials, or other units, of which there may turn out to be more."""
    form = _COUNT_FORMAT.replace("UNIT", unit)
    with _made(file, 0, form, delay=1e-9) as made:  # not before there is something
        begun = False

        def tell(complete: int, wanted: int) -> None:
            nonlocal begun
            if not begun:  # those of an earlier study took no time
                begun, made.initial, made.n = True, complete, complete
            is_new, made.total = made.total != wanted, wanted
            made.update(complete - made.n)
            if is_new:
                made.refresh()

        yield tell


@contextmanager
def bar_of_study(file: TextIO) -> Iterator[StudyProgress]:
    """Show a bar over the trials of many scenarios, with the label of the one that is run now."""
    with _made(file, 0, _STUDY_FORMAT, delay=1e-9) as made:

        def tell(label: str, complete: int, wanted: int, before: int) -> None:
            is_new = made.desc != label or made.total != wanted
            made.set_description_str(label, refresh=False)
            made.total = wanted
            made.n += before - made.initial
            made.initial = before
            made.update(complete - made.n)
            if is_new:
                made.refresh()

        yield tell


class TimeEstimate:
    """Tells once how long trials take, by the first of them, if that is long."""

    def __init__(
        self,
        tell: Callable[[str], None],
        workers: int,
        unit: str = "trials",
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        """Estimate by as many trials as there are `workers` at least, which run side by side."""
        self._tell, self._least, self._unit, self._clock = tell, workers, unit, clock
        self._begin_s: float | None = None
        self._told_of: int | None = None

    def __call__(self, complete: int, wanted: int, before: int | None = None) -> None:
        """Note how many are complete, and tell the estimate once it is known.

        `before` of them were there already; as many as at the first call unless it is given. If
        more are wanted later, it is told anew.
        """
        if self._begin_s is None:
            self._begin_s, self._before = self._clock(), complete
        new = complete - (self._before if before is None else before)
        passed_s = self._clock() - self._begin_s
        if self._told_of == wanted or new < self._least or passed_s < _KNOWN_S:
            return
        self._told_of = wanted
        left_s = (wanted - complete) * passed_s / new
        if left_s >= LONG_S:
            count = f"{wanted - complete:,} of {wanted:,} {self._unit}"
            self._tell(f"about {roughly(left_s)} left for {count}, by the time that {new:,} took")


def roughly(seconds: float) -> str:
    """Return a time with two digits at most, as `12 min`."""
    size, unit = next((known for known in _UNITS if seconds >= 1.5 * known[0]), _UNITS[-1])
    value = float(f"{seconds / size:.2g}")
    return f"{value:g} {unit}"


@contextmanager
def bar_of_evaluations(file: TextIO) -> Iterator[Callable[[str], None]]:
    """Show how many evaluations a plan has made, and the text of the latest one."""
    with _made(file, None, _EVALUATIONS_FORMAT) as made:

        def tell(last: str) -> None:
            made.set_postfix_str(last, refresh=False)
            made.update()

        yield tell


def _made(file: TextIO, total: float | None, form: str = _FORMAT, delay: float = 0) -> Any:
    columns = _columns(file)
    return _bar_class(_tqdm(file))(
        total=total,
        file=file,
        bar_format=form,
        delay=delay,
        leave=False,
        dynamic_ncols=columns > 0,
        # A terminal of unknown size reports 0 columns, and tqdm would find no room on it.
        ncols=None if columns else 80,
        nrows=None if columns else 24,
        miniters=0,  # every step may be shown, but no two within 0.1 s
        smoothing=0,  # the mean speed: steps differ, since many syncs are planned at once
    )


def _columns(file: TextIO) -> int:
    """Return the width of a terminal in columns; 0 where it is unknown or there is no terminal."""
    try:
        return os.get_terminal_size(file.fileno()).columns
    except (OSError, ValueError):  # a pipe, or a stream of a notebook without a descriptor
        return 0
