"""Fleets of replications in a run: how their numbers spread, and what all hold together."""
