"""Formats of exports: one file each, and one table of them."""
