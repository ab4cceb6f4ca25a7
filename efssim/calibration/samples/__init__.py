"""Samples of the lag, checked and decoded into syncs."""
