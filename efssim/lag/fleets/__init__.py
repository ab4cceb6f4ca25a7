"""Numbers of fleets of replications."""
