"""The scenario that a calibration writes."""
