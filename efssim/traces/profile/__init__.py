"""Profiles of measurements: how much was written when, how bursty, and how often to one place."""
