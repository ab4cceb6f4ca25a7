"""Measurements of efssim's own speed and memory: `python -m benchmarks`."""
