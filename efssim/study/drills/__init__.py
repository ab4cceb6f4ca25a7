"""Many drills of a scenario: their distributions, and their verdicts."""
