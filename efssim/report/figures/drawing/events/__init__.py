"""Events above a curve over time."""
