"""Trials at many values: sweeps and comparisons."""
