"""Means of trials and their intervals, in the shape of the summary of a run."""
