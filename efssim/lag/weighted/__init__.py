"""Distributions weighted by time or by bytes."""
