"""The unknown parameters of a scenario: the quantities at their paths, and their distributions."""
