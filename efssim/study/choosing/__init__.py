"""Choosing the best of several scenarios by their trials."""
