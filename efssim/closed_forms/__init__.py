"""Closed forms of the lag of a scenario, without a simulation."""

from efssim.closed_forms.estimate import Estimate, estimate

__all__ = ["Estimate", "estimate"]
