"""Time since last sync as a sawtooth, and the RPO that it violates."""
