"""Writes that are not drawn one by one: counts and sums of cells of time, and the time inside."""
