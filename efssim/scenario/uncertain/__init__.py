"""Distributions of parameters that are not known: keys, numbers, and those of a preset."""
