"""Metric alarms of CloudWatch, evaluated on the metrics of a simulated world."""
