"""The reason why nothing can be fitted, as an exception."""

from __future__ import annotations

from efssim.errors import ArgumentError


class CannotFitError(ArgumentError):
    """The data do not allow a fit; the message is one sentence. `fit` returns it as `refusal`."""
