"""Closed forms: what the lag of a scenario is without simulating it."""

from efssim.closed_forms.estimate import Estimate, estimate

__all__ = ["Estimate", "estimate"]
