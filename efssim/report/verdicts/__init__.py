"""Verdicts and their cautions."""
