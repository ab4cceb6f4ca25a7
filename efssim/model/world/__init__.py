"""The simulated world: its disturbances, their times, and how it is built."""
