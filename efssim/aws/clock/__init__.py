"""Functions and event loops that live in simulated time."""
