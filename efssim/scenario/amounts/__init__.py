"""How much a scenario writes and how much work its run is."""
