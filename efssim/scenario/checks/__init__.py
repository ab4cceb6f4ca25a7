"""Checks between the parts of a scenario."""
