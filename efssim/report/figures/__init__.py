"""Figures, one file each: a function takes a result and a replication and returns an Axes."""
