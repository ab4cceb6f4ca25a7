"""The progress bars of `efssim run`: imported on a terminal only, since few runs have one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from tqdm import tqdm

from efssim.simulate import Progress

_UNITS = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
_FORMAT = "{percentage:3.0f} %|{bar}| {passed} of {whole}, {speed} real time, {remaining} left"
_TRIALS_FORMAT = "{percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} trials, {remaining} left"


if TYPE_CHECKING:  # tqdm is generic in its type stubs only
    _Base = tqdm[NoReturn]
else:
    _Base = tqdm


class _Bar(_Base):
    """A bar over simulated seconds."""

    monitor_interval = 0  # no thread: a run tells its progress often enough

    @property
    def format_dict(self) -> dict[str, Any]:
        """What the format can name: simulated time, and simulated seconds per real second."""
        known = super().format_dict
        elapsed_s, n = known["elapsed"], known["n"]
        speed = n / elapsed_s if elapsed_s else 0.0
        passed, whole = simulated(n, known["total"])
        return {**known, "speed": times(speed), "passed": passed, "whole": whole}


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
    """Show a bar on a terminal over a run of a duration; nothing of it stays there at the end."""
    with _made(file, duration_s) as made:

        def tell(elapsed_s: float, _: float) -> None:
            made.update(elapsed_s - made.n)

        yield tell


@contextmanager
def bar_of_trials(file: TextIO) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal over trials, of which there may turn out to be more."""
    with _made(file, 0, _TRIALS_FORMAT, delay=1e-9) as made:  # not before there is something

        def tell(complete: int, wanted: int) -> None:
            is_new, made.total = made.total != wanted, wanted
            made.update(complete - made.n)
            if is_new:
                made.refresh()

        yield tell


def _made(file: TextIO, total: float, form: str = _FORMAT, delay: float = 0) -> _Bar:
    sized = os.get_terminal_size(file.fileno()).columns > 0
    return _Bar(
        total=total,
        file=file,
        bar_format=form,
        delay=delay,
        leave=False,
        dynamic_ncols=sized,
        # A terminal that nobody told its size says 0, and tqdm would find no room on it.
        ncols=None if sized else 80,
        nrows=None if sized else 24,
        miniters=0,  # every step may be shown, but no two within 0.1 s
        smoothing=0,  # the mean speed: steps differ, since many syncs are planned at once
    )
