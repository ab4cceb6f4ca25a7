"""Cost of a run: metered sizes, and their prices."""
