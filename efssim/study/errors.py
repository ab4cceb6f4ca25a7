"""The error of a study that cannot be made."""

from __future__ import annotations

from efssim.errors import EfssimError


class StudyError(EfssimError, ValueError):
    """A study that cannot be made as asked; the message is one line."""
