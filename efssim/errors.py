"""What can come out of the public functions: one base class, so that one `except` takes them all.

Errors of one part of the package live with that part and have this base as well; `efssim.NAME`
finds each of them. Beside it they have the class of Python that fits, so that code which expects
that goes on working.
"""

from __future__ import annotations


class EfssimError(Exception):
    """The base of every exception of efssim."""


class UsageError(EfssimError, TypeError):
    """A function got something of another kind than it takes; the message is one sentence."""


class ArgumentError(EfssimError, ValueError):
    """A function got something of the right kind with a value that it cannot use."""


class UnknownNameError(EfssimError, KeyError):
    """Nothing has the name that was given, or it is not clear which is meant."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError shows its argument as Python writes it


class StateError(EfssimError, RuntimeError):
    """What was asked for cannot be done now, as time that is to pass while it passes already."""


class MissingExtraError(EfssimError, ImportError):
    """A part of efssim needs a package that is not installed; the message says which."""
