"""Replications that cannot notice each other: which they are, and running some after others."""
