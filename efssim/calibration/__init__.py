"""A replication's timing, fitted to what monitoring has of it."""
