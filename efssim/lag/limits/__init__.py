"""Limits of a source on its writes, and the writes that they delay."""
