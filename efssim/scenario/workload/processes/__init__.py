"""Arrival processes, a file for each, and the table of them."""
