"""Fuzzing guided by coverage."""
