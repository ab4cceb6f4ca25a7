"""Verdicts and what stands beside them."""
