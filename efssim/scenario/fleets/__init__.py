"""Fleets as a scenario keeps them: written once, and there many times."""
