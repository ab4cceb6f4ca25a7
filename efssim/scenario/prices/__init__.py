"""Prices of AWS: the prices of a scenario, and those of a file."""
