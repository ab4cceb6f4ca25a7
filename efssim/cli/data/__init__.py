"""Commands about measurements: exports of a run, and parameters fitted to exports."""
