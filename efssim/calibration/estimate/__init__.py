"""Estimates from rows of syncs: a linear program, a likelihood and its region."""
