"""Runway: the month in which growth first makes an objective missed."""
