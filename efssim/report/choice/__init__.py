"""The reports of a choice among scenarios."""
