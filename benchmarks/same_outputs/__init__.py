"""Every output of two versions of efssim, byte by byte: see `python -m benchmarks.same_outputs`."""
