"""Curves: what a stream has written up to any time, drawn one by one or in cells."""
