"""Fits to simulated exports beside the truth: `python -m benchmarks.calibration`."""
