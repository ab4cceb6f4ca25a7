"""One run of a scenario, as plain data."""
