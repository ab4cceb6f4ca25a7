"""A scenario as people see it, with the source of each value."""
