"""The command that chooses among scenarios."""
