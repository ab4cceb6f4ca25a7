"""Processes of workers: their pool, and what ends with it."""
