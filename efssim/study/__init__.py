"""Studies: many trials of a scenario, with confidence; comparisons, sweeps and plans."""
