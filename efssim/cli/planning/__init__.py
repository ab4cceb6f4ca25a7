"""The command that plans: for a value, over parameter sets, and until growth breaks the RPO."""
