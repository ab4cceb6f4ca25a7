"""Runs of streams in cells, beside runs in which every write is drawn and beside one another."""
