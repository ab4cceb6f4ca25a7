"""Writes that wait for the throughput of their file system."""
