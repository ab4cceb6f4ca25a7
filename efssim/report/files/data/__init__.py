"""Files of measurements: what a run exports."""
