"""Errors of studies: one that cannot be made, and one whose time is over."""

from __future__ import annotations

from efssim.errors import EfssimError


class OutOfTimeError(EfssimError):
    """The time of a study is over; it never leaves the study."""


class StudyError(EfssimError, ValueError):
    """A study that cannot be made as asked; the message is one line."""
