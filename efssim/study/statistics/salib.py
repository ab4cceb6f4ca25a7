"""SALib, an extra: whether it is there, and the parameters of a design as it has them."""

from __future__ import annotations

from typing import TypedDict

from efssim.errors import MissingExtraError


class SalibProblem(TypedDict):
    """The parameters of a design as SALib has them."""

    num_vars: int
    names: list[str]
    bounds: list[list[float]]


def problem(parameters: int) -> SalibProblem:
    """Return so many parameters, each a share of its range or of its distribution."""
    names = [f"x{ordinal}" for ordinal in range(parameters)]
    return SalibProblem(num_vars=parameters, names=names, bounds=[[0.0, 1.0]] * parameters)


def require_salib(user: str) -> None:
    """Raise MissingExtraError, with a sentence on its user, unless SALib is there."""
    try:
        import SALib  # noqa: F401  # whether it is there
    except ImportError as error:
        message = f"{user} need SALib: pip install 'efssim[sensitivity]'"
        raise MissingExtraError(message) from error
