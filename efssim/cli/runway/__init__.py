"""Runways on the command line."""
