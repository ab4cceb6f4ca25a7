"""Sync cycles in closed form."""
