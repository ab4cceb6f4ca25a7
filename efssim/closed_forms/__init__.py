"""Closed forms: the lag of a scenario without a simulation."""
