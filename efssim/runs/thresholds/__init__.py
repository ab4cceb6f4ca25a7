"""Thresholds of numbers of the summary: which there are, and what a run says of them."""
